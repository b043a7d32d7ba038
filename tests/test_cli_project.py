"""The commands over a project: from an empty folder to measured answers."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from command_line import COMPANIES, firstfive, project, written
from firstfive.app.wire import slate_from_json, slate_json
from firstfive.app.wiring import open_project
from firstfive.cli.releases import _enough
from firstfive.types import RecommId, ReleaseId, Request, Slate


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eight companies, built, words only."""
    return project(tmp_path / "project")


def test_from_an_empty_folder_to_five_matches_with_reasons(tmp_path: Path) -> None:
    source = tmp_path / "firms.csv"
    source.write_text("nr,name,about,country\n" + "".join(f'{i},{t},"{x}",US\n' for i, t, x in COMPANIES), "utf-8")
    columns = ("--id", "nr", "--title", "name", "--text", "about", "--field", "country")
    assert firstfive("init", tmp_path / "p").status == 0
    imported = firstfive("-p", tmp_path / "p", "import", source, *columns)
    assert imported.status == 0
    assert "8 new" in imported.out
    built = firstfive("-p", tmp_path / "p", "build")
    assert "8 items" in built.out
    assert "embed: 8 in" in built.err
    ended = firstfive(
        "-p", tmp_path / "p", "recommend", "someone who looks after elevators", "--filter", "country = us"
    )
    assert ended.out.startswith("1. Kirkstow Lifts  (lift-1)\n   You said “")
    assert "\n5. " in ended.out
    assert "\n6. " not in ended.out


def test_init_leaves_a_project_that_is_there_alone(folder: Path) -> None:
    before = (folder / "firstfive.toml").read_text("utf-8")
    ended = firstfive("init", folder, "--json")
    assert (ended.status, ended.problem["code"]) == (2, "conflict.exists")
    assert (folder / "firstfive.toml").read_text("utf-8") == before


def test_what_init_writes_is_valid_and_changes_no_default(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    assert firstfive("settings", "-p", tmp_path, "--json").out == firstfive("settings", "--json").out


def test_importing_the_same_again_changes_nothing_and_a_vanished_item_is_retired(folder: Path) -> None:
    again = firstfive("-p", folder, "import", folder / "items.jsonl", "--json").answer["pages"]
    assert (again["same"], again["new"], again["changed"], again["retired"]) == (8, 0, 0, 0)
    fewer = written(folder / "fewer.jsonl", COMPANIES[:6])
    added = firstfive("-p", folder, "import", fewer, "--add", "--json").answer["pages"]
    assert added["retired"] == 0
    full = firstfive("-p", folder, "import", fewer, "--json").answer["pages"]
    assert full["retired"] == 2


def test_an_import_that_would_retire_most_of_the_catalogue_asks_for_a_word(folder: Path) -> None:
    few = written(folder / "few.jsonl", COMPANIES[:2])
    doubted = firstfive("-p", folder, "import", few)
    assert doubted.status == 1
    assert "Not in it: 6 items, more than half" in doubted.out
    assert "--full" in doubted.out
    assert "--add" in doubted.out
    assert firstfive("-p", folder, "import", few, "--add", "--full").status == 2
    assert firstfive("-p", folder, "import", few, "--add").status == 0
    meant = firstfive("-p", folder, "import", few, "--full", "--json")
    assert (meant.status, meant.answer["pages"]["retired"]) == (0, 6)


@pytest.mark.parametrize(
    ("words", "most"),
    [(("x", "--n", "0"), "100"), (("x", "--n", "101"), "100"), (("--queries", "q", "--n", "0"), "1,000")],
)
def test_how_many_may_be_asked_for_is_said_as_it_is(folder: Path, words: tuple[str, ...], most: str) -> None:
    ended = firstfive("-p", folder, "recommend", *words)
    assert ended.status == 2
    assert f"give a number from 1 to {most}." in ended.err


def test_the_wrong_file_is_said_to_be_in_and_the_right_one_takes_it_back(folder: Path) -> None:
    wrong = written(folder / "wrong.jsonl", [("x", "Wrong", "It is no company."), ("acme", "Acme", "Something else.")])
    doubted = firstfive("-p", folder, "import", wrong)
    assert doubted.status == 1
    assert "taken in all the same: 2 items that it added and 0 that it changed" in doubted.out
    assert "import the right one with --full, which takes that back" in doubted.out
    right = firstfive("-p", folder, "import", folder / "items.jsonl", "--full", "--json").answer["pages"]
    assert (right["retired"], right["same"]) == (2, 8)


def test_items_that_wait_for_fewer_bad_rows_are_counted_with_what_retires_them(folder: Path) -> None:
    part = folder / "part.jsonl"
    part.write_text(written(folder / "few.jsonl", COMPANIES[:5]).read_text("utf-8") + "{broken\n", "utf-8")
    for words in ((), ("--full",)):
        ended = firstfive("-p", folder, "import", part, *words)
        assert ended.status == 1
        assert "Not in it: 3 items. To retire what is not in it, mend the rows in quarantine" in ended.out
        assert "allow more with --max-bad SHARE" in ended.out
    assert "Not in it" not in firstfive("-p", folder, "import", part, "--add").out
    allowed = firstfive("-p", folder, "import", part, "--max-bad", "0.2", "--json")
    assert (allowed.status, allowed.answer["pages"]["retired"], allowed.answer["pages"]["waiting"]) == (0, 3, 0)


def test_a_table_without_rows_is_said_and_exits_1(folder: Path) -> None:
    (folder / "empty.csv").write_text("id,title,text\n", "utf-8")
    ended = firstfive("-p", folder, "import", folder / "empty.csv")
    assert ended.status == 1
    assert "nothing in" in ended.out
    assert "empty.csv" in ended.out


def test_an_import_names_the_next_command_for_the_same_project(folder: Path) -> None:
    (folder / "bad.csv").write_text("id,title,text\n1\n2\n", "utf-8")
    ended = firstfive("-p", folder, "import", folder / "bad.csv", "--id", "id")
    assert f"is in quarantine: firstfive -p {folder} quarantine" in ended.out
    assert "Next:" not in ended.out


def test_a_suggested_command_can_be_pasted_whatever_its_folder_and_files_are_called(tmp_path: Path) -> None:
    folder = project(tmp_path / "Daten für Müller's/jobs $1")
    queries = tmp_path / "Anfragen Mai.jsonl"
    queries.write_text('{"qid": "1", "text": "lifts"}\n', "utf-8")
    run = tmp_path / "run.trec"
    run.write_text("1 Q0 lift-1 1 9 t\n", "utf-8")
    table = tmp_path / "zu beurteilen.csv"
    words = ("evaluate", "--queries", queries, "--pool", table, "--pool-run", run, "--pool-run", run)
    ended = [firstfive("-p", folder, *words), firstfive("-p", folder, "import", folder / "items.jsonl")]
    typed = [shlex.split(one.out.rpartition("Next: ")[2]) for one in ended]
    assert typed[0][1:] == ["-p", str(folder), "evaluate", "--queries", str(queries), "--qrels", str(table)]
    assert typed[1][1:] == ["-p", str(folder), "build"]
    missing = firstfive("-p", tmp_path / "nicht da", "build").err
    assert f"`firstfive init '{tmp_path / 'nicht da'}'`" in missing


def test_a_mistyped_command_is_answered_with_the_nearest(folder: Path) -> None:
    ended = firstfive("-p", folder, "recomend", "lifts")
    assert ended.status == 2
    assert "No such command 'recomend'. Did you mean 'recommend'?" in ended.err


def test_vectors_that_do_not_fit_are_said_before_anything_is_imported(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    (tmp_path / "bad.npy").write_bytes(b"no vectors")
    (tmp_path / "bad.ids.txt").write_text("hvac-1\n", "utf-8")
    source = written(tmp_path / "items.jsonl")
    ended = firstfive("-p", tmp_path, "import", source, "--vectors", tmp_path / "bad.npy", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "model.vectors")
    assert firstfive("-p", tmp_path, "import", source, "--json").answer["pages"]["new"] == len(COMPANIES)


def test_a_build_says_that_most_items_are_in_another_language_than_its_stemmer_s(tmp_path: Path) -> None:
    german = "Die Bäckerei ist in einem Haus am Markt und wird von der Familie mit einem Ofen aus Stein geführt."
    english = "The bakery is in a house on the market and it has been run by the family for many years."
    rows = [f"{n},Haus {n},Nummer {n}. {german if n % 5 else english}" for n in range(20)]
    (tmp_path / "a.csv").write_text("\n".join(["id,title,text", *rows, ""]), "utf-8")
    assert firstfive("init", tmp_path / "p").status == 0
    assert firstfive("-p", tmp_path / "p", "import", tmp_path / "a.csv").status == 0
    built = firstfive("-p", tmp_path / "p", "build")
    assert 'Most items are in German: write stemmer = "german" under [index]' in " ".join(built.out.split())
    with (tmp_path / "p" / "firstfive.toml").open("a") as settings:
        settings.write('\n[index]\nstemmer = "german"\n')
    assert "Most items" not in firstfive("-p", tmp_path / "p", "build").out


@pytest.mark.parametrize(
    ("german", "embedder", "said"),
    [(5, "minilm", True), (20, "minilm", False), (0, "minilm", False), (1, "minilm", False), (5, "none", False)],
)
def test_a_build_of_texts_in_two_languages_names_the_embedder_that_reads_both(
    tmp_path: Path, german: int, embedder: str, said: bool
) -> None:
    of_it = "Die Bäckerei ist in einem Haus am Markt und wird von der Familie mit einem Ofen aus Stein geführt."
    other = "The bakery is in a house on the market and it has been run by the family for many years."
    rows = [f"{n},Haus {n},Nummer {n}. {of_it if n < german else other}" for n in range(20)]
    (tmp_path / "a.csv").write_text("\n".join(["id,title,text", *rows, ""]), "utf-8")
    firstfive("init", tmp_path / "p")
    firstfive("-p", tmp_path / "p", "import", tmp_path / "a.csv")
    built = " ".join(firstfive("-p", tmp_path / "p", "build", "--set", f"models.embedder={embedder}").out.split())
    assert ("Items are in English and German, and the built-in embedder reads English" in built) == said
    assert ("pip install 'firstfive[multilingual]'" in built) == said


def test_a_build_says_what_it_left_out_and_exits_1_where_that_is_much(folder: Path) -> None:
    (folder / "empty.html").write_text("<html><body><script>made()</script></body></html>", "utf-8")
    twin = written(folder / "twin.jsonl", [("twin", COMPANIES[0][1], COMPANIES[0][2])])
    firstfive("-p", folder, "import", "--add", folder / "empty.html", twin)
    ended = firstfive("-p", folder, "build", "--set", "models.embedder=none")
    assert ended.status == 1
    assert "1 page gave no item: `firstfive quarantine`" in ended.out
    assert "1 of 10 pages are 10.00%, more than the 1.00% that import.max_bad allows" in ended.out
    assert "write max_bad = 0.1 under [import]" in ended.out
    assert "1 near-copies linked" in ended.out
    assert "empty.html" in firstfive("-p", folder, "quarantine").out
    more = firstfive("-p", folder, "build", "--set", "models.embedder=none", "--set", "import.max_bad=0.5")
    assert more.status == 0


def test_a_build_says_which_cells_say_something_else_than_their_field(tmp_path: Path) -> None:
    table = tmp_path / "flats.csv"
    rent = "".join(f"{at},Flat {at},A bright flat with a view.,£{at}50\n" for at in range(1, 5))
    table.write_text(f"id,title,text,rent\n{rent}5,Loft,A loft.,ask first\n6,Barn,A barn.,see the notes\n", "utf-8")
    firstfive("init", tmp_path / "p")
    firstfive("-p", tmp_path / "p", "import", table, "--field", "rent")
    built = firstfive("-p", tmp_path / "p", "build", "--set", "models.embedder=none")
    said = "filters treat them as not stated: rent, 2 cells such as 'ask first'."
    assert said in " ".join(built.out.split())


def test_the_limit_that_a_build_advises_allows_what_it_rejected() -> None:
    for rejected in range(101):
        limit = _enough(rejected, 100)
        assert rejected <= limit * 100
        assert limit <= (rejected + 1) / 100
    assert _enough(1, 3) == 0.34


def test_a_guessed_mapping_is_explained(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    source = tmp_path / "firms.csv"
    source.write_text("id,name,description\n" + "".join(f'{i},{t},"{x}"\n' for i, t, x in COMPANIES), "utf-8")
    ended = firstfive("-p", tmp_path, "import", source)
    assert ended.status == 0
    assert "description" in ended.out


def test_import_needs_something_to_import(folder: Path) -> None:
    ended = firstfive("-p", folder, "import")
    assert ended.status == 2
    assert "SOURCE" in ended.err


def test_too_many_bad_rows_exit_1_and_the_good_ones_are_in(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    source = tmp_path / "items.jsonl"
    source.write_text(written(tmp_path / "good.jsonl").read_text("utf-8") + "{broken\n", "utf-8")
    ended = firstfive("-p", tmp_path, "import", source)
    assert ended.status == 1
    assert "8 new" in ended.out
    assert "1 bad" in ended.out
    listed = firstfive("-p", tmp_path, "quarantine")
    assert "items.jsonl:9" in listed.out
    assert firstfive("-p", tmp_path, "import", source, "--max-bad", "0.2").status == 0


HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""Tests that were started in the background may have been told to ignore it, and their children with them."""


def test_ctrl_c_says_that_the_build_goes_on_where_it_was(folder: Path) -> None:
    many = [(f"firm-{i}", f"Firm {i}", f"Number {i} makes valves for dairies in {i} sizes.") for i in range(500)]
    firstfive("-p", folder, "import", "--full", written(folder / "many.jsonl", many))
    command = [sys.executable, "-m", "firstfive", "-p", str(folder), "build", "--set", "models.embedder=minilm"]
    code = f"{HEARS_CTRL_C}; from firstfive.cli import main, progress; progress.EVERY_S = 0.0; main()"
    command[1:3] = ["-c", code]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("embed"):
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "goes on where it was" in said
    assert "Traceback" not in said
    kept = firstfive("-p", folder, "build", "--json", "--set", "models.embedder=minilm").answer["kept"]
    assert kept["clean"] == 500
    assert kept["embed"] > 0


def test_json_of_recommend_is_the_documented_slate(folder: Path) -> None:
    ended = firstfive("-p", folder, "recommend", "dental laboratory", "--n", "3", "--json")
    slate = slate_from_json(ended.out)
    assert ended.out == slate_json(slate).decode() + "\n"
    assert slate.places[0].item == "dental-1"
    assert len(slate.places) <= 3
    assert slate.recomm_id


def test_without_diversity_only_near_repeats_are_kept_apart(folder: Path) -> None:
    for words, kept in (((), None), (("--diversity", "0"), 0.0)):
        ended = firstfive("-p", folder, "recommend", "pet food", *words, "--json")
        assert slate_from_json(ended.out).request.diversity == kept


def test_recommend_says_what_to_ask_and_takes_an_answer(folder: Path) -> None:
    words = ("-p", folder, "recommend", "pet food", "--ask")
    assert "Chance of a match among these" in firstfive(*words).out
    assert firstfive(*words, "--json").answer["asked"]["strength"]["level"]
    ended = firstfive(*words, "--told", "nowhere = 1")
    assert ended.status != 0
    assert "nowhere" in ended.err


def test_evaluate_needs_judgements_to_measure_and_chances_to_do_without(folder: Path) -> None:
    ended = firstfive("-p", folder, "evaluate", "--run", "some.run")
    assert ended.status == 2
    assert "--qrels" in ended.err
    ended = firstfive("-p", folder, "evaluate")
    assert ended.status != 0
    assert "states no chances" in ended.err


def test_several_filters_must_all_hold(tmp_path: Path) -> None:
    firstfive("init", tmp_path)
    rows = [("a", "US", 1), ("b", "US", 9), ("c", "FR", 9), ("d", "FR", 1)]
    lines = [json.dumps({"id": i, "title": i, "text": "A firm.", "country": c, "staff": n}) for i, c, n in rows]
    (tmp_path / "items.jsonl").write_text("\n".join(lines), "utf-8")
    words = ("--set", "models.embedder=none")
    firstfive("-p", tmp_path, "import", tmp_path / "items.jsonl", "--field", "*")
    firstfive("-p", tmp_path, "build", *words, "--set", "clean.copies=2")
    both = ("--filter", "country = US or country = FR", "--filter", "staff = 9 or staff = 8")
    answer = firstfive("-p", tmp_path, "recommend", "a firm", *both, "--json", *words).answer
    assert {place["item"] for place in answer["places"]} == {"b", "c"}
    assert answer["request"]["filter"] == "(country = US or country = FR) and (staff = 9 or staff = 8)"


@pytest.mark.parametrize(
    ("setting", "said"),
    [("rank.words=2", "rank.words is part of the Release: run `firstfive build` with it"), ("rank.words=1", "")],
)
def test_a_setting_that_counts_when_a_release_is_built_is_said_to_change_nothing_later(
    folder: Path, setting: str, said: str
) -> None:
    ended = firstfive("-p", folder, "recommend", "pet food", "--set", setting)
    assert ended.status == 0
    assert len(ended.err.splitlines()) == bool(said)
    assert said in ended.err


def test_build_forgets_what_is_older_than_keep_days(folder: Path) -> None:
    firstfive("-p", folder, "recommend", "pet food")
    firstfive("-p", folder, "build", "--set", "privacy.keep_days=1")
    with open_project(folder) as opened, opened.store.read() as unit:
        assert unit.slates.last_at() is not None
    with open_project(folder) as opened:
        old = Slate(RecommId("old"), ReleaseId("r"), Request("x"), (), {}, datetime(2020, 1, 1, tzinfo=UTC))
        opened.store.write(lambda unit: unit.slates.add(old))
    assert firstfive("-p", folder, "build").status == 0
    with open_project(folder) as opened, opened.store.read() as unit:
        assert unit.slates.get(RecommId("old")) is None


def test_recommend_reads_a_text_from_stdin(folder: Path) -> None:
    ended = firstfive("-p", folder, "recommend", "-", stdin=b"pet food for dogs")
    assert ended.out.startswith("1. Tumble Pet Kitchen")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("x", "--n", "0"),
        ("x", "--diversity", "2"),
        ("--queries", "q.jsonl"),
        ("x", "--queries", "q.jsonl", "--run", "r.trec"),
    ],
)
def test_recommend_refuses_what_cannot_be_asked(folder: Path, words: tuple[str, ...]) -> None:
    ended = firstfive("-p", folder, "recommend", *words)
    assert ended.status == 2
    assert ended.err
    assert ended.out == ""


def test_an_item_is_hidden_at_once_and_shown_again(folder: Path) -> None:
    def found() -> bool:
        return "lift-1" in firstfive("-p", folder, "recommend", "elevator maintenance").out

    assert found()
    assert firstfive("-p", folder, "item", "hide", "lift-1").status == 0
    assert not found()
    assert firstfive("-p", folder, "item", "show", "lift-1").status == 0
    assert found()


def test_an_item_is_hidden_with_copies_of_the_same_fields_and_shown_again_alone(folder: Path) -> None:
    def found() -> set[str]:
        said = firstfive("-p", folder, "recommend", "heating and air conditioning").out
        return {name for name in ("hvac-1", "twin") if f"({name})" in said}

    firstfive("-p", folder, "import", "--add", written(folder / "twin.jsonl", [("twin", *COMPANIES[0][1:])]))
    firstfive("-p", folder, "build", "--set", "models.embedder=none")
    assert found() == {"hvac-1"}
    assert firstfive("-p", folder, "item", "hide", "twin").out == "1 of 1 hidden, and 1 copy of it.\n  hvac-1\n"
    assert found() == set()
    assert firstfive("-p", folder, "item", "hide", "twin").out == "0 of 1 hidden.\n"
    assert firstfive("-p", folder, "item", "show", "hvac-1").out == (
        "1 of 1 shown again.\nHidden still: 1 copy of it:\n  twin\n"
        f"To show these too: firstfive -p {folder} item show twin\n"
    )
    assert found() == {"hvac-1"}
    assert firstfive("-p", folder, "item", "show", "twin").out == "1 of 1 shown again.\n"
    hidden = firstfive("-p", folder, "item", "hide", "hvac-1", "--only", "--json").answer
    assert hidden == {"changed": 1, "copies": [], "others": [], "unread": ""}
    assert found() == {"twin"}


def test_copies_with_other_fields_are_other_things_named_and_not_hidden(tmp_path: Path) -> None:
    text = "A night nurse for a ward of twenty beds, who likes quiet hours and long walks home."
    towns = (("Leeds", 20), ("York", 21), ("Bath", 22), ("Bath", 22))
    rows = [f"{at},Nurse,{text},{town},{price}" for at, (town, price) in enumerate(towns)]
    (tmp_path / "jobs.csv").write_text(
        "\n".join(("id,title,text,town,price", *(row.replace(text, f'"{text}"') for row in rows), ""))
    )
    firstfive("init", tmp_path)
    columns = ("--id", "id", "--title", "title", "--text", "text", "--field", "*")
    firstfive("-p", tmp_path, "import", tmp_path / "jobs.csv", *columns)
    firstfive("-p", tmp_path, "build", "--set", "models.embedder=none")
    alone = firstfive("-p", tmp_path, "item", "hide", "0")
    assert alone.out.startswith("1 of 1 hidden.\nLeft, since a field differs")
    assert alone.out.endswith(f"To hide these too: firstfive -p {tmp_path} item hide --only 1 2 3\n")
    both = firstfive("-p", tmp_path, "item", "hide", "2", "--json").answer
    assert (both["changed"], both["copies"], both["others"]) == (1, ["3"], ["1"])


def test_an_item_is_hidden_also_where_its_copies_cannot_be_read(folder: Path) -> None:
    for heads in folder.glob("releases/*/heads.npy"):
        heads.unlink()
    ended = firstfive("-p", folder, "item", "hide", "lift-1")
    assert (ended.status, ended.out) == (0, "1 of 1 hidden.\n")
    assert "heads.npy is damaged" in ended.err
    with open_project(folder) as opened, opened.store.read() as unit:
        assert unit.hidden.all() == {"lift-1"}


def test_hiding_an_item_that_is_not_there_is_an_error(folder: Path) -> None:
    ended = firstfive("-p", folder, "item", "hide", "lift-1", "lift-2", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "not_found.item")
    assert "lift-1" in firstfive("-p", folder, "recommend", "elevator maintenance").out


def test_releases_are_listed_used_rolled_back_and_pruned(folder: Path) -> None:
    first = firstfive("-p", folder, "release", "list", "--json").answer["in_use"]
    second = firstfive("-p", folder, "build", "--json", "--set", "rank.words=2").answer["release"]["id"]
    listed = firstfive("-p", folder, "release", "list")
    assert [line[:1] for line in listed.out.splitlines()] == ["*", " "]
    assert listed.out.startswith(f"* {second[:12]}")
    assert firstfive("-p", folder, "release", "rollback", "--json").answer["id"] == first
    assert firstfive("-p", folder, "release", "use", second[:10], "--json").answer["id"] == second
    assert "rank.words: 2.0" in firstfive("-p", folder, "release", "show", second).out
    third = firstfive("-p", folder, "build", "--no-use", "--json", "--set", "rank.words=3").answer["release"]["id"]
    answer = firstfive("-p", folder, "release", "list", "--json").answer
    assert answer["in_use"] == second
    assert {one["id"] for one in answer["releases"]} == {first, second, third}
    firstfive("-p", folder, "release", "use", third)
    assert firstfive("-p", folder, "release", "prune", "--keep", "1", "--json").answer["removed"] == [first]


def test_an_unknown_release_is_an_error(folder: Path) -> None:
    ended = firstfive("-p", folder, "release", "use", "fffffff", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "not_found.release")


def queries(folder: Path) -> tuple[Path, Path]:
    asked, judged = folder / "q.jsonl", folder / "q.trec"
    asked.write_text('{"qid": "1", "text": "dental laboratory"}\n{"qid": "2", "text": "pet food"}\n', "utf-8")
    judged.write_text("1 0 dental-1 1\n2 0 pets-1 1\n", "utf-8")
    return asked, judged


def test_a_run_is_written_whole_and_stores_no_slates(folder: Path) -> None:
    asked, _ = queries(folder)
    out = folder / "out.trec"
    ended = firstfive("-p", folder, "recommend", "--queries", asked, "--run", out, "--n", "2")
    assert ended.status == 0
    assert "rank: 2 in" in ended.err
    first = {line.split()[0]: line.split()[2] for line in reversed(out.read_text("utf-8").splitlines())}
    assert first == {"1": "dental-1", "2": "pets-1"}
    with open_project(folder) as opened, opened.store.read() as unit:
        assert unit.slates.last_at() is None


def test_queries_without_words_are_left_out_and_counted(folder: Path) -> None:
    asked = folder / "q.jsonl"
    asked.write_text(
        '{"qid": "1", "text": "pet food"}\n{"qid": "2", "text": " "}\n{"qid": "3", "text": "!?"}\n', "utf-8"
    )
    words = ("-p", folder, "recommend", "--queries", asked, "--run", folder / "out.trec")
    assert "Left out for having no words: 2 queries." in firstfive(*words).err
    answer = firstfive(*words, "--json").answer
    assert (answer["queries"], answer["wordless"]) == (1, 2)


def test_a_run_that_cannot_be_made_leaves_no_file(folder: Path) -> None:
    broken = folder / "broken.jsonl"
    broken.write_text('{"qid": "1", "text": "x"}\n{"qid": \n', "utf-8")
    ended = firstfive("-p", folder, "recommend", "--queries", broken, "--run", folder / "out.trec", "--json")
    assert (ended.status, ended.problem["code"]) == (2, "measure.files")
    assert list(folder.glob("*out.trec*")) == []


def test_evaluate_prints_the_measures_and_a_gate_exits_1_after_the_report(folder: Path) -> None:
    asked, judged = queries(folder)
    words = ("-p", folder, "evaluate", "--queries", asked, "--qrels", judged)
    assert "Success@5" in firstfive(*words).out
    passed = firstfive(*words, "--fail-under", "Success@5 1.0")
    assert passed.status == 0
    judged.write_text("1 0 pets-1 1\n2 0 nobody 1\n", "utf-8")
    failed = firstfive(*words, "--fail-under", "Success@5 0.7", "--json")
    assert (failed.status, failed.problem["code"]) == (1, "gate.failed")
    assert failed.answer["gates"][0]["passed"] is False


def test_evaluate_compares_variants_and_runs(folder: Path) -> None:
    asked, judged = queries(folder)
    words = ("-p", folder, "evaluate", "--queries", asked, "--qrels", judged)
    firstfive("-p", folder, "recommend", "--queries", asked, "--run", folder / "before.trec")
    compared = firstfive(*words, "--compare", "no words:rank.words=0", "--json").answer
    assert [run["name"] for run in compared["runs"]] == ["this project", "no words"]
    against = firstfive(*words, "--baseline", folder / "before.trec", "--json").answer
    assert against["baseline"] == "before.trec"
    alone = firstfive("evaluate", "--qrels", judged, "--run", folder / "before.trec", "--json")
    assert alone.answer["queries"] == 2


@pytest.mark.parametrize("variant", ["words", ":rank.words=1", "a:rank.wordz=1", "a:index.rescore=1"])
def test_a_variant_that_cannot_be_compared_is_refused(folder: Path, variant: str) -> None:
    asked, judged = queries(folder)
    ended = firstfive("-p", folder, "evaluate", "--queries", asked, "--qrels", judged, "--compare", variant)
    assert ended.status == 2
    assert ended.err.startswith(("Error", "Usage"))


def test_a_key_is_shown_once_and_can_be_revoked(folder: Path) -> None:
    made = firstfive("-p", folder, "key", "create", "--role", "app", "--name", "shop", "--json").answer
    assert made["secret"] not in firstfive("-p", folder, "key", "list").out
    assert made["secret"] not in firstfive("-p", folder, "key", "list", "--json").out
    assert "shop" in firstfive("-p", folder, "key", "list").out
    assert firstfive("-p", folder, "key", "revoke", made["id"]).status == 0
    assert "(revoked)" in firstfive("-p", folder, "key", "list").out
    assert firstfive("-p", folder, "key", "revoke", "nobody").status == 2


def test_erasing_a_request_removes_it(folder: Path) -> None:
    recomm_id = json.loads(firstfive("-p", folder, "recommend", "pet food", "--json").out)["recommId"]
    ended = firstfive("-p", folder, "erase", "--request", recomm_id, "--json")
    assert ended.status == 0
    assert sum(ended.answer["removed"].values()) >= 1
    assert firstfive("-p", folder, "erase", "--request", recomm_id).status == 2
    assert firstfive("-p", folder, "erase").status == 2
