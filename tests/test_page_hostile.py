"""Hostile strings in every stored field and setting, on the real page in a real Chromium: nothing runs or leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from firstfive.app import visits
from firstfive.ports import Unit
from firstfive.settings import PageSettings, ProjectSettings, WordSettings
from firstfive.testing.clients import Served
from firstfive.types import Slate
from pages import opened, page_server
from slates import full

if TYPE_CHECKING:
    from playwright.sync_api import Browser

STRINGS = 500
ELSEWHERE = "https://elsewhere.example/x"
RUN = "window.ran=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src={ELSEWHERE} onerror={RUN}>",
    f"<svg onload={RUN}><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<style>@import '{ELSEWHERE}'; body {{ background: url({ELSEWHERE}) }}</style>",
    f"<link rel=stylesheet href={ELSEWHERE}><link rel=preload as=image href={ELSEWHERE}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<form action={ELSEWHERE}><button formaction=javascript:{RUN}>press</button></form>",
    f"<meta http-equiv=refresh content='0;url={ELSEWHERE}'>",
    f"<base href={ELSEWHERE}>",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"//elsewhere.example/x?{RUN}",
    f'https://elsewhere.example/"onmouseover={RUN} autofocus onfocus={RUN} x="',
    f"{{{{ 7*7 }}}}{{% for x in ().__class__.__base__.__subclasses__() %}}{{x}}{{% endfor %}}${{{RUN}}}",
    "{0.__class__}{item}%s%n{}",
    f"<video><source onerror={RUN}></video><math><mtext></mtext><mglyph><style></style><img src=x onerror={RUN}>",
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<details open ontoggle={RUN}><summary>x</summary></details>",
    f"<object data={ELSEWHERE}></object><embed src={ELSEWHERE}>",
    "W" * 4000,
    "\u202egnp.exe\u2066 \u2067right to left\u202e \u0000\ufeff\u200b\ud800",
    "Z̸̢̛͔a̷l̵g̶o̸" * 50,
)
BREAKS = (
    "",
    '"',
    "'",
    "`",
    "\\",
    '">',
    "'>",
    "-->",
    "]]>",
    "&lt;",
    "\r\n",
    "</textarea>",
    "</title>",
    "</bdi></mark></p>",
)

STRANGE = "main :is(script, img, iframe, svg, style, link, meta, base, video, object, embed, math)"
OUTSIDE = "es => es.map(e => e.getAttribute('href')).filter(h => !/^(\\/|#|mailto:|tel:|https?:)/.test(h))"


def strings() -> list[str]:
    """Each is a payload behind something that ends a place in a page, and before a few random characters."""
    drawn = random.Random(7)
    made = []
    for number in range(STRINGS):
        rest = "".join(chr(drawn.randrange(1, 0x2FFF)) for _ in range(3))
        made.append(drawn.choice(BREAKS) + PAYLOADS[number % len(PAYLOADS)] + rest)
    return [text.replace("\x00", "").encode("utf-8", "ignore").decode() for text in made]


@pytest.fixture(scope="module")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with page_server(built, tmp_path_factory.mktemp("hostile")) as running:
        yield running


def in_settings(server: Served, texts: Sequence[str]) -> None:
    """The same strings as what a builder wrote."""
    first, second, third, *_ = texts
    settings = server.project.settings
    server.project.settings = replace(
        settings,
        project=ProjectSettings(first, second, third, first, second, tuple(texts[:3])),
        words={"de": WordSettings(second, third, first, second, third, tuple(texts[2:]), first, second)},
        page=replace(
            PageSettings(),
            contact=second,
            privacy=third,
            website="homepage",
            rate_every=1,
            facts=("homepage", "note", first),
        ),
    )


def decided(server: Served, stored: Slate, texts: Sequence[str]) -> None:
    """Stores the answer, with decisions that have the strings as comments."""

    def work(unit: Unit) -> None:
        unit.slates.add(stored)
        for place, kind, text in zip(stored.places, ("yes", "no", "maybe", "no"), texts, strict=False):
            visits.decide(unit, stored, place, kind, text)

    server.project.store.write(work)


def test_five_hundred_hostile_strings_through_every_field_run_nothing_and_reach_nobody(
    browser: Browser, server: Served
) -> None:
    """Off-site requests and what the policy stopped end up in `opened`, which fails."""
    texts = strings()
    assert len(set(texts)) == STRINGS
    with opened(browser, server.url) as page:
        page.add_init_script("addEventListener('securitypolicyviolation', e => { window.violated = e.blockedURI })")
        for number in range(0, STRINGS, 10):
            batch = texts[number : number + 10]
            stored = full(batch)
            in_settings(server, batch)
            decided(server, stored, batch)
            answer = f"/slate/{stored.recomm_id}"
            others = ("/", f"/list/{stored.request.visit}", f"{answer}/words")
            for path in (answer, *(others if number % 50 == 0 else ())):
                page.goto(path)
                assert page.evaluate("window.ran || window.violated || null") is None, batch
                assert page.locator(STRANGE).count() == 0, batch
                assert page.locator("a").evaluate_all(OUTSIDE) == [], batch


def test_hostile_requests_are_answered_like_any_other(browser: Browser, server: Served) -> None:
    with opened(browser, server.url) as page:
        for text in strings()[: len(PAYLOADS)]:
            page.goto("/")
            page.locator("#text").fill(text)
            page.locator("#ask .main").click()
            page.locator("#headline, .message").first.wait_for()
            assert page.evaluate("window.ran || null") is None, text
