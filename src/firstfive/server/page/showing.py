"""What the templates show of a Slate and its visit: plain records with the words already in the seeker's language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from firstfive.app import recommend
from firstfive.app.asking import about
from firstfive.app.visits import MISFIT, Decided, Visit
from firstfive.features.dates import day
from firstfive.features.freshness import YEARS_ALONE, looks_like_year
from firstfive.server.page.messages import Messages
from firstfive.settings import PageSettings, Settings
from firstfive.types import ItemId, Option, Place, Quote, Sharpening, Slate, Told, Value

LINE = 160
AROUND = 60
"""Characters of an item's text shown on each side of the words quoted from it."""
FACTS = 4
CHIP = 60
"""Characters shown of a wish that is read back."""
COUNTED = ("size", "money")
"""Topics whose question does not say what the numbers on its buttons count: people, beds, dollars."""
REASONS = ("kind", "part", "known")
"""Why something does not fit, as buttons: the keys decide.reason_kind and so on."""
_SENTENCE = re.compile(r"(?>.*?(?<!\S)\S++ \S++ \S++ \S++ \S).*[.!?…。][\"”’)]?(?:\s|$)")
_LABELLED = re.compile(r"[^.:!?]{1,40}:\s")
"""A fact with its name before it, "Turnover (last year): 9.4 m. EUR": no sentence, whatever stops stand in it."""
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/-]{4,24}[0-9]")
_WEB = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][!-~]*)?")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?:[/?#][!-~]*)?")
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
    """One result, in what the page says of it. decided: yes, maybe or no; thanked: a no was given a reason.

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
    website: str = ""
    facts: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    sharpen: tuple[Button, ...] = ()


def shown(place: Place, slate: Slate, say: Messages, page: PageSettings, said: Decided | None = None) -> Shown:
    """A place of a Slate as the page shows it. page: which of its fields is its address, and which are shown."""
    request, wishes = slate.request.text, slate.asked.wishes if slate.asked else ()
    reason, mismatch = place.reason, place.mismatch
    told = one_line(place.text, place.title)
    return Shown(
        place=place.place,
        name=place.title.strip() or say.plain("results.unnamed", place=place.place),
        line=told,
        said=marked(reason.said, request) if reason else None,
        says=_says(reason.says, place, say) if reason else None,
        missing=mismatch.said.text.strip() if mismatch else "",
        against=_says(mismatch.says, place, say).words.strip().removesuffix(".") if mismatch and mismatch.says else "",
        unknown=tuple(label(name) for name in place.unknown),
        unwanted=mismatch is not None and any(wish.refused and wish.start == mismatch.said.start for wish in wishes),
        because=reason.because if reason else "",
        decided=said.kind if said else "",
        thanked=bool(said and said.kind == "no" and said.comment and said.comment != MISFIT),
        website=web_address(place.fields.get(page.website, "")) if page.website else "",
        facts=tuple(fact(name, place.fields[name], say) for name in page.facts if name in place.fields),
        more=paragraphs(place.text, told),
    )


def _says(quoted: Quote, place: Place, say: Messages) -> Marked:
    """What an item says, in its text between what stands around it, or in a field with its name: "county: Devon"."""
    if quoted.field in place.fields:
        return Marked("", fact(quoted.field, place.fields[quoted.field], say), "")
    return marked(quoted, {"title": place.title, "text": place.text}.get(quoted.of, ""))


def one_line(text: str, title: str) -> str:
    """What an item is, in a line: its first sentence that is one, or its first short facts side by side."""
    lines = [line for raw in text.splitlines() if (line := re.sub(r"\s+", " ", raw).strip()) and line != title.strip()]
    sentences = (line for line in lines if _SENTENCE.match(line) and not _LABELLED.match(line))
    told = next(sentences, " · ".join(lines[:FACTS]))
    return told if len(told) <= LINE else f"{told[:LINE].rsplit(' ', 1)[0].rstrip(' ,;:·')} …"


def paragraphs(text: str, told: str) -> tuple[str, ...]:
    """The lines of the text, where it says more than the one line that is shown of it."""
    lines = tuple(line for raw in text.splitlines() if (line := re.sub(r"\s+", " ", raw).strip()))
    return lines if " ".join(lines) != told else ()


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
        return say.plain("results.nothing_left" if more else "results.none")
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
    return say.plain("results.written", date=say.day(slate.recorded), models=", ".join(slate.models))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish that was understood. do: what takes it away; empty where it is all that there is."""

    text: str
    do: str


def wanted(slate: Slate, names: Mapping[ItemId, str], say: Messages) -> Iterator[Wanted]:
    """What was understood, as words that can be taken away: of the text, of answers, and items to be near to."""
    wishes = slate.asked.wishes if slate.asked else ()
    alone = len(wishes) == 1 and not slate.request.like
    if not wishes and slate.request.text:
        yield Wanted(short(slate.request.text), "")
    for number, wish in enumerate(wishes):
        text = short(wish.meant or wish.text)
        yield Wanted(
            say.plain("want.refused", wish=text) if wish.refused else text, "" if alone else f"without wish {number}"
        )
    for number, told in enumerate(slate.request.told):
        if told.kind and (told.values or told.kind != "phrase"):
            yield Wanted(told_text(told, say), f"without told {number}")
    for number, item in enumerate(slate.request.like):
        yield Wanted(say.plain("want.near", name=short(names.get(item, "…"))), f"without like {number}")


def read_as(slate: Slate, say: Messages) -> Iterator[str]:
    """How words that were misspelt were read, a sentence each; of the first few."""
    for typed, read in recommend.read_as(slate.asked.misspelt if slate.asked else ()):
        yield say("want.read", typed=typed, read=read)


def told_text(told: Told, say: Messages) -> str:
    """An answer read back: "employees: 50 or less"."""
    numbers = [value_text(value, about(told.field), say) for value in told.values]
    low, high = (numbers or [""])[0], (numbers or [""])[-1]
    of_time = told.kind in {"up_to", "over"} and (about(told.field) == "age" or any(map(_is_day, told.values)))
    key = f"want.{told.kind}{'_year' if of_time else ''}"
    if not say.has(key):
        return label(told.field)
    return say.plain(key, field=label(told.field), low=low, high=high, value=low)


def strength(slate: Slate, say: Messages) -> str:
    """How strong the description is, and what would help most; empty where that was not looked at."""
    if slate.asked is None:
        return ""
    found = slate.asked.strength
    add = f"add.{found.about}" if say.has(f"add.{found.about}") else "add.other"
    helps = found.level != "strong" and (found.about or found.level == "thin")
    return " ".join([say.plain(f"strength.{found.level}"), *([say.plain(add)] if helps else [])])


def short(text: str) -> str:
    """The beginning of a text that is long."""
    return text if len(text) <= CHIP else f"{text[:CHIP].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


def label(field: str) -> str:
    """A field's name as words: team_size and teamSize are "team size". A name of words keeps its capitals: "Ort"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\-]+", " ", field)
    return " ".join((words if words == field and not field.isupper() else words.lower()).split())


def fact(field: str, value: Value, say: Messages) -> str:
    """A field with its value, in words: "town: Lyon", "garden: yes"."""
    if isinstance(value, bool):
        return say.plain(f"want.{'yes' if value else 'no'}", field=label(field))
    told = ", ".join(value) if isinstance(value, tuple) else value_text(value, about(field), say)
    return say.plain("want.value", field=label(field), value=short(told))


def value_text(value: str | float, of: str, say: Messages) -> str:
    """A value on a button. Years have no thousands, and 1,905 of money or people is no year. of: the field's topic."""
    if isinstance(value, str):
        return say.day(datetime.fromisoformat(value)) if _is_day(value) else value
    return (
        f"{value:g}"
        if of == "age" or (of not in COUNTED and looks_like_year(value, YEARS_ALONE))
        else say.number(value)
    )


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
    field, key = label(question.field), f"ask.{question.topic}" if say.has(f"ask.{question.topic}") else "ask.other"
    texts = [option_text(one, question.topic, say) for one in question.options]
    if not all(texts):  # a Slate of before phrases had values
        return None
    options = tuple(Button(f"answer {n}", text) for n, text in enumerate(texts))
    counted = question.topic in COUNTED and any(isinstance(one, float) for o in question.options for one in o.values)
    return Asking(say.plain(key, field=field), options, say.plain("ask.about", field=field) if counted else "")


def option_text(option: Option, of: str, say: Messages) -> str:
    """What stands on an answer's button."""
    if option.kind in {"value", "phrase"}:
        return str((option.values or ("",))[0])
    values = [value_text(value, of, say) for value in option.values]
    year = option.kind in {"up_to", "over"} and (of == "age" or _is_day(option.values[0]))
    low, high = (values or [""])[0], (values or [""])[-1]
    return say.plain(f"ask.{option.kind}{'_year' if year else ''}", low=low, high=high)


def sharpening(place: int, buttons: Sequence[Sharpening], say: Messages) -> tuple[Button, ...]:
    """The buttons of a result. place from 0."""
    return tuple(Button(f"sharpen {place} {n}", sharpen_text(one, say)) for n, one in enumerate(buttons))


def sharpen_text(button: Sharpening, say: Messages) -> str:
    """What stands on a button that sharpens."""
    keys = (f"sharpen.{button.kind}_{button.topic}", f"sharpen.{button.kind}")
    value = value_text(button.values[0], button.topic, say) if button.values else ""
    return say.plain(next(filter(say.has, keys)), field=label(button.field), value=value)
