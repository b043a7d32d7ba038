"""Opens a project: settings, store and embedder, each on first use."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Self

from firstfive.errors import Conflict, NotFound, SettingsError, StoreError
from firstfive.settings import FILE, ProviderSettings, Settings, template
from firstfive.types import ItemId, ReleaseId, Request, UserId, VisitId

if TYPE_CHECKING:
    from firstfive.app.build import BuildReport
    from firstfive.app.collect import ImportReport
    from firstfive.app.recommend import Recommender
    from firstfive.models import Remembered
    from firstfive.models.gateway import LoopGateway
    from firstfive.ports import Embedder, Gateway, Model, Store
    from firstfive.prompts import Prompts
    from firstfive.types import Slate, Told


SHIPPED = {"demo": Path(__file__).parent.parent / "demo" / "replies.jsonl.gz"}
"""Where the package has recordings of models' replies; one that is not there yet is not offered."""


class Project:
    """A folder with a `firstfive.toml`, its store and its Releases. Thread-safe; close it, or use `with`."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self._lock = RLock()
        self._opening = RLock()
        self._opened: dict[str, Embedder | None] = {}
        self._remembered: dict[str, Remembered] = {}
        self._store: Store | None = None
        self._recommender: Recommender | None = None
        self._gateway: LoopGateway | None = None

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
        return self.embedder_named(self.settings.models.embedder, self.settings.models.timeout_s)

    @cached_property
    def query_embedder(self) -> Embedder | None:
        """The same embedder for requests: one behind the gateway gives up within a second."""
        return self._remote(self.settings.models.embedder, None) or self.embedder

    def embedder_named(self, setting: str, within_s: float | None = None) -> Embedder | None:
        """The embedder of a setting such as "minilm"; one that runs here is opened once. None for "none".

        within_s: what an `embed` by a provider may take; None: as long as a person waits. Raises SettingsError for what
        names none, and ModelError model.files.
        """
        return self._remote(setting, within_s) or self._local(setting)

    def remembered(self, embedder: Embedder) -> Remembered:
        """The same with the vectors of the last requests, shared by all that answers from Releases of this embedder."""
        from firstfive.app.embedders import remembering

        with self._lock:
            return self._remembered.setdefault(embedder.name, remembering(embedder))

    @cached_property
    def prompts(self) -> Prompts:
        """The prompts that firstfive ships, and the project's own."""
        from firstfive.app.prompts import project_prompts

        return project_prompts(self)

    @property
    def gateway(self) -> Gateway | None:
        """The one way to language models; None where `models.llm` names none. Nothing is started before its use."""
        return self.calls() if self.settings.models.llm else None

    def calls(self) -> LoopGateway:
        """The gateway, also where `models.llm` names no model: for what embeds, and for tests of models."""
        with self._lock:
            if self._gateway is None:
                self._gateway = make_gateway(self)
            return self._gateway

    def _local(self, setting: str) -> Embedder | None:
        """The embedder in this process."""
        with self._opening:
            if setting not in self._opened:
                self._opened[setting] = make_embedder(setting, self.folder, self.settings.models.threads)
            return self._opened[setting]

    def _remote(self, setting: str, deadline_s: float | None) -> Embedder | None:
        """The embedder behind the gateway; None where the setting names one in this process, or none."""
        name, _, model = setting.partition(":")
        if name in EMBEDDERS or not model:
            return None
        from firstfive.models.providers import texts_at_once
        from firstfive.models.remote import QUERY_S, GatewayEmbedder

        at_once = texts_at_once(name, model, self.settings.provider(name))
        kept = self.folder / "embedders.json"
        return GatewayEmbedder(f"{name}:{model}", self.calls(), kept, at_once, deadline_s or QUERY_S)

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
        exclude: str | Sequence[str] = (),
        told: Sequence[Told] = (),
        visit: str | None = None,
        ask: bool = False,
    ) -> Slate:
        """Five places for a sentence, each with a reason; stored before it is returned.

        vector: the request in the space of your own vectors, where some were imported; the text may then be empty. ask:
        the Slate's `asked` also says how sure it is and what to ask next; told: what was answered so far in the visit.
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
            _ids(exclude),
            tuple(float(number) for number in vector),
            tuple(told),
            VisitId(visit) if visit is not None else None,
        )
        return self.recommender.recommend(request, ask=ask)

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
        """Ends calls of models and closes the store. What was acknowledged is durable already."""
        with self._lock:
            gateway, self._gateway = self._gateway, None
            recommender, self._recommender = self._recommender, None
        if gateway is not None:
            gateway.close()
        if recommender is not None:
            recommender.close()
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

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
            f"{path} has no {FILE}; make a project with `firstfive init {shlex.quote(str(folder))}`, "
            "or name one with --project",
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
    """The embedder of a setting that runs here: one of EMBEDDERS, "onnx:DIR" relative to the project's folder."""
    kind, _, place = setting.partition(":")
    if kind not in EMBEDDERS or (kind == "onnx") != bool(place):
        raise _no_embedder(setting)
    return EMBEDDERS[kind](folder / place, threads)


def check_embedder(setting: str) -> None:
    """Raises SettingsError for what names no embedder, here or at a provider."""
    kind, _, place = setting.partition(":")
    if (kind == "onnx") != bool(place) if kind in EMBEDDERS else not (kind and place):
        raise _no_embedder(setting)


def _no_embedder(setting: str) -> SettingsError:
    return SettingsError(
        f'models.embedder is {setting!r}; set it to "minilm", "multilingual", "onnx:DIR", "none" or a provider\'s '
        '"PROVIDER:MODEL"'
    )


def _none(_folder: Path, _threads: int) -> None:
    return None


def _minilm(_folder: Path, threads: int) -> Embedder:
    from firstfive.models import minilm

    return minilm(threads=threads)


def _multilingual(_folder: Path, threads: int) -> Embedder:
    from firstfive.models import universal

    return universal(threads=threads)


def _onnx(folder: Path, threads: int) -> Embedder:
    from firstfive.models import from_folder

    return from_folder(folder, threads=threads)


EMBEDDERS: Mapping[str, Callable[[Path, int], Embedder | None]] = {
    "minilm": _minilm,
    "multilingual": _multilingual,
    "onnx": _onnx,
    "none": _none,
}
"""Those that run in this process."""


def make_gateway(project: Project) -> LoopGateway:
    """The gateway to the models that the project's settings name. Raises SettingsError for a name that is none."""
    from firstfive.models.gateway import Parts, open_gateway
    from firstfive.models.providers import open_provider

    def opener(name: str, model: str, settings: ProviderSettings) -> Model:
        return open_provider(name, model, settings, folder=project.folder)

    return open_gateway(Parts(project.settings, project.store, project.folder, opener, shipped()))


def shipped() -> Mapping[str, Path]:
    """Recordings that come with the package, by the name behind "replay:"."""
    return {name: file for name, file in SHIPPED.items() if file.is_file()}
