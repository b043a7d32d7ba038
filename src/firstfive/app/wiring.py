"""Opens a project: settings, store and embedder, each on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from firstfive.errors import Conflict, NotFound, SettingsError, StoreError
from firstfive.settings import FILE, Settings, template
from firstfive.types import ItemId, ReleaseId, Request, UserId

if TYPE_CHECKING:
    from firstfive.app.build import BuildReport
    from firstfive.app.collect import ImportReport
    from firstfive.app.recommend import Recommender
    from firstfive.ports import Embedder, Store
    from firstfive.types import Slate


class Project:
    """A folder with a `firstfive.toml`, its store and its Releases. Thread-safe; close it, or use `with`."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self._lock = RLock()
        self._store: Store | None = None
        self._recommender: Recommender | None = None

    @property
    def store(self) -> Store:
        """The source of truth, opened on first use."""
        with self._lock:
            if self._store is None:
                from firstfive.store import open_store

                self._store = open_store(self.folder, self.settings.store.database_url)
            return self._store

    @cached_property
    def embedder(self) -> Embedder | None:
        """The embedder that the settings name; None for "none"."""
        return make_embedder(self.settings.models.embedder, self.folder, self.settings.models.threads)

    @property
    def releases(self) -> Path:
        """The folder of the Releases' files."""
        return self.folder / "releases"

    @property
    def recommender(self) -> Recommender:
        """Answers from the Release in use; one for the whole process."""
        with self._lock:
            if self._recommender is None:
                from firstfive.app.recommend import Recommender

                self._recommender = Recommender(self)
            return self._recommender

    def recommend(
        self,
        text: str,
        n: int = 5,
        *,
        filter: str = "",  # noqa: A002  # the name users know
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        diversity: float | None = None,
        user: str | None = None,
        scenario: str = "",
        vector: Sequence[float] = (),
    ) -> Slate:
        """Five places for a sentence, each with a reason; stored before it is returned.

        vector: the request in the space of your own vectors, where some were imported; the text may then be empty.
        Raises RequestError for what cannot be asked, and IndexFileError index.missing before the first build.
        """
        request = Request(
            text,
            n,
            filter,
            _ids(like),
            _ids(unlike),
            diversity,
            UserId(user) if user is not None else None,
            scenario,
            vector=tuple(float(number) for number in vector),
        )
        return self.recommender.recommend(request)

    def import_(self, *sources: str | Path, **mapping: object) -> ImportReport:
        """Imports files; see `firstfive.app.collect.import_sources` for the mapping."""
        from firstfive.app.collect import import_sources

        return import_sources(self, [str(source) for source in sources], **mapping)  # type: ignore[arg-type]

    def build(self) -> BuildReport:
        """Builds a Release of what was imported and puts it in use."""
        from firstfive.app.build import build

        return build(self)

    def release_in_use(self) -> ReleaseId | None:
        """The Release that answers now."""
        with self.store.read() as unit:
            history = unit.releases.history()
        return history[0] if history else None

    def close(self) -> None:
        """Closes the store. What was acknowledged is durable already."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None
            self._recommender = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _ids(items: str | Sequence[str]) -> tuple[ItemId, ...]:
    """One id, or several."""
    return tuple(ItemId(item) for item in ([items] if isinstance(items, str) else items))


def open_project(
    folder: str | Path, *, overrides: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Project:
    """The project in a folder. overrides: "section.name=value" each.

    Raises NotFound not_found.project where there is no `firstfive.toml`, and SettingsError.
    """
    path = Path(folder).absolute()
    if not (path / FILE).is_file():
        raise NotFound(
            f"{path} has no {FILE}; make a project with `firstfive init {folder}`, or name one with --project",
            code="not_found.project",
        )
    return Project(path, Settings.load(path, overrides=overrides, environment=environment))


def init_project(folder: str | Path) -> Path:
    """Writes a commented `firstfive.toml` into a folder, made if needed. Raises Conflict where there is one."""
    path = Path(folder).absolute()
    target = path / FILE
    try:
        path.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError as error:
        raise Conflict(f"{target} is there already; edit it, or choose another folder") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}; choose a folder that can") from error
    return target


def make_embedder(setting: str, folder: Path, threads: int = 0) -> Embedder | None:
    """The embedder of a setting: "minilm", "onnx:DIR" (relative to the project's folder) or "none"."""
    kind, _, place = setting.partition(":")
    makers: dict[str, Callable[[Path, int], Embedder | None]] = {"minilm": _minilm, "onnx": _onnx, "none": _none}
    if kind not in makers or (kind == "onnx") != bool(place):
        raise SettingsError(f'models.embedder is {setting!r}; set it to "minilm", "onnx:DIR" or "none"')
    return makers[kind](folder / place, threads)


def _none(_folder: Path, _threads: int) -> None:
    return None


def _minilm(_folder: Path, threads: int) -> Embedder:
    from firstfive.models import minilm

    return minilm(threads=threads)


def _onnx(folder: Path, threads: int) -> Embedder:
    from firstfive.models import from_folder

    return from_folder(folder, threads=threads)
