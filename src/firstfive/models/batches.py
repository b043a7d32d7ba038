"""OpenAI's batch API over HTTP: files up, jobs begun and looked at, results down. Many servers speak it.

A job carries our own id in its metadata, so that one whose answer was lost on the way can be found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, TypeVar

import httpx2
import msgspec

from firstfive.errors import ModelError, SettingsError
from firstfive.guard import printable
from firstfive.models.gateway.waits import backoff
from firstfive.models.providers.keys import Key, read_key
from firstfive.models.providers.refusals import refused
from firstfive.models.providers.vendors import vendor
from firstfive.models.providers.wire import HTTP_ERRORS, failed
from firstfive.settings import Settings

OURS = "firstfive"
"""The name in a job's metadata under which our id of it stands."""
ENDPOINT = "/v1/chat/completions"
MOST_CALLS, MOST_BYTES = 50_000, 150_000_000
"""Of one job: OpenAI takes 50,000 calls and 200 MB."""
MOST_RESULT_BYTES = 2_000_000_000
"""A file of results that is larger is no good one."""
ASKED_S, FILE_S, SILENT_S = 60.0, 3_600.0, 30.0
"""The longest that a question may take, and a file; and the longest that a server may be silent."""
TRIES = 3
PAGE, PAGES = 100, 50
"""Jobs in one answer of the list, and answers that are looked at."""

State = Literal["open", "ended", "refused"]
STATES: Mapping[str, State] = {
    "completed": "ended",
    "expired": "ended",
    "cancelled": "ended",
    "failed": "refused",
}
"""What a job's status means: an ended one may have results, whatever its end; of a refused one nothing was run."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the provider has it. status: its own word. files: those with results and with errors, as far as there.

    errors: why it was refused.
    """

    id: str
    status: str
    done: int = 0
    total: int = 0
    files: tuple[str, ...] = ()
    errors: str = ""

    @property
    def state(self) -> State:
        """A status that is not known is one of a job that still runs."""
        return STATES.get(self.status, "open")


class BatchApi:
    """One provider's. Thread-safe; to be used in a `with`."""

    def __init__(self, who: str, url: str, key: Key) -> None:
        self.who = who
        self._key = key
        authorized = {"authorization": f"Bearer {key.value}"} if key.value else {}
        self._http = httpx2.Client(
            base_url=f"{url.rstrip('/')}/",
            timeout=httpx2.Timeout(SILENT_S),
            headers={"accept-encoding": "identity", **authorized},
            follow_redirects=False,
        )

    def upload(self, lines: Path) -> str:
        """The id of a file with calls, one a line."""
        with lines.open("rb") as content:
            form = {"file": (lines.name, content, "application/jsonl")}
            return _word(self._asked("POST", "files", FILE_S, data={"purpose": "batch"}, files=form), "id")

    def create(self, file: str, job: str) -> Job:
        """Begins a job with a file's calls, under an id of ours. Never to be done again before `find` said that it is
        not there: an error may mean that only the answer was lost."""
        asked = {
            "input_file_id": file,
            "endpoint": ENDPOINT,
            "completion_window": "24h",
            "metadata": {OURS: job},
        }
        return _job(self._asked("POST", "batches", ASKED_S, json=asked))

    def find(self, job: str) -> Job | None:
        """The one with our id; None where the provider has none among its newest 5,000."""
        after = ""
        for _ in range(PAGES):
            page = self._page(after)
            found = _objects(page, "data")
            for each in found:
                if _part(each, "metadata").get(OURS) == job:
                    return _job(each)
            if not found or not page.get("has_more"):
                return None
            after = _word(found[-1], "id")
        return None

    def _page(self, after: str) -> dict[str, Any]:
        query = {"limit": str(PAGE), **({"after": after} if after else {})}
        return _again(lambda: self._asked("GET", "batches", ASKED_S, params=query))

    def look(self, id_: str) -> Job:
        """How it stands."""
        return _job(_again(lambda: self._asked("GET", f"batches/{_plain(id_)}", ASKED_S)))

    def fetch(self, file: str, to: Path) -> None:
        """Adds a file's content to this one of ours."""

        def fetched() -> None:
            with to.open("ab") as target:
                before = target.tell()
                try:
                    self._read("GET", f"files/{_plain(file)}/content", FILE_S, target)
                except ModelError:
                    target.truncate(before)
                    raise

        _again(fetched)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def _asked(self, method: str, path: str, most_s: float, **given: Any) -> dict[str, Any]:
        """A JSON object. Raises ModelError for anything else."""
        body = b"".join(self._chunks(method, path, most_s, 10_000_000, **given))
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError) as wrong:
            raise ModelError(
                f"{self.who} answered about a batch with what is no JSON: {wrong}", code="model.reply"
            ) from wrong
        if not isinstance(value, dict):
            raise ModelError(f"{self.who} answered about a batch with what is no object", code="model.reply")
        return value

    def _read(self, method: str, path: str, most_s: float, target: BinaryIO) -> None:
        for chunk in self._chunks(method, path, most_s, MOST_RESULT_BYTES):
            target.write(chunk)

    def _chunks(self, method: str, path: str, most_s: float, most_bytes: int, **given: Any) -> Iterator[bytes]:
        """The body of a good answer. Ends with model.timeout when its time is over, however it drips."""
        until = monotonic() + most_s
        size = 0
        with self._border(), self._http.stream(method, path, **given) as response:
            if response.status_code != 200:
                response.read()
                raise refused(self.who, response.status_code, response.headers, response.content[:100_000], self._key)
            for chunk in response.iter_raw():
                size += len(chunk)
                if size > most_bytes:
                    raise ModelError(
                        f"{self.who} sent more than {most_bytes:,} bytes about a batch", code="model.reply"
                    )
                if monotonic() > until:
                    raise ModelError(
                        f"{self.who} gave no whole answer about a batch in {most_s:.0f} s", code="model.timeout"
                    )
                yield chunk

    @contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except HTTP_ERRORS as error:
            raise failed(error, self.who) from error


def batch_api(model: str, settings: Settings, folder: Path) -> BatchApi:
    """That of a model's provider. Raises SettingsError for one that has no such API, and ModelError model.key."""
    provider = model.partition(":")[0]
    row = settings.provider(provider)
    known = vendor(provider, row)
    if known.api != "openai" or not known.url:
        raise SettingsError(
            f"models.llm is {model}, and batch jobs go to providers with OpenAI's batch API only; leave out --batch"
        )
    return BatchApi(provider, known.url, read_key(provider, row.key, known.key, keyless=known.keyless, folder=folder))


def _job(told: Mapping[str, Any]) -> Job:
    counts = _part(told, "request_counts")
    names = (told.get(kind) for kind in ("output_file_id", "error_file_id"))
    files = tuple(name for name in names if isinstance(name, str) and name)
    errors = _objects(_part(told, "errors"), "data")
    said = "; ".join(f"{each.get('code')}: {each.get('message')}" for each in errors[:3])
    over = _whole(counts.get("completed")) + _whole(counts.get("failed"))
    return Job(
        _word(told, "id"), _word(told, "status"), over, _whole(counts.get("total")), files, printable(said)[0][:300]
    )


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _objects(told: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = told.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _whole(value: object) -> int:
    return value if type(value) is int and value >= 0 else 0


def _word(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise ModelError(f"a provider answered about a batch without {name}", code="model.reply")
    return value


def _plain(id_: str) -> str:
    """An id as a part of an address."""
    if not id_.replace("-", "").replace("_", "").isalnum():
        raise ModelError(f"a provider named something {printable(id_)[0][:60]!r}, which is no id", code="model.reply")
    return id_


def _again(ask: Callable[[], T]) -> T:
    """For questions that change nothing: asked over where the error may pass."""
    for tries in range(TRIES - 1):
        try:
            return ask()
        except ModelError as error:
            if not error.retry:
                raise
            sleep(min(max(error.retry_after_s or 0.0, backoff(tries)), 10.0))
    return ask()
