"""Pages that say only that there is nothing to see: not found, failed, kept out, or made by scripts, under the status
200.

Every sentence of a short text has to say so, in English, German or French: one where the title says it too, else two.
A page that tells of such things, a film called "Access Denied" or a lesson on error 404, says something else as well.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 700
"""A text of more characters is taken to say something else too."""
ENOUGH = 2
"""Different sentences that say so, where the title does not."""


class Wall(NamedTuple):
    """What stands in place of a page, and what to do about it."""

    reason: str
    advice: str


GONE = Wall("the page says only that it was not found", "leave it out, or correct the address that it was fetched from")
KEPT_OUT = Wall(
    "the page says only that visitors are checked or kept out",
    "fetch it again as the site allows, or save it as a browser shows it",
)
SCRIPTS = Wall(
    "the page says only that it needs scripts",
    "save the page as the browser shows it, or leave it out",
)
DOWN = Wall("the page says only that its server failed or rests", "fetch it again later, or leave it out")

# Wordings are closed: a sentence that goes on to say where, when or what for is of a thing that the page describes.
_JS = r"(?:java ?script|cookies)(?: (?:and|und|et) (?:java ?script|cookies))?"
_THIS = r"(?:(?:this|the|our|your) )?(?:web ?)?(?:app|site|page|content)"
_SO_THAT = (
    rf"(?: (?:(?:in order )?to (?:continue|proceed|(?:run|use|view|access|see|visit|load) {_THIS})"
    r"|and (?:reload|refresh)(?: the page)?|in your browser))*"
)
_DAMIT = (
    r"(?:,? um (?:fortzufahren|(?:diese|die) (?:web)?(?:seite|site|anwendung|app) (?:zu nutzen|anzuzeigen|zu sehen)))?"
)
_POUR = (
    r"(?: pour (?:continuer|(?:utiliser|afficher|voir|consulter|accéder à) (?:cette|ce|la|le) "
    r"(?:page|site|application)))?"
)
_SOUGHT = (
    r"(?: (?:that )?(?:you(?:'re| are| were| have)? (?:looking for|requested|tried to (?:reach|visit|open)|trying to "
    r"(?:reach|visit|open|access)))| at this (?:address|url))?"
)
_LOST = (
    r"(?:(?:was|is|could|can|were) ?(?:not|n't) (?:be )?(?:found|available)|cannot be found|does(?:n't| not) exist"
    r"|no longer (?:exists?|available)|is no longer available|has been (?:re)?moved|(?:is|was) unavailable"
    r"|(?:may|might) (?:have been (?:re)?moved(?: or deleted)?|not exist|no longer exist))"
)
_MORE_LOST = (
    rf"(?:(?:,| or|, or| and) (?:{_LOST}|deleted|renamed|(?:is )?(?:temporarily )?unavailable|had its name changed))*"
)
_GESUCHT = r"(?:von ihnen )?(?:gesuchte|aufgerufene|angeforderte|gewünschte)"
_VERLOREN = (
    r"(?:(?:wurde|konnte|ist)(?: leider)? nicht (?:mehr )?(?:gefunden(?: werden)?|verfügbar|vorhanden)"
    r"|existiert(?: leider)? nicht(?: mehr)?|gibt es(?: leider)? nicht(?: mehr)?"
    r"|wurde(?: leider)? (?:gelöscht|verschoben|entfernt)(?: oder (?:gelöscht|verschoben|entfernt))?)"
)
_PERDUE = (
    r"(?:n'existe (?:pas|plus)|est introuvable|n'a (?:pas|pas pu) (?:été|être) trouvée|n'est plus disponible"
    r"|a été (?:supprimée|déplacée)(?: ou (?:supprimée|déplacée))?)"
)

_FAILED = (
    r"(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|too many requests"
    r"|web server is down|origin is unreachable|interner serverfehler|erreur interne(?: du serveur)?"
    r"|service (?:temporairement )?indisponible)"
)

_SAYS: dict[Wall, tuple[str, ...]] = {
    DOWN: (
        rf"(?:(?:http )?(?:error|status|fehler|erreur)(?: code)?:? ?)?(?:5\d\d|429)[ :–-]+(?:error[ :–-]*)?{_FAILED}",
        r"(?:http )?(?:error|status|fehler|erreur)(?: ?code)?(?: http)?:? ?5\d\d",
        rf"{_FAILED}(?:[ :–-]+(?:error )?(?:5\d\d|429))?",
        r"the server encountered an? (?:internal |temporary )?error(?: or misconfiguration)?"
        r"(?: and (?:was unable to|could not) complete your request)?",
        r"the server is temporarily unable to service your request"
        r"(?: due to maintenance downtime or capacity problems)?",
        r"(?:the|this|our) (?:web ?)?(?:site|page|server) is (?:currently |temporarily )?"
        r"(?:(?:down|closed|offline) for (?:scheduled |planned )?maintenance|under maintenance|unavailable)",
        r"(?:down for |under |scheduled |site )maintenance|we(?:'ll| will) be (?:right )?back (?:soon|shortly)",
        r"(?:wegen )?wartung(?:sarbeiten|smodus)?|wir sind (?:gleich|bald|in kürze) (?:wieder (?:da|zurück)|zurück)",
        r"(?:diese|die|unsere) (?:web)?(?:seite|site) (?:ist|wird) (?:gerade|zur ?zeit|derzeit|vorübergehend) "
        r"(?:nicht (?:erreichbar|verfügbar)|gewartet)",
        r"(?:le |ce |notre )?site (?:est )?(?:actuellement |temporairement )?(?:en maintenance|indisponible)"
        r"|nous (?:serons|revenons)(?: bientôt| de retour| très vite){1,3}|maintenance en cours",
    ),
    GONE: (
        r"(?:http )?(?:error|status)(?: code)?:? ?[45]\d\d(?:[ :–-]*(?:page |file )?not found)?",
        r"[45]\d\d(?: error|[ :–-]*(?:error[ :–-]*)?(?:page |file )?not found)|(?:page |file |url )?not found",
        rf"(?:the|this|that|your) (?:requested |web ?)?(?:page|url){_SOUGHT} {_LOST}{_MORE_LOST}(?: on this server)?",
        rf"we (?:could not|couldn't|can't|cannot|were unable to) find (?:the|this|that) page{_SOUGHT}",
        r"we (?:could not|couldn't|can't|cannot|were unable to) find what you(?:'re| are| were) looking for",
        r"fehler(?:code)?:? ?\d{3}|(?:seite|datei) (?:wurde )?nicht gefunden",
        rf"(?:die|diese) (?:{_GESUCHT} )?(?:web)?(?:seite|url) {_VERLOREN}",
        rf"wir (?:konnten|können) (?:die|diese) (?:{_GESUCHT} )?seite (?:leider )?nicht finden",
        r"erreur(?: http)?:? ?\d{3}|page (?:introuvable|non trouvée|inexistante)",
        rf"(?:la|cette) page(?: (?:que vous (?:recherchez|cherchez|avez demandée)|demandée|recherchée))? {_PERDUE}",
    ),
    KEPT_OUT: (
        r"(?:we are )?checking (?:your browser|if the site connection is secure)"
        r"(?: before (?:accessing|you access) \S+)?",
        r"(?:please )?(?:verify(?:ing)?|confirm) (?:that )?you are (?:a )?(?:human|not a robot)"
        r"(?: (?:by completing the action below|to continue))?",
        r"access (?:to this (?:page|site|resource) )?(?:(?:has been|was|is) )?denied|403 forbidden|forbidden",
        r"(?:you )?(?:don't|do not) have permission to (?:access|view) \S+"
        r"(?: (?:page|site|resource))?(?: on this server)?",
        r"you (?:have been|were|are) blocked(?: from accessing this (?:page|site))?",
        r"your (?:request|access|ip(?: address)?) (?:has been|was|is) blocked",
        r"(?:please )?(?:complete|solve) the (?:captcha|security check)(?: (?:below|to continue|to access \S+))*",
        r"are you a (?:robot|human)",
        r"this (?:web ?)?site (?:is using|uses) a security service to protect (?:itself|against).{0,60}",
        r"(?:our systems have detected )?unusual (?:traffic|activity) from your (?:computer )?network",
        r"zugriff (?:verweigert|nicht gestattet)|ihr browser wird (?:über|ge)prüft",
        r"sie haben keine (?:berechtigung|zugriffsrechte)"
        r"(?:,? (?:um )?(?:auf )?diese seite (?:anzusehen|zuzugreifen|zu sehen|anzuzeigen))?",
        r"(?:bitte )?bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind",
        r"accès (?:refusé|interdit|non autorisé)",
        r"vous n'avez pas (?:l'autorisation|la permission|les droits)"
        r"(?: (?:d'accéder à|de voir|de consulter) cette page)?",
        r"(?:veuillez )?(?:confirmer|vérifier) que vous êtes (?:un )?humain|vérification de votre navigateur",
    ),
    SCRIPTS: (
        rf"(?:please |you (?:need|have) to |you must )?(?:enable|turn on|activate) {_JS}{_SO_THAT}",
        rf"(?:this (?:web ?)?(?:site|page|app)|we) (?:requires?|needs?) {_JS}(?: to (?:work|run|function))?",
        rf"{_JS} (?:is|are|has been|must be|needs to be) (?:disabled|required|turned off|enabled)(?: in your browser)?",
        rf"your browser (?:does not|doesn't) support {_JS}",
        r"[\w.-]{1,30}(?: [\w.-]{1,30}){0,3} (?:does not|doesn't) work properly without javascript enabled",
        rf"(?:bitte )?(?:aktivieren|erlauben) sie (?:bitte )?{_JS}{_DAMIT}",
        rf"{_JS} (?:ist deaktiviert|muss aktiviert (?:sein|werden)|wird benötigt)",
        rf"(?:diese|die) (?:web)?(?:seite|site|anwendung) (?:benötigt|erfordert|braucht) {_JS}",
        rf"(?:veuillez |merci d'|vous devez )?activer (?:le )?{_JS}{_POUR}",
        rf"(?:le )?{_JS} (?:est (?:désactivé|nécessaire|requis)|doit être activé)",
    ),
}
"""What they say, by what they are."""
_TITLES: dict[Wall, tuple[str, ...]] = {
    GONE: (
        r"(?:eintrag|artikel|produkt|angebot|inhalt|anzeige) (?:wurde )?nicht gefunden",
        r"(?:listing|entry|product|item|content) not found|(?:fiche|annonce|offre) introuvable",
    ),
    KEPT_OUT: (
        r"just a moment|attention required|robot check|security check|one more step|pardon our interruption",
        r"(?:nur )?einen moment(?: bitte)?|un instant|sicherheitsüberprüfung|vérification de sécurité",
    ),
}
"""What they are called besides."""
_SERVER = (
    r"(?:nginx|openresty|apache|cloudflare|varnish cache server|microsoft-iis|litespeed)(?:/[\d.]+)?"
    r"(?: \([\w -]{1,20}\))?(?: server at \S{1,80} port \d+)?"
)
"""How a server names itself below its errors."""
_ALONGSIDE = re.compile(
    rf"{_SERVER}|"
    r"this process is automatic|your browser will redirect to your requested content shortly"
    r"|you will be redirected(?: shortly| automatically| in \d+ seconds)?"
    r"|please wait(?: a moment| \d+ seconds| while (?:we|your)\b.{0,40})?|(?:please )?allow up to \d+ seconds"
    r"|just a moment|ray id\b.{0,40}|reference\b[ #:].{0,60}|(?:performance (?:and|&) )?security by cloudflare"
    r"|your ip\b.{0,40}"
    r"|(?:please )?(?:try|use|check|go|return|visit|start|head)\b.{0,40}"
    r"\b(?:search|home ?page|home|front page|menu|navigation|url|address|spelling|again|later|back)"
    r"(?: (?:bar|instead))?"
    r"|(?:bitte )?(?:versuchen|nutzen|prüfen|überprüfen|kehren|gehen) sie\b.{0,40}"
    r"\b(?:suche|startseite|menü|navigation|url|adresse|erneut|noch einmal|später|zurück)"
    r"|(?:zurück )?zur startseite|dieser vorgang (?:ist|läuft|erfolgt) automatisch"
    r"|(?:retour|retournez|revenez) (?:à|sur) (?:l'accueil|la page d'accueil)|veuillez patienter"
    r"|(?:veuillez|merci de) (?:patienter|réessayer)(?: (?:dans|un peu|ultérieurement|plus tard)(?: .{1,20})?)?"
    r"|(?:an? )?(?:additional|more information about this) .{0,60}\berror\b.{0,80}"
    r"|please contact the (?:server|site) administrator\b.{0,120}"
)
"""What such pages say besides."""
_NO_MORE = re.compile(
    r"(?:the|this) (?:product|listing|entry|item|article|property|content)(?: you(?:'re| are| were) looking for)? "
    r"(?:(?:may|might) have been|has been|was) (?:sold|let|removed|withdrawn|deleted|moved)"
    r"(?:(?:,| or|, or) (?:sold|let|removed|withdrawn|deleted|moved))*|"
    r"this (?:product|listing|entry|item|article|content) (?:is no longer (?:available|here)|no longer exists"
    r"|does not exist|(?:was|could) not (?:be )?found)"
    r"|die(?:ser|ses|se) (?:eintrag|artikel|produkt|angebot|inhalt|anzeige) (?:existiert(?: leider)? nicht(?: mehr)?"
    r"|(?:ist|wurde|konnte)(?: leider)? nicht (?:mehr )?(?:verfügbar|vorhanden|gefunden(?: werden)?))"
    r"|(?:cette (?:fiche|annonce|offre)|ce (?:produit|contenu)|cet article) (?:n'existe plus|n'est plus disponible)"
)
"""Sentences that a real page may hold too: they count only where the title says that the page is not there."""

_SORRY = re.compile(
    r"\A(?:we(?:'re| are) sorry|sorry|o{1,9}ps|whoops|unfortunately|hoppla|ups|leider|entschuldigung"
    r"|(?:es )?tut uns leid|oups|(?:nous sommes )?désolée?s?|malheureusement)\b[\s,:;!–-]*(?:but |aber |mais )?"
)
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n")
_PARTS = re.compile(r"(?<!\s)\s++[|–—·•»:-]++\s++|[|»]")
_KNOWN = {wall: re.compile("|".join(patterns)) for wall, patterns in _SAYS.items()}
_CALLED = {wall: re.compile("|".join((*patterns, *_TITLES.get(wall, ())))) for wall, patterns in _SAYS.items()}


def wall(title: str, text: str) -> Wall | None:
    """What stands in place of the page; None for one that says anything else, or has no text at all.

    Cost: of most pages only the first sentence is looked at, and no title.
    """
    if not text or len(text) > LONGEST:
        return None
    told: dict[str, Wall] = {}
    gone = besides = False
    for plain in filter(None, map(_plain, _SENTENCES.split(text))):
        if found := _found(plain, _KNOWN):
            told[plain] = found
        elif _NO_MORE.fullmatch(plain):
            gone = True
        elif _ALONGSIDE.fullmatch(plain):
            besides = True
        else:
            return None
    named = next((found for part in _PARTS.split(title) if (found := _found(_plain(part), _CALLED))), None)
    if named:
        return named if told or gone else None
    return next(iter(told.values())) if len(told) >= ENOUGH and not (gone or besides) else None


def _found(plain: str, known: dict[Wall, re.Pattern[str]]) -> Wall | None:
    return next((found for found, pattern in known.items() if pattern.fullmatch(plain)), None)


def _plain(sentence: str) -> str:
    """In lower case, without what it begins with to be polite, nor signs around it."""
    return _SORRY.sub("", sentence.casefold().replace("’", "'").strip(" \t.!?…:;,'\"“”«»"), count=1).strip(" .!?…,")
