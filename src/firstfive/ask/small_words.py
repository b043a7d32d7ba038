"""The words that requests are made of in three languages: those of which no wish consists, and those that refuse."""

from __future__ import annotations

KIN = (
    r"(?:husband|wife|mother|mum|mom|father|dad|son|daughter|partner|parents|sister|brother|grand\w+|family|"
    r"children|kids|child|"
    r"mann|frau|mutter|vater|sohn|tochter|eltern|oma|opa|kinder|mari|femme|mère|père|fils|fille|enfants)"
)
DONT = (
    r"(?:don['’]t|(?:(?<=\bi )|(?<=\bwe )|(?<=\bthey )|(?<=\byou ))dont|"
    r"dont(?=\s+(?:want|need|like|have|eat|drink|mind|care|show|give|send|bother|include|suggest)\b))"
)
"""English, with or without its mark, and not French: "le laboratoire dont le patron part"."""
SOUGHT = frozenset(
    "flat apartment house home bungalow cottage villa hotel hostel room job office place book novel story film recipe "
    "dish course class holiday "
    "wohnung wohnungen haus häuser zimmer ferienwohnung ferienwohnungen stelle stellen büro büros buch bücher roman "
    "romane kurs kurse maison appartement logement hôtel chambre emploi bureau livre cours".split()
)
"""What is looked for whole, and not avoided: "no house without a garden". "No gluten without milk" is a list."""
ENGLISH_FILLER = frozenset(
    "a about absolutely actually all almost also although always am an and any anyone anything anywhere are as at "
    "available be been being both business but by can certainly client clients companies company could deal "
    "definitely did do does don dont e each either else etc even ever find firm for free g got has have help here his "
    "how however i ideally if in instead is it its just kind know likely looking matter matters maybe me might mind "
    "must my necessarily need needs neither no nobody none nor not nothing now of often on one ones only or other "
    "others otherwise our ours perhaps please possible possibly prefer preferably preferred probably quite rather "
    "ready really seek seeking seem seems should since so some somebody somehow someone something somewhere sort stay "
    "stays still such sure t than thank thanks that the their them then there these they thing things this those "
    "though to too truly us very want wants we well what when where whether which while who whoever whose why will "
    "wish with would yes yet you your "
    "come comes coming er erm her hers him hmm uh um wonder wondered wondering "
    "begin beginning begins commencing live start starting starts "
    "he hes she shes they theyll was".split()
)
"""The English ones of FILLER."""
FILLER = ENGLISH_FILLER | frozenset(
    "aber auch betrieb betriebe bitte das dass der die doch ein eine einen es etwas firma firmen frei für gern gerne "
    "hat ich im immer ist jemand kein keine man möchte möchten nicht nichts noch nur oder sehr sein sind so suche "
    "suchen und uns unser unternehmen vielleicht von was wenn wer will wir wollen zu "
    "beginnend beginnt brauchen nähe startend startet verfügbar wohnen "
    "da helfen ihm ihn ihnen ihr ihre kommen kommt könnte könnten können mich mir sie äh ähm "
    "commençant habiter sommes vivre "
    "aider donc euh eux leur lui m pouvez pourriez venir vient "
    "aimerais au aussi avec bien c ce cherche cherchons d de des disponible du elle en encore entreprise entreprises "
    "est et il ils jamais je l la le les libre mais même n ne nous on ou pas peut plaît plus pour qu que quelque qui "
    "rien s sans société sociétés sont sur toujours tout très un une veut veux voulons vous être".split()
)
"""Words of which no wish consists: what they ask for, no item says."""
SMALL_WORDS = FILLER | frozenset(
    "without under over more less than from because allergic intolerant cannot where between ohne über unter mehr "
    "weniger als allergisch aus bei gegen wegen weil zwischen wohin sans moins allergique contre parce entre "
    "arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt thats theres theyre theyve wasnt werent "
    "weve whats wont wouldnt youre youve".split()
)
"""What requests are made of in three languages: right in any catalogue, and often what was meant."""
REFUSING = frozenset(
    "not no nor never neither nothing nobody none without don cannot kein keine keinen nicht nichts ohne nie weder "
    "sans pas jamais rien ni aucun aucune".split()
)
"""Words that turn a wish into a refusal."""
