"""What a "no" takes back: not what it praises, and behind a verb only what that offers, "we do not bake cakes".

Tables of words in English, German and French, which read a clause in lower case without understanding it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from firstfive.rank.lexicon import NEEDED, stems
from firstfive.rank.wording import WORD

NT = frozenset("arent cant couldnt didnt doesnt dont hasnt havent isnt wasnt werent wont wouldnt".split())
"""As hurried people write "don't"."""
ONLY = frozenset("only just merely solely nur bloß seulement uniquement".split())
_PAID_OR_SET = (
    r"(?:extra\s+|additional\s+|besondere[nrs]?\s+)?(?:charges?|fees?|costs?|supplements?|surcharges?|deposits?|objections?|"
    r"issues?|fuss|restrictions?|limits?|limitations?|aufpreis|aufschlag|zuschlag|gebühr(?:en)?|extrakosten|mehrkosten|"
    r"einschränkung(?:en)?|(?:de\s+|d['’])?(?:suppléments?|frais|restrictions?|limites?|soucis?))"
)
"""What is no lack where there is none of it: "no charge for dogs", "no parking fees"."""
_BETTER = re.compile(
    r"\b(?:better|nicer|finer|prettier|lovelier|friendlier|happier|easier|prouder|cosier|cozier|calmer|tastier|fresher|"
    r"besser|(?:bess|schön|fein|nett|gemütlich|ruhig|freundlich|frisch|lecker|herzlich|einfach)ere[nrsm]?|"
    r"meilleure?s?|mieux|plus\s+(?:beau|bel|belle|joli|jolie|calme|agréable|confortable)s?)\b"
)
"""A no praises what this is said of: "you won't find a nicer garden", "einen schöneren Garten finden Sie nicht"."""
_FEW = 4
"""Words behind a no among which a praise is looked for."""
_NO_LACK = re.compile(
    r"\s*+(?:"
    rf"(?:{'|'.join(sorted(ONLY))})|allein|simply|que|"  # not only bread
    r"matter|(?:an?\s+|le\s+moindre\s+|aucun\s+|jeden\s+)?(?:doubt|zweifel|doute)|wonder|wunder|"  # no doubt
    r"(?:de\s+|d['’])?(?:probl[eè]me?s?|étonnant|quoi)|worr(?:y|ies)|trouble|miss|"  # no problem
    r"wait(?:ing)?(?!\s+list)|"
    r"shortage|lack|mangel|wünsche?\s+(?:offen|übrig)|"  # no lack of space
    rf"(?:\w+\s+)?{_PAID_OR_SET}|"  # no charge for dogs
    rf"(?:(?!(?:but|and|or|aber|und|oder|mais|et|ou)\b)\w+\s+){{1,4}}{NEEDED}|"  # no experience of sailing needed
    r"\w+(?:\s+\w+)?\s+(?:is|are|ist|sind|n['’]est|est)\s+(?:too|zu|trop)|"  # no repair is too small
    r"one|other|least|the\s+last|zuletzt|far|weit|loin|ever|mal|necessarily|unbedingt|"  # not far from the sea
    r"to\s+(?:mention|forget|speak\s+of)|zu\s+(?:vergessen|schweigen)|oublier|compter|parler|"  # not to mention
    r"without|ohne|sans|an?\s+(?:dull|boring|bad)|"  # not without charm, never a dull moment
    r"(?:more|less|fewer|later|earlier|better)\s+than|(?:mehr|weniger)\s+als|(?:plus|moins)\s+d(?:e\b|['’]\w)|"
    # no more than five minutes
    r"let\s+(?:\w+\s+)?down|run\s+out|get\s+enough|go\s+wrong|turn\s+away|help\s+(?:but|\w+ing)|"
    r"(?:visit|come|travel)\s+(?:(?!(?:without|ohne|sans)\b)\w+\s+){0,4}without|"  # never visit Leeds without
    r"take\s+(?:long|(?:my|our)\s+word)"  # we never run out of coffee
    r")\b"
)
"""Behind a no it takes back nothing."""
_OPEN = re.compile(
    r"\b(?:(?:why|if|warum|wieso|wenn|pourquoi)\s+(?:not|nicht|pas)|"  # why not try our wine; if not the best
    r"(?:with\s+or|mit\s+oder|avec\s+ou)\s+(?:without|ohne|sans)|(?:or|oder|ou)(?:\s+may)?\s+(?:not|nicht|non|pas))$"
)
"""A no that leaves open what is so, or bids: "with or without dogs", "whether or not"."""

OFFERS = stems(
    "have has had got own- carry keep- contain- possess- support- include- feature- use uses used using",  # a lift
    "pay pays paid care cares",  # salaries
    "offer- provid- suppl- stock- store- sell- hire hiring rent- host- organi- arrang- bring sponsor-",  # parking
    "take takes taking accept- allow- permit- admit- welcom- accommodat- tolerat- cater- cover- insur-",  # dogs
    "do does bak- cook- mak- serve- serving produc- brew- build- grow- cut repair- clean- groom- print-",  # cakes
    "deliver- ship- teach- train- treat- translat- lend- fund- financ- invest- manufactur- install- smok-",  # yoga
    "like likes live lives living suit- eat eats drink drinks mag mögen frisst aime aiment mange mangent",  # cats
    "speak speaks spoke spoken work works worked travel travels travelled come comes came visit visits",  # French
    "run runs play plays played help helps helped lived homed rehomed tune tunes",  # with children
    "sprechen spricht spreche arbeiten arbeitet arbeite fahren fährt fahre behandeln behandelt behandle",  # Französisch
    "parlons parle parlent soignons soigne soignent recevons reçoit reçoivent travaillons travaille travaillent",
    "hab- hat gibt geben besitz- verfüg- enthalt- enthält- verwend- führen führt",  # einen Aufzug
    "biet- anbiet- verkauf- verleih- vermiet- liefer- versend- vergeb- servier- unterricht-",  # Parkplätze
    "nehm- nimmt aufnehm- akzeptier- erlaub- gestatt- duld- beherberg- bewirt- versicher- finanzier-",  # Hunde
    "förder- zahl- bezahl-",  # Gehälter
    "backen backt bauen baut machen macht mache reparier- produzier- rauch-",  # Kuchen
    "avons ai ont dispos- possèd- inclu- comprend- utilis- propos- offr- fourni- vend- lou- livr- serv-",  # parking
    "accept- accueill- admett- autoris- tolèr- prenons prend organis- accord- assur- financ- fum-",  # les chiens
    "fais- fait font répar- fabriqu- enseign- install-",  # des gâteaux
)
"""Of these a no takes back what they offer: "we do not bake cakes", "Kuchen backen wir nicht"."""
_NO_LOSS = stems(
    "close closed closes closing shut- turn refuse- object- charge- mind wait- hesitat- worr- stop- leave",  # the pool
    "miss regret- forget- disappoint- fail fails failed beat- praise- compromis- complain- doubt- overlook- resist-",
    "lack- tire tires",  # of our spa
    "schließen schließt schliessen schliesst geschlossen zöger- scheu- stören stört beklag- verzicht-",  # den Pool
    "vergess- bereu- missen vermiss- verpass- versäum- entgehen fehlen fehlt enttäusch- übertreff- übertroffen",  # Spa
    "fermons ferment ferme fermé- fermer- hésit- refus- dérang- gên- plaign- cess-",  # la piscine
    "oubli- regrett- manqu- rater ratez déçu- décev- ennuy- lass- rêver priver",  # notre spa
)
"""A no takes back nothing of these: "we never close the pool", "you will not regret our spa"."""
_IS = stems(
    "is are was were am be ist sind war waren wird werden est sont était étaient sommes isn aren wasn weren",
    "isnt arent wasnt werent",
)
_HELPED = NT | frozenset("never cannot n't n’t".split())
_HELPS = stems(
    "do does did will would can could should shall must may might have has had wo don doesn didn ca couldn wouldn",
    "shouldn haven hasn hadn mustn",
)
"""What a verb follows behind the no, "will not"."""
_ASIDE = re.compile(
    r"\s*+(?:(?:be|been|being|currently|usually|normally|generally|yet|also|even|ever|really|actually|always|ourselves|"
    r"to|want\s+to|yourself)\s+){0,3}"
)
EVERY_VERB = frozenset("nicht nie niemals".split())
NEXT_VERB = frozenset("pas jamais".split())
_VERB_NO = EVERY_VERB | NEXT_VERB | NT | frozenset("not never cannot hardly n't n’t".split())
"""What says no to a verb. German has it anywhere in the clause, French before or behind, English behind."""
_HAVE_TO = re.compile(r"\s*+(?:have|need)\s+to\b")
_AN_ARTICLE = re.compile(r"\s*+(?:an?|any|the|our|my|your|eine?\w?|d(?:e\b|['’]))")
_WITHOUT = frozenset("without ohne sans".split())
_ANOTHER_NO = re.compile(
    r"\b(?:no|never|kein\w{0,2}|nie|niemals|aucune?|jamais|pas\s+de|pas\s+d)\b|n['’]t\b"
    r"|\b(?:not\s+(?:\w+\s+)?|nicht\s+|ne\s+\w+\s+pas\s+|pas\s+)$"
)
"""What a "without" behind it takes back itself: "no visit is complete without the garden"."""
_SHORT = 30
"""Characters in which a "why not" or a "with or without" stands."""


def takes_nothing(text: str, start: int, ahead: str) -> bool:
    """Whether the words around a no say that it takes back nothing. start: its end. ahead: the text up to there."""
    near = ahead[-_SHORT:]
    return _NO_LACK.match(text, start) is not None or _OPEN.search(near) is not None


def takes_back(no: str, clause: str, scope: str) -> bool | None:
    """Whether a no takes back what its clause names; None where its verb does not tell.

    clause: what stands before it. scope: what it reaches.
    """
    if no in _WITHOUT and _ANOTHER_NO.search(clause):
        return False
    if _BETTER.search(clause if no in EVERY_VERB else " ".join(WORD.findall(scope)[:_FEW])):
        return False
    if no not in _VERB_NO:
        return True
    ahead, then = WORD.findall(clause), WORD.findall(_ASIDE.sub("", scope, count=1))
    everywhere, beside = no in EVERY_VERB, no in NEXT_VERB
    verbs = [*ahead, *then] if everywhere else [*ahead[-1:], *then[:1]] if beside else then[:1]
    if any(map(_NO_LOSS.fullmatch, verbs)):
        return False
    if _HAVE_TO.match(scope):
        return None
    if any(map(OFFERS.fullmatch, verbs)) or any(map(_IS.fullmatch, [*ahead[0 if everywhere else -1 :], no])):
        return True
    if everywhere or (beside and not {"n", "ne"}.isdisjoint(ahead)):
        return True if beside and _AN_ARTICLE.match(scope) else None
    helped = no in _HELPED or (ahead and _HELPS.fullmatch(ahead[-1]))
    return None if helped and not _AN_ARTICLE.match(scope) else True


def verb_of(no: str, scope: str) -> tuple[Collection[str], str]:
    """The words of offering that a no says no to, and the scope without them where these stand first."""
    if no in EVERY_VERB:
        return [word for word in WORD.findall(scope) if OFFERS.fullmatch(word) or _HELPS.fullmatch(word)], scope
    aside = _ASIDE.match(scope)
    found = WORD.search(scope, aside.end() if aside else 0) if no in _VERB_NO else None
    if found and OFFERS.fullmatch(found.group()):
        return [found.group()], scope[found.end() :]
    return [], scope
