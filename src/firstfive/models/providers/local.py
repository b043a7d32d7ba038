"""A model in a GGUF file, run in this process by llama.cpp: for language models and for embedders.

Each file is loaded once a process, with its first call, and answers one call at a time: it uses all cores. A call that
is cancelled, or over its deadline, ends with the next token; while it still reads its prompt, with the next 256 tokens.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

import xllamacpp

from firstfive.errors import ModelError
from firstfive.models.providers import reading
from firstfive.models.providers.vectors import in_order, table
from firstfive.observe import log
from firstfive.ports import Call, Reply, Terms

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened

CONTEXT_TOKENS = 8192
STEP_TOKENS = 256
TOP = 20
FAILURES = (RuntimeError, ValueError, OSError)
"""What the library raises: it has no errors of its own."""
_engines: dict[tuple[Path, bool], Engine] = {}
_lock = Lock()


class Engine:
    """One loaded file and the thread that runs it."""

    def __init__(self, path: Path, *, embedding: bool) -> None:
        self.path = path
        self._embedding = embedding
        self.pool = ThreadPoolExecutor(1, f"local {path.name}")

    @cached_property
    def server(self) -> Any:
        """The loaded model; takes seconds. Raises ModelError model.files."""
        if not self.path.is_file():
            raise ModelError(f"{self.path} is not a file; name a GGUF file in the settings", code="model.files")
        log("models").info("loading %s", self.path.name)
        try:
            return xllamacpp.Server(_params(self.path, embedding=self._embedding))
        except FAILURES as error:
            raise ModelError(
                f"{self.path} cannot be loaded ({error}); name a whole GGUF file, and see that memory is free for it",
                code="model.files",
            ) from error

    async def run(self, work: Callable[[Any, Event], Any]) -> Any:
        """What the work returns, in the engine's own thread. The event says that nobody waits for it any more."""
        given_up = Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, lambda: work(self.server, given_up))
        finally:
            given_up.set()


def _params(path: Path, *, embedding: bool) -> Any:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = CONTEXT_TOKENS if embedding else STEP_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    params.embedding = embedding
    params.warmup = False
    params.verbosity = -1
    # llama.cpp also listens on a loopback port, which we have no use for: nobody has its key.
    params.api_keys = [secrets.token_hex(32)]
    params.ui = params.endpoint_slots = params.endpoint_props = False
    return params


@dataclass(frozen=True, slots=True)
class Local:
    """A Model in this process."""

    who: str
    engine: Engine
    schema: str = "schema"

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """Raises ModelError."""
        if call.kind == "embed":
            value = await self.engine.run(lambda server, _: self._asked(lambda: server.handle_embeddings(_texts(call))))
            rows = in_order(self.who, reading.at(value, ("data",)), "embedding", len(call.texts))
            return Reply(
                self.who,
                usage=reading.usage(value, reading.OPENAI_VECTORS),
                vectors=table(self.who, rows, len(rows)),
            )
        heard = await self.engine.run(lambda server, given_up: self._complete(server, call, given_up))
        return Reply(
            self.who,
            heard.text,
            ended=reading.ended(heard.value, reading.OPENAI, one_token=bool(call.choices)),
            usage=reading.usage(heard.value, reading.OPENAI),
            logprobs=reading.by_choice(heard.value, call.choices) if call.choices else {},
        )

    def _complete(self, server: Any, call: Call, given_up: Event) -> Heard:
        heard = Heard(given_up)
        self._asked(lambda: server.handle_chat_completions(self._body(call), heard))
        self._told(heard.value)
        return heard

    def _body(self, call: Call) -> dict[str, Any]:
        said = [{"role": "system", "content": call.system}] if call.system else []
        body: dict[str, Any] = {
            "messages": [*said, {"role": "user", "content": call.text}],
            "max_tokens": call.max_tokens,
            "temperature": call.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "return_progress": True,
        }
        if call.schema is not None and self.schema == "schema":
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": call.schema}}
        if call.choices:
            body |= {"logprobs": True, "top_logprobs": TOP}
        return body

    def _asked(self, ask: Callable[[], Any]) -> Any:
        """What the library returns. Raises ModelError for what it raises or says is wrong."""
        try:
            return self._told(ask())
        except FAILURES as error:
            said = " ".join(str(error).split())[:300]
            raise ModelError(f"{self.who} does not take the call: {said}", code="model.request") from error

    def _told(self, value: Any) -> Any:
        error = reading.at(value, ("error", "message"))
        if error is not None:
            raise ModelError(f"{self.who} does not take the call: {str(error)[:300]}", code="model.request")
        return value


@dataclass(slots=True)
class Heard:
    """The pieces of a streamed answer, put together. Says after each one whether to stop."""

    given_up: Event
    text: str = ""
    value: dict[str, Any] = field(default_factory=lambda: {"choices": [{}]})

    def __call__(self, chunk: Mapping[str, Any]) -> bool:
        """Takes a piece; true ends the answer."""
        choice: dict[str, Any] = self.value["choices"][0]
        self.text += reading.at(chunk, ("choices", 0, "delta", "content")) or ""
        choice["finish_reason"] = reading.at(chunk, ("choices", 0, "finish_reason")) or choice.get("finish_reason")
        if "logprobs" not in choice and (logprobs := reading.at(chunk, ("choices", 0, "logprobs"))):
            choice["logprobs"] = logprobs
        self.value |= {name: chunk[name] for name in ("usage", "error") if chunk.get(name)}
        return self.given_up.is_set()


def _texts(call: Call) -> dict[str, Any]:
    return {"input": list(call.texts)}


def local(opened: Opened, *, embedding: bool = False) -> Local:
    """The model in a file, loaded with its first call. Its path begins at the project's folder."""
    path = (opened.folder / Path(opened.model).expanduser()).resolve()
    with _lock:
        engine = _engines.setdefault((path, embedding), Engine(path, embedding=embedding))
    return Local(opened.who, engine, opened.vendor.schema)
