"""The seeker's page in every state it can be in, and what is measured of it in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
from axe_playwright_python.sync_playwright import Axe

from firstfive.app import model_steps, visits
from firstfive.app.wiring import open_project
from firstfive.testing.clients import Served, served
from firstfive.types import (
    Asked,
    ItemId,
    Mismatch,
    Misspelt,
    Option,
    Place,
    Question,
    Quote,
    Reason,
    RecommId,
    ReleaseId,
    Request,
    Sharpening,
    Slate,
    Strength,
    Told,
    UserId,
    VisitId,
    Wish,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

SENTENCE = "someone who makes crowns and dentures for dentists"
OVERRIDES = (
    "server.page_rate_per_minute=0",
    "project.examples=a vet for my parrot,transport of frozen food,rye bread for a wedding",
    "project.seekers=buyers",
    "page.contact=hello@lab.example",
    "page.privacy=https://lab.example/privacy",
    "page.website=homepage",
    "page.rate_every=1",
)

# For every element with text of its own: its letters' size and its contrast with what is really behind it.
LETTERS = """() => {
  const rgb = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const lum = c => { const [r, g, b] = c.slice(0, 3).map(v => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const says = e => e.matches('textarea, input[type=text]') ||
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const seen = e => e.checkVisibility() && !e.closest('.skip, .unseen');
  return [...document.body.querySelectorAll('*')].filter(e => seen(e) && says(e)).map(e => {
    const style = getComputedStyle(e), a = lum(rgb(style.color)), b = lum(behind(e));
    return { what: e.tagName + ' ' + e.textContent.trim().slice(0, 30), px: parseFloat(style.fontSize),
             contrast: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
  }).filter(one => one.px < 20 || one.contrast < 7);
}"""

# Targets that are too small, and pairs that are too near. A radio button is as large as its label.
TARGETS = """() => {
  const kinds = 'a:not(.skip), button, textarea, input[type=text], summary, label:has(input)';
  const all = [...document.querySelectorAll(kinds)].filter(e => e.checkVisibility()).map(e => ({
    what: e.tagName + ' ' + e.textContent.trim().slice(0, 30), box: e.getBoundingClientRect() }));
  const small = all.filter(({ box }) => box.width < 48 || box.height < 48).map(({ what, box }) =>
    `${what}: ${box.width} x ${box.height}`);
  const near = [];
  all.forEach((one, i) => all.slice(i + 1).forEach(other => {
    const across = Math.max(one.box.left - other.box.right, other.box.left - one.box.right);
    const down = Math.max(one.box.top - other.box.bottom, other.box.top - one.box.bottom);
    if (Math.max(across, down) < 7.99) near.push(`${one.what} / ${other.what}: ${across}, ${down}`);
  }));
  return [...small, ...near];
}"""

PRIMARY = "() => [...document.querySelectorAll('main .main')].filter(e => e.checkVisibility()).length"
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
CONTRAST = ["color-contrast", "color-contrast-enhanced"]
AXE = {"resultTypes": ["violations"], "runOnly": LEVELS, "rules": {rule: {"enabled": True} for rule in CONTRAST}}
AXE_COLOURS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": CONTRAST}}


def findings(page: Page, *, colours: bool = False) -> str:
    """What axe-core finds wrong with a page; empty where it finds nothing. colours: look at nothing else."""
    found = Axe().run(page, options=AXE_COLOURS if colours else AXE)
    return found.generate_report() if found.violations_count else ""


@contextmanager
def page_server(built: Path, folder: Path, overrides: Sequence[str] = OVERRIDES) -> Iterator[Served]:
    """The page over a copy, in the folder, of a project that was built."""
    copy = shutil.copytree(built, folder / "world")
    with open_project(copy, overrides=overrides, environment={}) as project, served(project) as running:
        yield running


# --- states -----------------------------------------------------------------------------------------------------------


def place(number: int, title: str, text: str, **parts: Any) -> Place:
    return Place(number, ItemId(f"i{number}"), title, text, 1.0, {}, None, None, {"homepage": "lab.example"}, **parts)


def _quote(words: str, source: str, of: str = "text") -> Quote:
    start = source.index(words)
    return Quote(words, start, start + len(words), of)


LAB = "A dental laboratory. It makes crowns, bridges and dentures for dentists."
REASON = Reason(_quote("crowns and dentures", SENTENCE, "request"), _quote("crowns, bridges and dentures", LAB), 0.9)
PLACES = (
    replace(place(1, "Bright Molar", LAB), reason=REASON),
    replace(
        place(2, "Ivory & Sons", LAB, unknown=("employees", "founded_in")),
        reason=replace(REASON, because="It makes crowns, bridges and dentures."),
        mismatch=Mismatch(_quote("for dentists", SENTENCE, "request"), None, "unmentioned"),
    ),
    replace(
        place(3, "Third Tooth", "Milling for labs. " + "A long line about a small firm. " * 8),
        mismatch=Mismatch(_quote("dentures", SENTENCE, "request"), Quote("Milling", 0, 7), "contradicted"),
    ),
    place(4, "", "A firm without a name that polishes gold."),
    place(5, "Fifth Wheel", "Country: Poland\nSector: Transport\nEmployees: 210"),
)
QUESTION = Question(
    "employees",
    "size",
    (
        Option("up_to", (10.0,), "employees <= 10"),
        Option("between", (10.0, 50.0), "employees > 10 and employees <= 50"),
        Option("over", (50.0,), "employees > 50"),
    ),
    0.1,
)
SHARPER = (
    (Sharpening("employees", "size", "less", (38.0,), "employees < 38", 9),),
    (
        Sharpening("country", "place", "same", ("Germany",), 'country = "germany"', 9),
        Sharpening("founded", "age", "more", (1990.0,), "founded > 1990", 9),
    ),
    (),
    (Sharpening("price", "money", "less", (1200.0,), "price < 1200", 9),),
    (),
)
ASKED = Asked(
    (Wish("crowns", 18, 24), Wish("dentures for dentists", 29, 50)),
    Strength("good", 1.5, (True, True), "employees", "size"),
    0.7,
    True,
    QUESTION,
    SHARPER,
)
MISSPELT = (Misspelt("crwons", "crowns", 18, 24), Misspelt("dentrues", "dentures", 29, 37))
UNSURE = replace(ASKED, strength=Strength("thin", 0.2, (False, False), "employees", "size"), chance=0.1, sure=False)
TOLD = (Told("country", 'country = "norway"', "value", ("Norway",)), Told("year", "year <= 1990", "up_to", (1990.0,)))


@dataclass(frozen=True, slots=True)
class States:
    """Where each state of the page is."""

    paths: Mapping[str, str]

    @classmethod
    def made(cls, served: Served) -> States:
        """Stores an answer for each state. "error" and "loading" come from what is done on the first page."""
        slates = {
            "results": _slate(PLACES, replace(ASKED, question=None)),
            "question": _slate(PLACES, ASKED, told=TOLD),
            "unsure": _slate(PLACES, UNSURE),
            "unsure_plain": _slate(PLACES, replace(UNSURE, question=None)),
            "down": _slate(PLACES, ASKED, notes=(model_steps.UNAIDED,)),
            "misspelt": _misspelt(),
            "nothing": _slate((), replace(ASKED, question=None, sharpenings=())),
            "recorded": _slate(PLACES, ASKED, recorded=datetime(2026, 3, 4, tzinfo=UTC), models=("fake:model",)),
            "decided": _slate(PLACES, ASKED),
            "misfit": (misfits := _slate(PLACES, ASKED)),
            "elsewhere": replace(misfits, recomm_id=RecommId(f"{misfits.recomm_id}-2")),
            "emptied": _slate(PLACES, ASKED),
        }
        for slate in slates.values():
            served.project.store.write(lambda unit, one=slate: unit.slates.add(one))  # type: ignore[misc]
        decided = slates["decided"]
        for number, do in enumerate(("yes 1", "no 2", "maybe 3", "no 4 part")):
            httpx.post(f"{served.url}/slate/{decided.recomm_id}/say", data={"do": do, "once": str(number)})
        misfit = f"{served.url}/slate/{slates['misfit'].recomm_id}/say"
        for number in range(1, 6):
            httpx.post(misfit, data={"do": f"no {number}", "own": visits.MISFIT})
        emptied = slates["emptied"]
        for do in ("yes 1", "undo 1"):
            httpx.post(f"{served.url}/slate/{emptied.recomm_id}/say", data={"do": do})
        off = f"from={emptied.recomm_id}&off={emptied.recomm_id}&place=1"
        found = {name: f"/slate/{slate.recomm_id}" for name, slate in slates.items()}
        lists = {"list": f"/list/{decided.request.visit}", "no_list": f"/list/{slates['results'].request.visit}"}
        lists["emptied"] = f"/list/{emptied.request.visit}?{off}"
        changing = {"change": f"{found['results']}/words", "new": f"{found['decided']}/new"}
        return cls({"empty": "/", **changing, "gone": "/slate/never", **found, **lists})


def fresh(served: Served, asked: Asked = ASKED, places: tuple[Place, ...] = PLACES) -> str:
    """Where an answer of its own visit is."""
    slate = _slate(places, asked)
    served.project.store.write(lambda unit: unit.slates.add(slate))
    return f"/slate/{slate.recomm_id}"


def _misspelt() -> Slate:
    """The same sentence with two letters changed round in two of its words, quoted as it was typed."""
    typed = SENTENCE
    for one in MISSPELT:
        typed = f"{typed[: one.start]}{one.text}{typed[one.end :]}"
    reason = replace(REASON, said=_quote("crwons and dentrues", typed, "request"))
    slate = _slate((replace(PLACES[0], reason=reason), *PLACES[1:]), replace(ASKED, misspelt=MISSPELT))
    return replace(slate, request=replace(slate.request, text=typed))


def _slate(places: tuple[Place, ...], asked: Asked, told: tuple[Told, ...] = (), **parts: Any) -> Slate:
    visit = visits.begin()
    request = Request(SENTENCE, scenario="page", visit=visit, user=UserId(visit), told=told)
    now = datetime.now(UTC)
    return Slate(RecommId(f"state-{visit}"), ReleaseId("r"), request, places, {}, now, asked=asked, **parts)


# --- the browser ------------------------------------------------------------------------------------------------------

EXPECTED = ("status of 4", "ERR_ABORTED")
"""Chromium notes the status of a page that says what went wrong, and an icon that a visit did not wait for."""


@contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page; what it may not do, such as asking another host or running what its policy forbids, ends the test."""
    context: BrowserContext = browser.new_context(base_url=url, **options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    wrong: list[str] = []

    def note(text: str) -> None:
        if not any(known in text for known in EXPECTED):
            wrong.append(text)

    page.on("console", lambda message: note(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(url) else note(asked.url))
    page.on("requestfailed", lambda asked: note(f"{asked.url} {asked.failure}"))
    yield page
    context.close()
    assert wrong == []


def ask(page: Page, text: str = SENTENCE) -> None:
    page.goto("/")
    page.get_by_role("textbox").fill(text)
    page.locator("#ask .main").click()
    page.wait_for_url("**/slate/*")


def visit_of(served: Served, address: str) -> VisitId:
    """The visit of the answer at an address."""
    recomm_id = RecommId(urlsplit(address).path.rpartition("/")[2])
    with served.project.store.read() as unit:
        slate = unit.slates.get(recomm_id)
    assert slate is not None
    assert slate.request.visit is not None
    return slate.request.visit
