"""What the templates show of a Slate and its visit: plain records with the words already in the seeker's language."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from firstfive.app import recommend
from firstfive.app.asking import about
from firstfive.app.visits import Decided, Visit, same_wish
from firstfive.features.dates import day
from firstfive.features.freshness import YEARS_ALONE, looks_like_year
from firstfive.server.page.line import one_line, paragraphs
from firstfive.server.page.messages import Messages
from firstfive.settings import PageSettings, Settings
from firstfive.types import ItemId, Level, Option, Place, Question, Quote, Sharpening, Slate, Told, Value, Wish

AROUND = 60
"""Characters of an item's text shown on each side of the words quoted from it."""
CHIP = 60
"""Characters shown of a wish that is read back."""
COUNTED = ("size", "money", "price", "count")
"""Topics whose question does not say what the numbers on its buttons count: people, beds, dollars."""
UNNAMED = ("other", "truth", "when")
"""Those whose question is the same for all fields."""
MONEY = ("money", "price")
SPANS = ("up_to", "between", "over")
TURNS = ("less", "more")
"""Kinds of a button that sharpens which name one end: of years and days, before and after it."""
LEVELS: tuple[Level, ...] = get_args(Level)
CLEAR = LEVELS[-1]
_JOINED = ("'", "’")
"""What stands at the end of a word that the next one is written close to: "pas d'"."""
REASONS = ("kind", "part", "known")
"""Why something does not fit, as buttons: the keys decide.reason_kind and so on."""
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,24}[0-9]")
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:[/?#][!-~]*)?")
_A_NAME = re.compile(r"[^\W\d_]{1,24}(?: [^\W\d_]{1,24}){0,2}")
"""Three words at most, of what a fact is about: "people employed"."""
_NO_NAME = re.compile(r"[\d_/:]")
"""In an id: it is made for programs, as "a7" is."""
_TEXTS = ("name", "question", "item", "items", "seekers")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the project's: its text, and where it leads; empty: nowhere."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the project calls things in one language."""

    name: str
    question: str
    item: str
    items: str
    seekers: str
    examples: tuple[str, ...]
    contact: Line
    privacy: Line


def words(settings: Settings, say: Messages) -> Words:
    """The project's own words in a language; else those of [project]; else the page's."""
    own, project, page = settings.words.get(say.language), settings.project, settings.page
    usual = {"name": "page.name", "question": "tell.question", "item": "tell.item", "items": "tell.items"}
    texts = {
        name: (own and getattr(own, name))
        or getattr(project, name)
        or (say.texts[usual[name]] if name in usual else "")
        for name in _TEXTS
    }
    return Words(
        **texts,
        examples=((own and own.examples) or project.examples)[:3],
        contact=line((own and own.contact) or page.contact),
        privacy=line((own and own.privacy) or page.privacy),
    )


def spoken(say: Messages, settings: Settings) -> Messages:
    """The words of a language, with what the project calls its fields: as [words] says, or what a fact is about, where
    that is short enough to be a name."""
    own = settings.words.get(say.language)
    facts = {name: fact.about for name, fact in settings.facts.items() if _A_NAME.fullmatch(fact.about)}
    named = (one.rpartition(":") for one in (own.fields if own else ()))
    return replace(say, fields=facts | {name.strip(): called.strip() for name, _, called in named})


def line(text: str) -> Line:
    """A text that is an address, with where it leads; any other text leads nowhere."""
    ways = ((_MAIL, f"mailto:{text}"), (_PHONE, "tel:" + re.sub("[^+0-9]", "", text)), (_WEB, text))
    return Line(text, next((href for pattern, href in ways if pattern.fullmatch(text)), ""))


# --- a result ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Marked:
    """Words quoted from a text, with some of the text on each side."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: what it sends, and what it says."""

    do: str
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One result, in what the page says of it. decided: yes, maybe or no; thanked: a no was given a reason; misfit: it
    was said to all five of this answer at once.

    missing: a wish that it does not mention; or that its text, in `against`, speaks against. unwanted: that wish was
    one not to have. facts: its fields, each with its value.
    """

    place: int
    name: str
    line: str
    said: Marked | None
    says: Marked | None
    missing: str
    against: str
    unknown: tuple[str, ...]
    unwanted: bool = False
    because: str = ""
    decided: str = ""
    thanked: bool = False
    misfit: bool = False
    website: str = ""
    facts: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    sharpen: tuple[Button, ...] = ()


def shown(
    place: Place,
    slate: Slate,
    say: Messages,
    page: PageSettings,
    said: Decided | None = None,
    earlier: int = 0,
    often: Collection[str] = (),
) -> Shown:
    """A place of a Slate as the page shows it. page: which of its fields is its address, and which are shown.

    earlier: how many results stand before those of the Slate. often: lines that say nothing of an item, since they
    stand in many.
    """
    request, wishes = slate.request.text, slate.asked.wishes if slate.asked else ()
    reason, mismatch = place.reason, place.mismatch
    told = one_line(place.text, place.title, often)
    return Shown(
        place=place.place,
        name=name(place, say, earlier),
        line=told,
        said=marked(reason.said, request) if reason else None,
        says=_says(reason.says, place, say) if reason else None,
        missing=_wish(mismatch.said, slate, say) if mismatch else "",
        against=_says(mismatch.says, place, say).words.strip().removesuffix(".") if mismatch and mismatch.says else "",
        unknown=tuple(label(name, say) for name in place.unknown),
        unwanted=mismatch is not None and _refused(mismatch.said, wishes),
        because=reason.because if reason else "",
        decided=said.kind if said else "",
        thanked=bool(said and said.kind == "no" and said.comment and not said.misfit),
        misfit=bool(said and said.misfit and said.recomm_id == slate.recomm_id),
        website=web_address(place.fields.get(page.website, "")) if page.website else "",
        facts=tuple(fact(name, place.fields[name], say) for name in page.facts if name in place.fields),
        more=paragraphs(place.text, told),
    )


def name(place: Place, say: Messages, earlier: int = 0) -> str:
    """What a result is called: an id that stands for its title is shown only where it can be read as a name.

    One without a name is called by the number that it has on the page.
    """
    title = place.title.strip()
    made_up = title == str(place.item) and _NO_NAME.search(title)
    return say.plain("results.unnamed", place=place.place + earlier) if made_up or not title else title


def _wish(said: Quote, slate: Slate, say: Messages) -> str:
    """What was said, in the words of the request, or as the answer is read back."""
    told = slate.request.told[int(said.of.removeprefix("told."))] if said.of.startswith("told.") else None
    return told_text(told, say) if told and told.kind else said.text.strip()


def _refused(said: Quote, wishes: Sequence[Wish]) -> bool:
    return said.of == "request" and any(wish.refused and wish.start == said.start for wish in wishes)


def _says(quoted: Quote, place: Place, say: Messages) -> Marked:
    """What an item says, in its text between what stands around it, or in a field with its name: "county: Devon"."""
    if quoted.field in place.fields:
        return Marked("", fact(quoted.field, place.fields[quoted.field], say), "")
    return marked(quoted, {"title": place.title, "text": place.text}.get(quoted.of, ""))


def marked(quoted: Quote, text: str) -> Marked:
    """A quote between what stands around it; alone where the text is not the one it was taken from."""
    if text[quoted.start : quoted.end] != quoted.text:
        return Marked("", quoted.text, "")
    start, end = quoted.start, quoted.end
    before = re.split(r"[\n\r]", text[max(0, start - AROUND) : start])[-1]
    after = re.split(r"[\n\r]", text[end : end + AROUND])[0]
    if start > AROUND and len(before) == AROUND:
        before = "… " + before.partition(" ")[2]
    if len(text) > end + AROUND and len(after) == AROUND:
        after = after.rpartition(" ")[0] + " …"
    return Marked(before, quoted.text, after)


def web_address(value: Value) -> str:
    """A field's web address with its scheme; empty where it is none that a browser should follow."""
    text = value.strip() if isinstance(value, str) else ""
    if _HOST.fullmatch(text):
        return f"https://{text}"
    return text if _WEB.fullmatch(text) else ""


# --- what is said above and below the results -------------------------------------------------------------------------


def headline(slate: Slate, own: Words, say: Messages, *, more: bool = False) -> str:
    """What stands above the results. more: they are not the first."""
    count = len(slate.places)
    if not count:
        return say.plain(f"results.{'nothing_left' if more else 'all_seen' if slate.request.exclude else 'none'}")
    if slate.asked is not None and not slate.asked.sure and count > 1 and not more:
        return say.plain("results.guesses", count=in_words(count, say))
    key = ("more_" if more else "") + ("one" if count == 1 else "many")
    told = say.plain(f"results.{key}", count=in_words(count, say), item=own.item, items=own.items)
    return told[:1].upper() + told[1:]


def in_words(count: int, say: Messages) -> str:
    """A small number in words."""
    return say.plain(f"number.{count}") if say.has(f"number.{count}") else say.number(count)


def recorded(slate: Slate, say: Messages) -> str:
    """That a model's answers were not made just now, and when they were; empty where none was replayed."""
    if slate.recorded is None:
        return ""
    wrote = any(place.reason and place.reason.by for place in slate.places)
    return say.plain(f"results.{'written' if wrote else 'helped'}", date=say.day(slate.recorded))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish that was understood. do: what takes it away; empty where it is all that there is."""

    text: str
    do: str


def wanted(slate: Slate, names: Mapping[ItemId, str], say: Messages) -> Iterator[Wanted]:
    """What was understood, as words that can be taken away: of the text, of answers, and items to be near to."""
    wishes = slate.asked.wishes if slate.asked else ()
    again = [any(same_wish(before, wish) for before in wishes[:at]) for at, wish in enumerate(wishes)]
    alone = again.count(False) == 1 and not slate.request.like
    if not wishes and slate.request.text:
        yield Wanted(short(slate.request.text), "")
    for number, wish in enumerate(wishes):
        if again[number]:
            continue
        text, refusing = short(wish.meant or wish.text), _refusing(wish, slate)
        if wish.refused:
            between = "" if refusing.endswith(_JOINED) else " "
            text = f"{refusing}{between}{text}" if refusing else say.plain("want.refused", wish=text)
        yield Wanted(text, "" if alone else f"without wish {number}")
    for number, told in enumerate(slate.request.told):
        if told.kind and (told.values or told.kind != "phrase"):
            yield Wanted(told_text(told, say), f"without told {number}")
    for number, item in enumerate(slate.request.like):
        yield Wanted(say.plain("want.near", name=short(names.get(item) or "…")), f"without like {number}")


def _refusing(wish: Wish, slate: Slate) -> str:
    """The words that refuse a wish, those of them that were misspelt as they were read."""
    start, said = wish.start - len(wish.by), wish.by
    for one in reversed(slate.asked.misspelt if slate.asked else ()):
        if start <= one.start and one.end <= wish.start:
            said = f"{said[: one.start - start]}{one.read}{said[one.end - start :]}"
    return " ".join(said.split())


def read_as(slate: Slate, say: Messages) -> Iterator[str]:
    """How words that were misspelt were read, a sentence each; of the first few."""
    for typed, read in recommend.read_as(slate.asked.misspelt if slate.asked else ()):
        yield say("want.read", typed=typed, read=read)


def told_text(told: Told, say: Messages) -> str:
    """An answer read back: "employees: 50 or less"."""
    kind, low, high = _ends(told.kind, told.values, about(told.field), say)
    key = f"want.{kind}"
    if not say.has(key):
        return label(told.field, say)
    return say.plain(key, field=label(told.field, say), low=low, high=high, value=low)


def _ends(kind: str, values: Sequence[str | float], of: str, say: Messages) -> tuple[str, str, str]:
    """How a button's values are said: its kind as messages name it, such as "over_year", and the lower and upper end.

    of: what they are about. A whole month or year is said as one, and of two ends that are the same only the one.
    """
    texts = [value_text(value, of, say) for value in values] or [""]
    low, high = texts[0], texts[-1]
    if kind not in (*SPANS, *TURNS) or not values:
        return kind, low, high
    days = [date.fromisoformat(value) for value in values if _is_day(value)]  # type: ignore[arg-type]
    if not days:
        kind = f"{kind}_year" if of == "age" and kind != "between" else kind
        return ("value", low, low) if kind == "between" and low == high else (kind, low, high)
    first, last = days[0], days[-1]
    if _ends_a_year(last) and kind != "less" and (kind != "between" or first.month == first.day == 1):
        low, high, kind = str(first.year), str(last.year), "between" if kind == "between" else f"{kind}_year"
    elif kind == "between" and first.day == 1 and last == _month_end(first):
        low = high = say.month(first)
    else:
        kind = f"{kind}_day"
    return ("value", low, low) if kind.startswith("between") and low == high else (kind, low, high)


def _ends_a_year(at: date) -> bool:
    return (at.month, at.day) == (12, 31)


def _month_end(at: date) -> date:
    return at.replace(day=monthrange(at.year, at.month)[1])


def strength(slate: Slate, say: Messages) -> str:
    """How strong the description is, and what would help most. It is not called clear where few results fit it.

    Empty where that was not looked at, and where all that there is is shown: there nothing is left to tell apart.
    """
    if slate.asked is None or len(slate.places) < slate.request.n:
        return ""
    found = slate.asked.strength
    fit = sum(place.reason is not None and place.mismatch is None for place in slate.places)
    most = CLEAR if 2 * fit > len(slate.places) else "start" if any(place.reason for place in slate.places) else "thin"
    level = min(found.level, most, key=LEVELS.index)
    add = f"add.{found.about}" if say.has(f"add.{found.about}") else "add.other"
    helps = level != CLEAR and (found.about or level == "thin")
    return " ".join([say.plain(f"strength.{level}"), *([say.plain(add)] if helps else [])])


def short(text: str) -> str:
    """The beginning of a text that is long."""
    return text if len(text) <= CHIP else f"{text[:CHIP].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


def label(field: str, say: Messages) -> str:
    """What the project calls a field, or else its name as words: team_size and teamSize are "team size".

    A name of words keeps its capitals: "Ort".
    """
    if field in say.fields:
        return say.fields[field]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\-]+", " ", field)
    return " ".join((words if words == field and not field.isupper() else words.lower()).split())


def fact(field: str, value: Value, say: Messages) -> str:
    """A field with its value, in words: "town: Lyon", "garden: yes"."""
    if isinstance(value, bool):
        return say.plain(f"want.{'yes' if value else 'no'}", field=label(field, say))
    told = ", ".join(value) if isinstance(value, tuple) else value_text(value, about(field), say)
    return say.plain("want.value", field=label(field, say), value=short(told))


def value_text(value: str | float, of: str, say: Messages) -> str:
    """A value on a button. Years have no thousands, and 1,905 of money or people is no year. of: the field's topic."""
    if isinstance(value, str):
        return say.day(date.fromisoformat(value)) if _is_day(value) else value
    if of in MONEY:
        return say.money(value)
    year = of == "age" or (of not in COUNTED and looks_like_year(value, YEARS_ALONE))
    return f"{value:g}" if year else say.number(value)


def _is_day(value: str | float) -> bool:
    """Whether it is a date, as fields of dates have them."""
    return isinstance(value, str) and day(value) == value


@dataclass(frozen=True, slots=True)
class Asking:
    """The one question, its answers, and what their numbers count; empty where the question says it."""

    text: str
    options: tuple[Button, ...]
    about: str = ""


def asking(slate: Slate, visit: Visit, say: Messages) -> Asking | None:
    """The question of a Slate; None where it has none, or it was said not to matter."""
    question = slate.asked.question if slate.asked else None
    if question is None or slate.recomm_id in visit.skipped:
        return None
    key = f"ask.{question.topic}" if say.has(f"ask.{question.topic}") else "ask.other"
    texts = [option_text(one, question.topic, say) for one in question.options]
    if not all(texts):  # a Slate of before phrases had values
        return None
    options = tuple(Button(f"answer {n}", text) for n, text in enumerate(texts))
    told = say.plain("ask.about", field=label(question.field, say)) if _unsaid(question, key) else ""
    return Asking(say.plain(key), options, told)


def _unsaid(question: Question, key: str) -> bool:
    """Whether a question does not say by itself what it is about."""
    numbers = any(isinstance(one, float) for option in question.options for one in option.values)
    return key.removeprefix("ask.") in UNNAMED or (question.topic in COUNTED and numbers)


def option_text(option: Option, of: str, say: Messages) -> str:
    """What stands on an answer's button."""
    if option.kind in {"value", "phrase"}:
        return str((option.values or ("",))[0])
    kind, low, high = _ends(option.kind, option.values, of, say)
    return low[:1].upper() + low[1:] if kind == "value" else say.plain(f"ask.{kind}", low=low, high=high)


def sharpening(place: int, buttons: Sequence[Sharpening], say: Messages) -> tuple[Button, ...]:
    """The buttons of a result. place from 0."""
    return tuple(Button(f"sharpen {place} {n}", sharpen_text(one, say)) for n, one in enumerate(buttons))


def sharpen_text(button: Sharpening, say: Messages) -> str:
    """What stands on a button that sharpens."""
    keys = (f"sharpen.{button.kind}_{button.topic}", f"sharpen.{button.kind}")
    value = value_text(button.values[0], button.topic, say) if button.values else ""
    return say.plain(next(filter(say.has, keys)), field=label(button.field, say), value=value)
