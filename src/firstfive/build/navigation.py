"""Short whole lines that lead about a site and say nothing of an item: menus, cookies, "Apply now", the imprint."""

from __future__ import annotations

import re

LONGEST = 160
"""Characters of a line that may be one."""
SURE = 9
"""Letters of a part that needs no others beside it: "accept" and "terms" may be an item's own."""
MENU_OF = 3
"""Parts that make a line with bars or arrows between them a menu, where most lead about, two of them surely."""
_BARS = re.compile(r"\s?(?:\||»|›|>>|>|·|•)\s?")
_PARTS = re.compile(r"\s?(?:[|»›·•,/!.–—]|>>|>|&|\s-\s|\s(?:and|und|et)\s)\s?")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s?(?:©\s?)?(?:\d{4})?(?:\s?[-–]\s?\d{4})?", re.IGNORECASE)
_MENU = frozenset(
    "home|about|about us|services|products|careers|jobs|contact|contact us|news|blog|team|references|shop|login|log in|"
    "search|faq|startseite|über uns|leistungen|produkte|karriere|stellenangebote|kontakt|aktuelles|referenzen|suche|"
    "anmelden|accueil|à propos|qui sommes-nous|nos services|produits|carrières|contactez-nous|"
    "actualités|références|boutique|connexion|rechercher|menu|menü".split("|")
)
_LEADS = frozenset(
    "imprint|legal notice|privacy|privacy policy|terms|terms of use|terms of service|all rights reserved|"
    "cookies|cookie settings|cookie policy|cookie preferences|accept|accept all|accept cookies|accept all cookies|"
    "reject all|decline|settings|manage cookies|skip to content|skip to main content|apply now|apply here|apply online|"
    "share this page|follow us|subscribe to our newsletter|back to top|sitemap|"
    "impressum|datenschutz|datenschutzerklärung|agb|alle rechte vorbehalten|cookie-einstellungen|alle akzeptieren|"
    "alle cookies akzeptieren|akzeptieren|ablehnen|alle ablehnen|einstellungen|zum inhalt springen|zum hauptinhalt|"
    "jetzt bewerben|hier bewerben|seite teilen|folgen sie uns|newsletter abonnieren|nach oben|"
    "mentions légales|politique de confidentialité|confidentialité|tous droits réservés|cgv|cgu|gérer les cookies|"
    "accepter|tout accepter|tout refuser|refuser|paramètres|aller au contenu|postuler|postulez|postulez maintenant|"
    "partager cette page|suivez-nous|haut de page|plan du site".split("|")
)
_TOPICS = frozenset("datenschutz|confidentialité|privacy|terms|agb|cgv|cgu|cookies".split("|"))
"""What may be an item's own offer: lawyers know about data protection."""
_OFFERS = frozenset(
    "services|products|jobs|news|blog|team|references|shop|search|leistungen|produkte|stellenangebote|aktuelles|"
    "referenzen|suche|nos services|produits|actualités|références|boutique|rechercher".split("|")
)
"""Words of menus that may be a business's own line: two others make it a menu."""
_CONSENT = re.compile(
    r"accept|settings|privacy|website|this site|to improve|experience|consent|akzept|einstellung|datenschutz|verbesser|"
    r"zustimm|refus|paramètres|améliorer|expérience|consent|ce site|cookies[.!]?$",
    re.IGNORECASE,
)
"""Without one of these a line may be of biscuits."""
_COOKIES = re.compile(
    r"(?:we|this (?:web)?site|our (?:web)?site)\suses?\scookies\b|wir\s(?:verwenden|nutzen|setzen)\scookies\b|"
    r"(?:diese|unsere)\s(?:web)?(?:seite|site)\s(?:verwendet|nutzt)\scookies\b|"
    r"(?:nous\sutilisons|ce\ssite\sutilise)\sdes\scookies\b",
    re.IGNORECASE,
)


def leads_about(line: str) -> bool:
    """Whether a line is a menu, asks about cookies or is made of nothing but what a site's edge says.

    Not "Price | Size | Town", no way that ends at the item, "Home » Products » Red shoe",
    and no heading, "Services": that may be of the item. Cost: 5 microseconds.
    """
    if not line or len(line) > LONGEST:
        return False
    if _COOKIES.match(line) and _CONSENT.search(line):
        return True
    said = _COPYRIGHT.sub("", line, count=1).casefold()
    bars = [part for part in _BARS.split(said) if part]
    known = [part for part in bars if part in _MENU or part in _LEADS]
    sure = [part for part in known if part not in _OFFERS and part not in _TOPICS]
    if len(bars) >= MENU_OF and len(sure) > 1 and 2 * len(known) > len(bars) and bars[-1] in known:
        return True
    parts = [part for part in map(str.strip, _PARTS.split(said)) if part]
    return bool(parts) and _LEADS.issuperset(parts) and any(len(part) >= SURE and part not in _TOPICS for part in parts)
