"""Cleaning with a model: only bad pages, only the page's own sentences, and nothing that is not proved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from firstfive.app import model_runs
from firstfive.app.build import build
from firstfive.app.cleaning import clean_all
from firstfive.app.collect import import_sources
from firstfive.app.model_cleaning import REWRITE, SELECT, WORTH, Asked, ModelCleaning, clean_by_model
from firstfive.app.sweeping import prune
from firstfive.app.wiring import Project, init_project, open_project
from firstfive.build import proof
from firstfive.errors import BudgetError, ModelError, StoreError
from firstfive.observe import Quiet
from firstfive.ports import Call
from firstfive.testing.models import Answer, FakeGateway
from firstfive.types import Doc

SAID = "The workshop repairs and tunes church organs in the whole of the county. A tuning takes one day."
GOOD = f"<p>{SAID}</p><p>{SAID.replace('organs', 'bells')}</p><p>{SAID.replace('organs', 'clocks')}</p>"
MENU = "<div>Home and garden</div><div>Log in or register</div><div>Basket of the shop</div><div>Share this page</div>"
MORE = MENU.replace("page", "text")
MESSY = f"<main>{MENU}<p>The firm repairs church organs.</p><div>Since 1987 in Tarn</div>{MORE}</main>"

Open = Callable[..., Project]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens projects without an embedder, with or without a model, and imports pages into them."""
    monkeypatch.setattr(model_runs, "FIRST_WAIT_S", 0.001)
    projects: list[Project] = []

    def make(pages: Mapping[str, str], *settings: str, model: str = "fake:model", name: str = "project") -> Project:
        folder = tmp_path / name
        if not folder.exists():
            init_project(folder)
        overrides = ["models.embedder=none", f"models.llm={model}", *settings]
        projects.append(open_project(folder, environment={}, overrides=overrides))
        return bring(projects[-1], pages)

    yield make
    for project in projects:
        project.close()


def bring(project: Project, pages: Mapping[str, str]) -> Project:
    web = project.folder / "web"
    web.mkdir(exist_ok=True)
    for file in web.iterdir():
        file.unlink()
    for name, body in pages.items():
        text = f"<html><head><title>{name}</title></head><body>{body}</body></html>"
        (web / f"{name}.html").write_text(text, "utf-8")
    if pages:
        import_sources(project, [str(web)], max_bad=1.0, full=True)
    return project


def use(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Call], Answer]) -> FakeGateway:
    gateway = FakeGateway(answer)
    monkeypatch.setattr(Project, "gateway", property(lambda _: gateway))
    return gateway


def numbered(call: Call) -> dict[int, str]:
    """The sentences that a model is shown, by number."""
    lines = (line.partition(". ") for line in call.text.split("\n"))
    return {int(number): text for number, dot, text in lines if dot and number.isdigit()}


def choose(*words: str) -> Callable[[Call], Answer]:
    """A model that keeps the sentences that hold one of these words, and rewrites nothing."""

    def answer(call: Call) -> Answer:
        if call.step == REWRITE:
            return "Nothing to say."
        kept = [[n, n] for n, text in numbered(call).items() if any(word in text for word in words)]
        return json.dumps({"keep": kept})

    return answer


def cleaned(project: Project) -> dict[str, Doc]:
    docs, _ = clean_all(project, Quiet())
    return {doc.id: doc for doc in clean_by_model(project, docs, Quiet()).docs}


def looked_at(project: Project) -> list[Asked]:
    docs, _ = clean_all(project, Quiet())
    return ModelCleaning(project, docs).asked()


PAGES = {"good": GOOD, "messy": MESSY, "fine": GOOD.replace("county", "city")}


def test_only_pages_that_rules_did_badly_are_asked_about(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(PAGES)
    gateway = use(monkeypatch, choose("church", "1987"))
    docs = cleaned(project)
    assert [call.step for call in gateway.asked] == [SELECT]
    assert docs["messy"].text == "The firm repairs church organs.\nSince 1987 in Tarn"
    assert docs["good"].stamp.model == docs["fine"].stamp.model == ""


def test_the_page_that_a_model_cleaned_says_which_model_and_prompt_made_it(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened(PAGES)
    use(monkeypatch, choose("church"))
    doc = cleaned(project)["messy"]
    assert doc.stamp.model == "fake:model"
    assert doc.stamp.prompt == project.prompts.get(SELECT).name_and_digest
    assert (doc.invented, doc.lost) == (0.0, 1.0)


def test_a_model_can_win_back_what_rules_dropped(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = "The firm was begun in 1921 by two brothers who built the organ of the old abbey by hand."
    said = "The firm repairs church organs in all of the county and tunes them once in every year."
    page = f"{MESSY}<p>{said}</p><p>{said} It is church work.</p><footer><p>{lost}</p></footer>"
    project = opened({**PAGES, "messy": page})
    by_rules = {str(doc.id): doc for doc in clean_all(project, Quiet())[0]}
    assert lost not in by_rules["messy"].text
    use(monkeypatch, choose("church", "1987", "1921"))
    assert cleaned(project)["messy"].text.endswith(lost)


def test_names_in_menus_that_a_model_chose_and_that_are_in_no_text_are_no_loss(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened({**PAGES, "messy": f"{MESSY}<div>Larkspur Row 12</div><div>Corvid Lane 9</div>"})
    use(monkeypatch, choose("church", "1987", "Larkspur", "Corvid"))
    doc = cleaned(project)["messy"]
    assert "Larkspur" not in doc.text
    assert doc.lost == 0.0


# --- nothing changes without a model ----------------------------------------------------------------------------------


def test_without_a_model_nothing_is_weighed_and_the_release_is_the_same_whatever_is_set(opened: Open) -> None:
    releases = set()
    for n, settings in enumerate(([], ["clean.model=always"], ["clean.model=never"], ["clean.model_share=1"])):
        project = opened(PAGES, *settings, model="", name=f"project{n}")
        releases.add(build(project).release.id)
        docs = clean_all(project, Quiet())[0]
        assert clean_by_model(project, docs, Quiet()).docs is docs
    assert len(releases) == 1


def test_never_asks_never(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(PAGES, "clean.model=never")
    gateway = use(monkeypatch, choose("church"))
    docs = clean_all(project, Quiet())[0]
    assert clean_by_model(project, docs, Quiet()).docs is docs
    assert gateway.asked == []


def test_always_asks_about_every_page_within_the_share(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(PAGES, "clean.model=always", "clean.model_share=0.6")
    gateway = use(monkeypatch, choose("church"))
    cleaned(project)
    assert [call.step for call in gateway.asked] == [SELECT, SELECT]
    assert "Home and garden" in gateway.asked[0].text
    assert [one.before.id for one in looked_at(project)] == ["messy", "fine"]


def test_the_worst_go_first_and_no_more_than_the_share(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = MESSY.replace("<p>", MENU.replace("page", "friend") + "<p>")
    project = opened({**PAGES, "worse": worse}, "clean.model_share=0.25")
    gateway = use(monkeypatch, choose("church"))
    docs = cleaned(project)
    assert len(gateway.asked) == 1
    assert [name for name, doc in docs.items() if doc.stamp.model] == ["worse"]


# --- what is not taken ------------------------------------------------------------------------------------------------


def test_a_choice_that_leaves_out_what_rules_are_sure_of_leaves_the_page_as_it_was(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened({"good": GOOD, "messy": MESSY + GOOD}, "clean.model=always", "clean.model_share=1")
    by_rules = {str(doc.id): doc for doc in clean_all(project, Quiet())[0]}
    use(monkeypatch, choose("Basket"))
    assert cleaned(project) == by_rules
    refused = {str(one.before.id): one.refused for one in looked_at(project)}
    assert refused["messy"] == {SELECT: "it left out 100% of what rules are sure of"}


def test_a_choice_of_nothing_leaves_the_page_as_it_was(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(PAGES)
    use(monkeypatch, choose("no such word"))
    assert cleaned(project)["messy"].stamp.model == ""
    assert looked_at(project)[0].refused[SELECT] == "it chose nothing that counts"


def test_a_page_that_cannot_be_proved_stays_as_it_was_and_ends_no_build(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened({"messy": MESSY, "bells": MESSY.replace("organs", "bells")}, "clean.model_share=1")
    use(monkeypatch, choose("church"))
    lost = proof.lost

    def failing(source: str, text: str, **more: Any) -> float:
        if "bells" not in text:
            raise ArithmeticError("unforeseen")
        return lost(source, text, **more)

    monkeypatch.setattr(proof, "lost", failing)
    assert {name: doc.stamp.model for name, doc in cleaned(project).items()} == {"messy": "", "bells": "fake:model"}
    refused = {str(one.before.id): one.refused.get(SELECT) for one in looked_at(project)}
    assert refused == {"messy": "it could not be proved: ArithmeticError", "bells": None}


def test_a_store_that_fails_while_pages_are_proved_is_no_page_that_cannot_be(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened(PAGES)
    use(monkeypatch, choose("church"))

    def failing(*_: object, **__: object) -> float:
        raise StoreError("the disk is full", code="store.full")

    monkeypatch.setattr(proof, "lost", failing)
    with pytest.raises(StoreError):
        cleaned(project)


@pytest.mark.parametrize(
    "keep",
    [[[1, 99]], [[0, 2]], [[3, 1]], [[1, 2], [2, 3]], [[1]], ["1-2"], [[1.5, 2]], [[True, 2]], 7, None],
    ids=str,
)
def test_numbers_that_are_unknown_or_twice_there_are_no_answer(
    keep: object, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened(PAGES)
    use(monkeypatch, lambda _: json.dumps({"keep": keep}))
    assert cleaned(project)["messy"].stamp.model == ""
    [asked] = looked_at(project)
    assert (asked.answered, asked.refused) == (False, {})
    with project.store.read() as unit:
        assert [one.source for one in unit.quarantine.all()] == ["model:select"]


def test_a_budget_that_is_spent_leaves_the_rest_to_rules_and_the_next_build_goes_on(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {name: MESSY.replace("church", name) for name in ("abbey", "chapel", "minster")}
    project = opened(pages, "clean.model_share=1")
    left = [1]

    def answer(call: Call) -> Answer:
        if not left:
            return BudgetError("the budget of the day is spent", code="budget.spent")
        left.pop()
        return choose("organs")(call)

    use(monkeypatch, answer)
    report = build(project)
    assert "the budget of the day is spent" in report.stopped[SELECT]
    assert report.release.items == 3
    gateway = use(monkeypatch, choose("organs"))
    assert build(project).asked[SELECT].made == 2
    assert len(gateway.asked) == 2


def test_a_model_that_is_down_leaves_every_page_to_rules(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened(PAGES)
    by_rules = clean_all(project, Quiet())[0]
    use(monkeypatch, lambda _: ModelError("the key is not taken", code="model.key"))
    by_model = clean_by_model(project, by_rules, Quiet())
    assert by_model.docs == by_rules
    assert "the key is not taken" in by_model.stopped[SELECT]


# --- what is asked again ----------------------------------------------------------------------------------------------


def test_a_second_build_asks_nothing_and_a_changed_page_is_asked_about_alone(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {name: MESSY.replace("church", name) for name in ("abbey", "chapel", "minster")}
    project = opened(pages, "clean.model_share=1")
    gateway = use(monkeypatch, choose("organs"))
    first = build(project)
    assert len(gateway.asked) == 3
    assert build(project).release.id == first.release.id
    assert len(gateway.asked) == 3
    bring(project, {**pages, "abbey": MESSY.replace("church", "barrel")})
    assert build(project).release.id != first.release.id
    assert [("barrel" in call.text) for call in gateway.asked[3:]] == [True]
    bring(project, pages)
    assert build(project).release.id == first.release.id
    assert len(gateway.asked) == 4


def test_another_prompt_or_model_asks_again_about_the_pages_it_made_and_no_others(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = use(monkeypatch, choose("church"))
    cleaned(opened(PAGES))
    cleaned(opened({}, model="other:model"))
    assert len(gateway.asked) == 2
    project = opened({})
    shipped = Path(project.prompts.get(SELECT).file).read_text("utf-8")
    own = project.folder / "prompts" / SELECT
    own.mkdir(parents=True)
    (own / "2.toml").write_text(shipped.replace("Choose the lines", "Pick the lines"), "utf-8")
    project.store.write(lambda unit: unit.labels.put(SELECT, "production", 2))
    docs = cleaned(opened({}))
    assert len(gateway.asked) == 3
    assert docs["messy"].stamp.prompt.startswith("select@2")


def test_pruning_keeps_what_was_paid_for_and_the_next_build_needs(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened(PAGES)
    gateway = use(monkeypatch, choose("church"))
    built = build(project)
    bring(project, {**PAGES, "messy": MESSY.replace("church", "barrel")})
    build(project)
    bring(project, PAGES)
    asked = len(gateway.asked)
    swept = prune(project).swept
    assert (swept[WORTH], swept[SELECT]) == (1, 1)
    assert build(project).release.id == built.release.id
    assert len(gateway.asked) == asked


# --- rewriting --------------------------------------------------------------------------------------------------------

PIECES = ["Pumps for farms and orchards of the north", "Since 1984 in Leeds", "No sale of used pumps"]
SOLD = "<p>In 2009 Harrow Pumps was sold to Ann Reed.</p>"
BROKEN = f"<main>{''.join(f'<div>{piece}</div>' for piece in PIECES)}{SOLD}</main>"


def rewriting(text: str) -> Callable[[Call], Answer]:
    """A model that keeps every sentence and writes this text."""

    def answer(call: Call) -> Answer:
        kept = [[n, n] for n, line in numbered(call).items() if line != "Harrow Pumps"]
        return text if call.step == REWRITE else json.dumps({"keep": kept})

    return answer


def test_what_stays_in_pieces_is_rewritten_in_the_words_of_the_page(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = (
        "Pumps for farms and orchards of the north, since 1984 in Leeds. No sale of used pumps. "
        "In 2009 Harrow Pumps was sold to Ann Reed."
    )
    project = opened({"Harrow Pumps": BROKEN}, "clean.model=always")
    gateway = use(monkeypatch, rewriting(told))
    doc = cleaned(project)["Harrow Pumps"]
    assert [call.step for call in gateway.asked] == [SELECT, REWRITE]
    assert doc.text == told
    assert (doc.invented, doc.lost) == (0.0, 0.0)
    assert doc.stamp.prompt == project.prompts.get(REWRITE).name_and_digest


@pytest.mark.parametrize(
    "lie",
    [
        "Pumps for farms and orchards of the north, since 1985 in Leeds.",
        "Pumps for farms and orchards of the north, since 1984 in London.",
        "Pumps for farms and orchards of the north, not since 1984 in Leeds.",
        "The leading pumps for farms and orchards of the north, since 1984 in Leeds.",
    ],
)
def test_a_sentence_that_lies_gives_way_to_the_pages_own_and_is_counted(
    lie: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = opened({"Harrow Pumps": BROKEN}, "clean.model=always")
    use(monkeypatch, rewriting(f"{lie} No sale of used pumps. In 2009 Harrow Pumps was sold to Ann Reed."))
    doc = cleaned(project)["Harrow Pumps"]
    assert lie not in doc.text
    assert all(piece in doc.text for piece in PIECES)
    refused = [one.refused for one in looked_at(project)]
    assert doc.invented == pytest.approx(1 / 3, abs=1e-4) or "33% of its sentences" in refused[0][REWRITE]


def test_a_rewrite_that_loses_facts_is_not_taken(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    project = opened({"Harrow Pumps": BROKEN}, "clean.model=always")
    use(monkeypatch, rewriting("Pumps for farms and orchards of the north."))
    doc = cleaned(project)["Harrow Pumps"]
    assert doc.text.split("\n")[:3] == PIECES
    assert REWRITE in looked_at(project)[0].refused
