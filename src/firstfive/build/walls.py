"""Pages that say only that there is nothing to see: not found, kept out, or made by scripts, under the status 200.

Every sentence of a short text has to say so, in English, German or French; where the title says it too, half of them.
A page that tells of such things, a film called "Access Denied" or a lesson on error 404, says something else as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

LONGEST = 700
"""Characters of a text above which it says something else too, whatever it says of that."""
NEARLY_ALL, HALF = 0.9, 0.5
"""The share of the text that must say so, by itself and where the title says it too."""


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

_JS = r"(?:java ?script|cookies)(?: (?:and|und|et) (?:java ?script|cookies))?"
_SO_THAT = r"(?: (?:to|in|for|and|before)\b.{0,80})?"
_LOST = (
    r"(?:not (?:be )?(?:found|exist|available)|no longer (?:exists?|available|here)|does(?:n't| not) exist"
    r"|(?:been|be) (?:re)?moved|deleted|has moved|cannot be found|unavailable)"
)
_VERLOREN = (
    r"(?:nicht (?:mehr )?(?:gefunden|verfügbar|vorhanden)|existiert(?: leider)? nicht|gibt es(?: leider)? nicht"
    r"|gelöscht|verschoben|entfernt)"
)
_PERDUE = r"(?:n'existe (?:pas|plus)|introuvable|pas (?:été |pu être )?trouvée?|supprimée?|déplacée?|plus disponible)"

_SAYS: tuple[tuple[Wall, str], ...] = (
    (GONE, r"(?:(?:http )?(?:error|status)(?: code)?:? ?)?[45]\d\d(?: error)?(?:[ :–-]*(?:page |file )?not found)?"),
    (GONE, r"(?:page|file|url) not found|not found"),
    (GONE, rf"(?:the|this|that|your) (?:requested |web ?)?(?:page|url|address|link|file)\b.{{0,80}}\b{_LOST}.{{0,50}}"),
    (GONE, r"we (?:could not|couldn't|can't|cannot|were unable to) find (?:the|this|that) page.{0,60}"),
    (GONE, r"we (?:could not|couldn't|can't|cannot|were unable to) find what you.{0,30}looking for.{0,30}"),
    (GONE, r"fehler(?:code)?:? ?\d{3}|(?:seite|datei) nicht gefunden"),
    (GONE, rf"(?:die|diese) (?:[\w ]{{1,40}} )?(?:seite|adresse|url|datei)\b.{{0,60}}\b{_VERLOREN}.{{0,40}}"),
    (GONE, r"wir (?:konnten|können) (?:die|diese)\b.{0,40}\bseite\b.{0,40}nicht finden"),
    (GONE, r"erreur(?: http)?:? ?\d{3}|page (?:introuvable|non trouvée|inexistante)"),
    (GONE, rf"(?:la|cette) page\b.{{0,80}}{_PERDUE}.{{0,40}}"),
    (KEPT_OUT, r"(?:we are )?checking (?:your browser|if the site connection is secure).{0,80}"),
    (KEPT_OUT, r"(?:please )?(?:verify(?:ing)?|confirm) (?:that )?you are (?:a )?(?:human|not a robot).{0,80}"),
    (KEPT_OUT, r"access (?:to this (?:page|site|resource) )?(?:has been |is |was )?denied|403 forbidden|forbidden"),
    (KEPT_OUT, r"(?:you )?(?:don't|do not) have permission to (?:access|view).{0,120}"),
    (KEPT_OUT, r"you (?:have been|were|are) blocked.{0,60}"),
    (KEPT_OUT, r"your (?:request|access|ip(?: address)?) (?:has been|was|is) blocked.{0,60}"),
    (KEPT_OUT, r"(?:please )?(?:complete|solve) the (?:captcha|security check).{0,80}|are you a (?:robot|human)"),
    (KEPT_OUT, r"this (?:web ?)?site (?:is using|uses) a security service to protect.{0,100}"),
    (KEPT_OUT, r"(?:our systems have detected )?unusual (?:traffic|activity) from your.{0,80}"),
    (KEPT_OUT, r"zugriff (?:verweigert|nicht gestattet)|ihr browser wird (?:über|ge)prüft.{0,60}"),
    (KEPT_OUT, r"sie haben keine (?:berechtigung|zugriffsrechte).{0,80}"),
    (KEPT_OUT, r"(?:bitte )?bestätigen sie,? dass sie (?:ein mensch|kein roboter) sind.{0,60}"),
    (KEPT_OUT, r"accès (?:refusé|interdit|non autorisé).{0,30}"),
    (KEPT_OUT, r"vous n'avez pas (?:l'autorisation|la permission|les droits).{0,80}"),
    (KEPT_OUT, r"(?:veuillez )?(?:confirmer|vérifier) que vous êtes (?:un )?humain.{0,60}"),
    (KEPT_OUT, r"vérification de votre navigateur.{0,60}"),
    (SCRIPTS, rf"(?:please |you (?:need|have) to |you must )?(?:enable|turn on|activate) {_JS}{_SO_THAT}"),
    (SCRIPTS, rf"(?:this (?:web ?)?(?:site|page|app)|we) (?:requires?|needs?) {_JS}(?: to\b.{{0,80}})?"),
    (SCRIPTS, rf"{_JS} (?:is|has been|must be|needs to be) (?:disabled|required|enabled|turned off|not ).{{0,80}}"),
    (SCRIPTS, rf"your browser (?:does not|doesn't) support {_JS}.{{0,60}}"),
    (SCRIPTS, r"[\w .-]{1,40} (?:does not|doesn't) work properly without javascript enabled"),
    (SCRIPTS, rf"(?:bitte )?(?:aktivieren|erlauben) sie (?:bitte )?{_JS}(?:,? (?:um|in|damit|für)\b.{{0,80}})?"),
    (SCRIPTS, rf"{_JS} (?:ist|muss|wird)\b.{{0,40}}\b(?:deaktiviert|aktiviert|benötigt).{{0,40}}"),
    (SCRIPTS, rf"(?:diese|die) (?:web)?(?:seite|site|anwendung) (?:benötigt|erfordert|braucht) {_JS}.{{0,40}}"),
    (SCRIPTS, rf"(?:veuillez |merci d'|vous devez )activer (?:le )?{_JS}(?: (?:pour|dans|afin)\b.{{0,80}})?"),
    (SCRIPTS, rf"(?:le )?{_JS} (?:est (?:désactivé|nécessaire|requis)|doit être activé).{{0,60}}"),
)  # fmt: skip
_TITLES: tuple[tuple[Wall, str], ...] = (
    (KEPT_OUT, r"just a moment|attention required|robot check|security check|one more step|pardon our interruption"),
    (KEPT_OUT, r"(?:nur )?einen moment(?: bitte)?|un instant|sicherheitsüberprüfung|vérification de sécurité"),
    (GONE, r"(?:eintrag|artikel|produkt|angebot|inhalt) (?:wurde )?nicht (?:mehr )?(?:gefunden|verfügbar|vorhanden)"),
    (GONE, r"(?:listing|entry|product|item|content) not (?:found|available)|(?:fiche|annonce|offre) introuvable"),
)
_ALONGSIDE = re.compile(
    r"this process is automatic|.{0,60}\bredirect(?:ed)? .{0,60}|(?:please )?(?:wait|allow up)\b.{0,60}|just a moment"
    r"|ray id\b.{0,80}|reference\b.{0,80}|(?:performance|security) .{0,20}by .{0,30}|your ip\b.{0,60}"
    r"|(?:please )?(?:try|use|check|go|return|visit|start|head)\b.{0,100}"
    r"|(?:bitte )?(?:versuchen|nutzen|prüfen|überprüfen|kehren|gehen) sie\b.{0,100}|(?:zurück )?zur startseite"
    r"|dieser vorgang\b.{0,80}|(?:retour|retournez|revenez)\b.{0,60}|(?:veuillez|merci de)\b.{0,80}"
)
"""What such pages say besides."""
_NO_MORE = re.compile(
    r"this (?:product|listing|entry|item|article|content)\b.{0,60}\b(?:no longer|not) .{0,40}"
    r"|die(?:ser|ses|se) (?:eintrag|artikel|produkt|angebot|inhalt|anzeige)\b.{0,60}\bnicht\b.{0,40}"
    r"|(?:cette (?:fiche|annonce|offre)|ce (?:produit|contenu)|cet article)\b.{0,60}\bplus\b.{0,40}"
)
"""What a thing's own page may say, too, so that it counts only where the title says that the page is not there."""

_SORRY = re.compile(
    r"(?:we(?:'re| are) sorry|sorry|o+ps|whoops|unfortunately|hoppla|ups|leider|entschuldigung|(?:es )?tut uns leid"
    r"|oups|(?:nous sommes )?désolée?s?|malheureusement)\b[\s,:;!–-]*(?:but |aber |mais )?"
)
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n")
_PARTS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
_KNOWN = tuple((wall, re.compile(pattern)) for wall, pattern in _SAYS)
_NAMED = (*_KNOWN, *((wall, re.compile(pattern)) for wall, pattern in _TITLES))


def wall(title: str, text: str) -> Wall | None:
    """What stands in place of the page; None for one that says anything else, or has no text at all."""
    if not text or len(text) > LONGEST:
        return None
    named = next((found for part in _PARTS.split(title) if (found := _found(_plain(part), _NAMED))), None)
    known = (*_KNOWN, (named, _NO_MORE)) if named else _KNOWN
    told = {plain: _found(plain, known) for sentence in _SENTENCES.split(text) if (plain := _plain(sentence))}
    surely = [found for found in told.values() if found]
    said = [plain for plain, found in told.items() if found or (named and _ALONGSIDE.fullmatch(plain))]
    if not surely or sum(map(len, said)) < (HALF if named else NEARLY_ALL) * sum(map(len, told)):
        return None
    return named or surely[0]


def _found(plain: str, known: Sequence[tuple[Wall, re.Pattern[str]]]) -> Wall | None:
    return next((found for found, pattern in known if pattern.fullmatch(plain)), None)


def _plain(sentence: str) -> str:
    """In lower case, without what it begins with to be polite, nor signs around it."""
    return _SORRY.sub("", sentence.casefold().replace("’", "'").strip(" \t.!?…:;,'\"“”«»"), count=1).strip(" .!?…,")
