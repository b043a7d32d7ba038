"""Amazon's services through boto3, which signs and encodes; the request itself goes over our own wire.

boto3 blocks a thread until its server has answered, and nobody can stop it. So it is handed its answer by us (its event
`before-send` is made for that): one connection pool, the same checks of what comes back, and a call that is cancelled
closes its connection and frees its thread at once.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import boto3
import boto3.exceptions
import botocore.exceptions
import botocore.parsers
import botocore.session
import botocore.utils
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.session import Session
from botocore.tokens import FrozenAuthToken

from firstfive.errors import ModelError
from firstfive.models.providers.wire import EXCHANGE, HTTP_ERRORS, Border, causes, failed

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened
    from firstfive.models.providers.wire import Wire

FOREIGN: tuple[type[Exception], ...] = (
    botocore.exceptions.BotoCoreError,
    botocore.exceptions.ClientError,
    botocore.parsers.ResponseParserError,
    botocore.utils.InvalidArnException,
    boto3.exceptions.Boto3Error,
)
NO_KEY = (
    botocore.exceptions.NoCredentialsError,
    botocore.exceptions.PartialCredentialsError,
    botocore.exceptions.CredentialRetrievalError,
    botocore.exceptions.ProfileNotFound,
    botocore.exceptions.NoAuthTokenError,
    botocore.exceptions.SSOError,
)


@dataclass(frozen=True, slots=True)
class Service:
    """A client of one of Amazon's services, and the threads that it blocks."""

    who: str
    client: Any
    threads: ThreadPoolExecutor

    async def call(self, method: str, **asked: Any) -> Any:
        """What boto3 makes of the answer. Raises ModelError."""
        work = partial(copy_context().run, getattr(self.client, method), **asked)
        with border(self.who):
            return await asyncio.get_running_loop().run_in_executor(self.threads, work)


def service(opened: Opened, name: str) -> Service:
    """The service of this name, as boto3 calls it. Raises ModelError."""
    return Service(opened.who, client(opened, name), ThreadPoolExecutor(max(opened.settings.at_once, 1), "aws"))


def client(opened: Opened, name: str) -> Any:
    """A boto3 client that makes one request a call, over the provider's wire. Raises ModelError."""
    bearer = bool(opened.key.value)
    config = Config(
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=1,
        **({"signature_version": "bearer"} if bearer else {}),
    )
    with border(opened.who):
        inner = _WithToken(opened.key.value) if bearer else Session()
        inner.register_component("data_loader", _loader())
        session = boto3.Session(botocore_session=inner, region_name=opened.settings.region or None)
        made = session.client(name, config=config, endpoint_url=opened.vendor.url or None)
    made.meta.events.register("before-send", _Sender(opened.wire))
    return made


@cache
def _loader() -> Any:
    """Reads the descriptions of services: megabytes, once a process."""
    return botocore.session.get_session().get_component("data_loader")


def border(who: str) -> Border:
    """Makes what boto3 raises inside its `with` ours."""
    return Border(who, FOREIGN, translated)


def translated(error: BaseException, who: str) -> ModelError:
    """Our error for one of boto3's own, or for what the wire raised below it."""
    own = next((one for one in causes(error) if isinstance(one, FOREIGN)), None)
    if own is None or any(isinstance(one, (ModelError, *HTTP_ERRORS)) for one in causes(error)):
        return failed(error, who)
    said = " ".join(str(own).split())[:300]
    if isinstance(own, NO_KEY):
        return ModelError(
            f"{who} has no AWS credentials ({said}); set them up as for the AWS command line", code="model.key"
        )
    if isinstance(own, botocore.exceptions.NoRegionError):
        return ModelError(f"{who} has no AWS region; set its region in [providers]", code="model.request")
    return ModelError(f"{who} cannot be asked ({type(own).__name__}: {said}); check its settings", code="model.request")


class _WithToken(Session):  # type: ignore[misc]  # boto3 has no types
    """A session with an API key for Amazon Bedrock in the place of credentials."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def get_auth_token(self, **_: Any) -> FrozenAuthToken:
        return FrozenAuthToken(self._token)

    def get_credentials(self) -> None:
        return None


class _Sender:
    """Answers boto3, in its thread, with what comes over the wire, on the event loop."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        exchange = EXCHANGE.get()
        if exchange is None:
            raise ModelError(f"{self._wire.who} was called outside of a call", code="model.request")
        headers = {name: _text(value) for name, value in request.headers.items()}
        response = exchange.wait(self._wire.send(request.method, request.url, headers, _bytes(request.body)))
        content = response.content
        told = {**dict(response.headers), "content-length": str(len(content))}
        return AWSResponse(request.url, response.status_code, told, _Body(content))


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")


class _Body(io.BytesIO):
    """A body that was read already, as boto3 reads one."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()
