"""Settings: one typed tree that knows where each value came from and never crashes on what it is given."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstfive.errors import SettingsError
from firstfive.settings import FILE, ROWS, Settings, descriptions, names, template

SCALARS = st.one_of(
    st.text(), st.integers(-(2**70), 2**70), st.floats(), st.booleans(), st.none(), st.lists(st.text(), max_size=3)
)


def load(
    folder: Path | None = None, overrides: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Settings:
    return Settings.load(folder, overrides=overrides, environment=environment or {})


def toml(folder: Path, text: str | bytes) -> Path:
    (folder / FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_flags_win_over_the_environment_over_the_file_over_defaults(tmp_path: Path) -> None:
    toml(tmp_path, "[rank]\nwords = 2\nchars = 2\nwhole = 2\n")
    environment = {"FIRSTFIVE_RANK__CHARS": "3", "FIRSTFIVE_RANK__WHOLE": "3"}
    settings = load(tmp_path, ["rank.whole=4"], environment)
    assert (settings.rank.passages, settings.rank.words, settings.rank.chars, settings.rank.whole) == (1, 2, 3, 4)


def test_every_value_knows_where_it_came_from(tmp_path: Path) -> None:
    toml(tmp_path, "[rank]\nwords = 2\n")
    origins = {
        name: origin for name, _, origin in load(tmp_path, ["rank.whole=4"], {"FIRSTFIVE_RANK__CHARS": "3"}).items()
    }
    assert origins["rank.words"] == str(tmp_path / FILE)
    assert origins["rank.chars"] == "the environment variable FIRSTFIVE_RANK__CHARS"
    assert origins["rank.whole"] == "--set rank.whole"
    assert origins["rank.passages"] == "default"


@pytest.mark.parametrize("wrong", ["rank.word=1", "index.exact_row=1", "imports.id=x", "clean.copies_=1"])
def test_an_unknown_name_is_told_the_nearest_known_one(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"did you mean \w+\.\w+\?") as raised:
        load(overrides=[wrong])
    assert raised.value.code == "settings.unknown"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rank]\nwords = 'many'\n", "rank.words to 'many'"),
        ("[rank]\nwords = -1\n", "must be 0 or more"),
        ("[rank]\nwords = nan\n", "must be 0 or more"),
        ("[rank]\nwords = inf\n", "must be 0 or more"),
        ("[rank]\ndepth = 1.5\n", "rank.depth to 1.5"),
        ("[observe]\nlog = 'loud'\n", "observe.log to 'loud'"),
        ("[project]\nexamples = [1]\n", "project.examples"),
        ("words = 1\n", r"outside a \[section\]"),
        ("[rank\n", "is not valid TOML"),
        (b"[project]\nname = '\xff'\n", "not written in UTF-8"),
        ("[server]\nport = 65536\n", "server.port to 65536"),
        ("[privacy]\nkeep_days = 36501\n", "privacy.keep_days to 36501"),
        ("[taste]\nkeep_days = 36501\n", "taste.keep_days to 36501"),
    ],
)
def test_a_wrong_value_in_the_file_is_refused_with_its_place_and_value(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        load(toml(tmp_path, text))
    assert FILE in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[server]\n# port = 1\n\n[rank]\n[server]\nport = 1\n",
            r"section \[server\] in line 5, and it stands in the file already \(line 1\): put the lines",
        ),
        ("[facts.'a']\n[ facts.a ]\n", r"\[facts\.a\] in line 2, .* already \(line 1\)"),
        ("[rank]\nwords = 1\nwords = 2\n", r"line 3, 'words = \.\.\.'.*the name stands twice"),
        ("[project]\nname = Lamps\n", r"line 2, 'name = \.\.\.'.*a text needs quotes"),
        ("[project]\nname Lamps\n", r"line 2: .*name = value"),
        ('[project]\nname = "Lamps\n', r"line 2.*a quote is not closed"),
        ('[project]\nexamples = ["a"\n', r"line 2.*a bracket is not closed"),
        ('[project]\nexamples = ["a",\n', r"a quote or a bracket before it is not closed"),
        ('[project]\nname = "a" "b"\n', r"line 2.*something follows the value"),
        (
            "[facts.price]\nkind = 'money'\n",
            r'facts\.price\.kind to .money.: it must be one of "choice", "choices", "number"',
        ),
    ],
)
def test_a_mistake_in_the_file_is_said_with_its_line_and_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(toml(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    ["sk-SECRET3\n", "[models]\nkey = 'a'\n  sk-SECRET3 \n", 'key = ["a",\nsk-SECRET3\n', 'key = "sk-SECRET3\n'],
)
def test_no_error_about_a_line_of_the_file_shows_what_may_be_a_value(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="is not valid TOML in line") as raised:
        load(toml(tmp_path, text))
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_as_windows_editors_write_it_is_read(tmp_path: Path, ending: str) -> None:
    lines = ("\ufeff[project]", 'name = "Größe"', "")
    assert load(toml(tmp_path, ending.join(lines).encode())).project.name == "Größe"


@pytest.mark.parametrize(
    "wrong", ["store.databse_url", "store.database_url.x", "rank.words", "providers.x.kee", "server.hosts.x"]
)
def test_no_error_about_a_setting_tells_a_password(wrong: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(overrides=[f"{wrong}=postgresql://me:secret@db/x"])
    assert "secret" not in str(raised.value)


def test_a_flag_without_a_value_shows_how_to_write_it() -> None:
    with pytest.raises(SettingsError, match=r"--set rank.words=VALUE"):
        load(overrides=["rank.words"])


def test_values_from_flags_and_environment_are_read_as_their_type() -> None:
    settings = load(overrides=["import.text=name, about", "observe.content=true", "rank.depth=7"])
    assert (settings.imports.text, settings.observe.content, settings.rank.depth) == (("name", "about"), True, 7)


def test_other_firstfive_variables_are_not_settings() -> None:
    other = {"FIRSTFIVE_DATA": "x", "FIRSTFIVE_PROJECT": "y", "OTHER_RANK__WORDS": "z"}
    assert load(environment=other) == load(environment={})


def test_a_misspelt_variable_is_an_error_and_not_ignored() -> None:
    with pytest.raises(SettingsError, match="FIRSTFIVE_RANK__WORD"):
        load(environment={"FIRSTFIVE_RANK__WORD": "1"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("FIRSTFIVE_RANK_WORDS", "write FIRSTFIVE_RANK__WORDS"),
        ("FIRSTFIVE_PRIVACY_KEEP_DAY", "write FIRSTFIVE_PRIVACY__KEEP_DAYS"),
        ("FIRSTFIVE_XYZ", "write FIRSTFIVE_SECTION__KEY"),
    ],
)
def test_a_variable_without_two_underscores_is_told_how_it_is_written(written: str, meant: str) -> None:
    with pytest.raises(SettingsError, match=f"{written} names no setting; {meant}") as raised:
        load(environment={written: "2"})
    assert raised.value.code == "settings.unknown"


@pytest.mark.parametrize("name", names())
def test_every_setting_can_be_got_by_its_name_and_set_to_what_it_is(name: str) -> None:
    value = Settings().get(name)
    told = (
        ",".join(value) if isinstance(value, tuple) else str(value).lower() if isinstance(value, bool) else str(value)
    )
    assert load(overrides=[f"{name}={told}"]).get(name) == value


def test_every_setting_is_explained() -> None:
    assert [name for name in names() if not descriptions().get(name, "").endswith(".")] == []


def test_the_template_names_every_setting_and_changes_nothing(tmp_path: Path) -> None:
    settings = load(toml(tmp_path, template()))
    assert list(settings.items()) == list(Settings().items())
    for name in names():
        assert f"\n# {name.rpartition('.')[2]} = " in template()


def test_the_template_with_its_comment_signs_taken_away_is_in_force_as_written(tmp_path: Path) -> None:
    """But for sections of rows: what a row is called is the builder's to say."""
    keys = {name.partition(".")[2] for name in names()}
    lines, section = [], ""
    for line in template().splitlines():
        section = line.strip("[]") if line.startswith("[") else section
        bare = line.removeprefix("# ")
        lines.append(bare if section not in ROWS and bare.partition(" = ")[0] in keys else line)
    settings = load(toml(tmp_path, "\n".join(lines)))
    assert [(name, value) for name, value, _ in settings.items()] == [(n, v) for n, v, _ in Settings().items()]
    assert all(origin != "default" for _, _, origin in settings.items())


def test_settings_cannot_be_changed_after_loading() -> None:
    with pytest.raises(FrozenInstanceError):
        load().rank.words = 2.0  # type: ignore[misc]


@given(st.sampled_from(names()), SCALARS)
def test_any_value_in_the_file_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    section, _, key = name.partition(".")
    text = f"[{section}]\n{key} = {_as_toml(value)}\n"
    folder = tmp_path_factory.getbasetemp()
    with suppress(UnicodeEncodeError, SettingsError):
        settings = load(toml(folder, text))
        assert type(settings.get(name)) is type(Settings().get(name)) or isinstance(settings.get(name), float | int)


@given(st.text(), st.text())
def test_any_flag_is_taken_or_refused(name: str, value: object) -> None:
    with suppress(SettingsError):
        load(overrides=[f"{name}={value}", name])


@given(st.sampled_from(names()), st.text())
def test_any_text_for_a_setting_is_taken_or_refused(name: str, value: str) -> None:
    section, _, key = name.upper().partition(".")
    with suppress(SettingsError):
        load(overrides=[f"{name}={value}"], environment={f"FIRSTFIVE_{section}__{key}": value})


@given(st.binary(max_size=300))
def test_any_bytes_as_a_settings_file_are_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    with suppress(SettingsError):
        load(toml(tmp_path_factory.getbasetemp(), content))


@given(
    st.recursive(
        st.one_of(st.text(max_size=5), st.integers(), st.booleans()),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        max_leaves=4,
    )
)
def test_any_nesting_in_the_file_is_taken_or_refused(tmp_path_factory: pytest.TempPathFactory, tree: object) -> None:
    with suppress(SettingsError, UnicodeEncodeError):
        load(toml(tmp_path_factory.getbasetemp(), f"[rank]\nwords = {_as_toml(tree)}\n[rank.depth]\nx = 1\n"))


def test_a_settings_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(SettingsError, match=FILE):
        load(tmp_path)


def _as_toml(value: object) -> str:
    """A value in TOML's own writing; what TOML has no writing for stays as Python writes it, and is refused."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(c if c.isalnum() else f"\\U{ord(c):08x}" for c in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(_as_toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_as_toml(inner)}" for key, inner in value.items()) + "}"
    return str(value)


def test_what_the_property_tests_write_is_mostly_valid_toml() -> None:
    """Otherwise they would test tomllib and not the settings."""
    for value in ('a"b\n', [1, True], {"a": {"b": 1.5}}, 3, -0.5):
        assert tomllib.loads(f"x = {_as_toml(value)}")["x"] == value
