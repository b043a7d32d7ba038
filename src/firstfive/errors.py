"""Every error firstfive raises on purpose, as one tree.

    FirstFiveError
    ├── UsageError            the caller can mend it: settings, arguments, filters, requests
    │   ├── SettingsError     settings.*
    │   ├── RequestError      request.*
    │   ├── SourceError       source.*
    │   └── PromptError       prompt.*
    ├── NotFound              not_found.*
    ├── Conflict              conflict.*
    ├── AccessError           access.*
    ├── GateFailed            gate.*
    └── RunError              the machine or the project's state is in the way
        ├── StoreError        store.*
        ├── ModelError        model.*
        │   └── BudgetError   budget.*
        ├── IndexFileError    index.*
        ├── BuildError        build.*
        └── LearnError        learn.*

A message says what happened, with the value, and what to do next. `code` is stable: programs may match on it.
`retry` says whether doing the same again can help. `CODES` is the one table from codes to HTTP status and exit status.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What a code means to a program: HTTP status, process exit status, and whether trying again helps."""

    status: int
    exit: int
    retry: bool
    meaning: str


CODES: dict[str, Code] = {
    "settings.invalid": Code(400, 2, False, "A setting has a value that it cannot take."),
    "settings.unknown": Code(400, 2, False, "A setting's name is not known; the nearest known one is named."),
    "request.empty": Code(422, 2, False, "The request has no words to search for."),
    "request.invalid": Code(422, 2, False, "A part of the request has a value that it cannot take."),
    "request.button": Code(422, 2, False, "A button was pressed that the answer does not have."),
    "request.filter": Code(422, 2, False, "The filter cannot be read; the place is marked."),
    "request.too_large": Code(413, 2, False, "The request's body is larger than the server takes."),
    "request.encoding": Code(415, 2, False, "The request's body is compressed, which the server does not read."),
    "source.unreadable": Code(422, 2, False, "A source cannot be read at all."),
    "source.mapping": Code(422, 2, False, "The columns of a source cannot be mapped to id, title and text."),
    "source.bomb": Code(422, 2, False, "A compressed source grows beyond what is allowed."),
    "source.missing_extra": Code(501, 2, False, "Reading this kind of file needs an extra that is not installed."),
    "measure.files": Code(422, 2, False, "Queries, qrels or a run cannot be read."),
    "measure.nothing": Code(422, 2, False, "There is nothing to measure: no query has a judged answer."),
    "not_found.project": Code(404, 2, False, "There is no project in the folder."),
    "not_found.release": Code(404, 2, False, "No Release has this id."),
    "not_found.item": Code(404, 2, False, "No item has this id."),
    "not_found.user": Code(404, 2, False, "No user has this id."),
    "not_found.request": Code(404, 2, False, "No stored Slate has this recommId."),
    "not_found.key": Code(404, 2, False, "No key has this id."),
    "not_found.feedback": Code(404, 2, False, "There is no such feedback."),
    "not_found.experiment": Code(404, 2, False, "No experiment has this name."),
    "not_found.route": Code(404, 2, False, "The server has no such address."),
    "conflict.idempotency": Code(409, 2, False, "The Idempotency-Key was used before with another body."),
    "conflict.exists": Code(409, 2, False, "The project is there already."),
    "conflict.vector": Code(409, 2, False, "The request brings a vector that the Release has nothing to compare with."),
    "conflict.release": Code(409, 2, False, "Another Release is in use by now than the one that was seen."),
    "conflict.unmeasured": Code(409, 2, False, "A Release was never measured against the one in use."),
    "conflict.experiment": Code(409, 2, False, "An experiment runs, or had this name, and is in the way."),
    "conflict.method": Code(405, 2, False, "The address does not take this method."),
    "access.no_key": Code(401, 2, False, "The call needs a key and has none, or one that is not known."),
    "access.role": Code(403, 2, False, "The key's role does not allow this call."),
    "access.rate": Code(429, 2, True, "The key or address has asked too often; Retry-After says how long to wait."),
    "access.host": Code(421, 2, False, "The request names a host that this server does not answer for."),
    "access.site": Code(403, 2, False, "A form was sent to the server from a page that is not its own."),
    "gate.failed": Code(409, 1, False, "A measured value is under the bar that was set."),
    "gate.inconclusive": Code(409, 3, False, "What was measured does not decide whether a bar is reached."),
    "gate.untrusted": Code(409, 1, False, "A model's grades may not decide: it was found UNTRUSTED as a judge."),
    "gate.no_verdict": Code(409, 3, False, "A model's grades may not decide yet: it is not TRUSTED as a judge."),
    "store.busy": Code(503, 4, True, "Another process holds the store."),
    "store.full": Code(507, 4, True, "The disk is full."),
    "store.broken": Code(500, 4, False, "The store cannot be read."),
    "store.failed": Code(503, 4, True, "The store did not take a write."),
    "model.files": Code(500, 4, False, "The embedder's files are missing or are not the ones expected."),
    "model.failed": Code(503, 4, True, "The embedder did not give vectors."),
    "model.vectors": Code(422, 2, False, "Vectors from a file do not fit the items."),
    "model.key": Code(503, 4, False, "A provider does not take the key, or there is none."),
    "model.quota": Code(503, 4, False, "The account at a provider is spent or closed."),
    "model.rate": Code(503, 4, True, "A provider asks to be asked less often."),
    "model.timeout": Code(503, 4, True, "A model gave no whole answer in its time."),
    "model.unreachable": Code(503, 4, True, "A provider's server cannot be reached, or broke off."),
    "model.overloaded": Code(503, 4, True, "A provider's server failed."),
    "model.paused": Code(503, 4, True, "A provider failed too often of late and is left alone for a while."),
    "model.request": Code(502, 4, False, "A provider does not take the call: the model's name, or a parameter."),
    "model.reply": Code(502, 4, False, "A model's reply is not what was asked for."),
    "model.missing_extra": Code(501, 2, False, "A provider needs an extra that is not installed."),
    "model.not_recorded": Code(502, 4, False, "A replayed run asks for something that was not recorded."),
    "budget.spent": Code(402, 4, False, "The call could cost more than the budget has left."),
    "budget.busy": Code(503, 4, True, "The rest of the budget is set aside for calls on their way."),
    "budget.unasked": Code(402, 2, False, "A build may cost more than it may without a yes, and nobody said yes."),
    "budget.price": Code(422, 2, False, "A model has no price in the settings."),
    "prompt.invalid": Code(422, 2, False, "A prompt's file is not right."),
    "not_found.prompt": Code(404, 2, False, "No prompt has this name, version or label."),
    "index.corrupt": Code(503, 4, False, "A file of the index is damaged."),
    "index.missing": Code(503, 4, True, "No Release is in use yet."),
    "build.locked": Code(409, 4, True, "Something that must run alone, such as a build, is running on this project."),
    "build.empty": Code(422, 2, False, "There is nothing to build from."),
    "build.waiting": Code(503, 4, True, "A batch job at a provider has not ended yet."),
    "learn.few": Code(422, 3, False, "There is too little behaviour to learn from."),
    "learn.model": Code(500, 4, False, "A learned ranker cannot be read, or LightGBM failed."),
    "learn.missing_extra": Code(501, 2, False, "Learning to rank needs an extra that is not installed."),
    "server.internal": Code(500, 4, True, "The server failed in a way it did not foresee."),
    "server.address": Code(500, 4, True, "The address to serve on is taken or cannot be bound."),
    "server.busy": Code(503, 4, True, "The server is stopping or is too busy."),
}


class FirstFiveError(Exception):
    """What went wrong and what to do next. `code` is one of `CODES`; `retry_after_s` is set where a wait is known."""

    default = "server.internal"

    def __init__(self, message: str, *, code: str | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code or self.default
        self.retry_after_s = retry_after_s

    @property
    def retry(self) -> bool:
        """Whether doing the same again can help."""
        return CODES[self.code].retry

    @property
    def status(self) -> int:
        """The HTTP status of this error."""
        return CODES[self.code].status

    @property
    def exit(self) -> int:
        """The process exit status of this error."""
        return CODES[self.code].exit


class UsageError(FirstFiveError):
    """The caller can mend it."""

    default = "request.invalid"


class SettingsError(UsageError):
    """A settings file, environment variable or flag is wrong."""

    default = "settings.invalid"


class RequestError(UsageError):
    """A request, filter or event is wrong."""

    default = "request.invalid"


class SourceError(UsageError):
    """A file to import, or a file of queries or judgements, is wrong."""

    default = "source.unreadable"


class PromptError(UsageError):
    """A prompt's file is not right."""

    default = "prompt.invalid"


class NotFound(FirstFiveError):
    """What was named is not there."""

    default = "not_found.item"


class Conflict(FirstFiveError):
    """What was asked contradicts what is there."""

    default = "conflict.exists"


class AccessError(FirstFiveError):
    """A key is missing or does not allow the call."""

    default = "access.no_key"


class GateFailed(FirstFiveError):
    """Something was measured and is under its bar."""

    default = "gate.failed"


class RunError(FirstFiveError):
    """The machine or the project's state is in the way."""


class StoreError(RunError):
    """The store did not do what it was asked; nothing acknowledged is lost."""

    default = "store.failed"


MAY_COST = frozenset({"model.failed", "model.timeout", "model.unreachable", "model.reply"})
"""Errors after which the call may still be billed: the provider had it. After the others it answered that it did
nothing."""


class ModelError(RunError):
    """A model did not answer, or its files are not right.

    paid: the call may have cost something. Whoever raises it says so where the code alone does not tell: a refused
    connection is model.unreachable and `paid=False`, a connection that broke off after the call was sent is not.
    """

    default = "model.failed"

    def __init__(
        self, message: str, *, code: str | None = None, retry_after_s: float | None = None, paid: bool | None = None
    ) -> None:
        super().__init__(message, code=code, retry_after_s=retry_after_s)
        self.paid = self.code in MAY_COST if paid is None else paid


class BudgetError(ModelError):
    """A call was not made, for what it may cost."""

    default = "budget.spent"


class IndexFileError(RunError):
    """A file of the index is missing or damaged."""

    default = "index.corrupt"


class BuildError(RunError):
    """A build cannot start or cannot go on."""

    default = "build.empty"


class LearnError(RunError):
    """Nothing could be learned, or what was learned cannot be used."""

    default = "learn.model"
