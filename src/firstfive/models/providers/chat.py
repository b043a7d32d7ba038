"""Completions through pydantic-ai, which knows how each vendor wants them asked for and which model takes what.

What is read back for money and for the end of an answer comes from the reply's own JSON: see `reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pydantic_ai import exceptions
from pydantic_ai.direct import model_request
from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart
from pydantic_ai.models import Model as AnyModel
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.settings import ModelSettings

from firstfive.errors import ModelError
from firstfive.models.providers import reading
from firstfive.models.providers.wire import HTTP_ERRORS, Border, Wire, failed
from firstfive.ports import Call, Reply, Terms

if TYPE_CHECKING:
    from firstfive.models.providers.opening import Opened

NAME = "answer"
"""What a schema is called where an API wants a name."""
UNREADABLE: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What libraries raise over a reply that is JSON, but not of their API's form."""
FOREIGN: tuple[type[Exception], ...] = (
    exceptions.AgentRunError,
    exceptions.UserError,
    exceptions.FallbackExceptionGroup,
    *UNREADABLE,
    *HTTP_ERRORS,
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A Model for completions. schema: how a schema is asked for, as in the settings.

    top: log-probabilities to ask for; 0: none. by_value: a schema goes into the body as TGI takes it. sdk: the border
    of the SDK below.
    """

    who: str
    model: AnyModel[Any]
    wire: Wire
    shape: reading.Shape
    sdk: Border
    schema: str = "schema"
    top: int = 0
    by_value: bool = False

    async def __call__(self, call: Call, terms: Terms) -> Reply:  # noqa: ARG002  # its deadline is kept above
        """One request on the wire. Raises ModelError."""
        said = [SystemPromptPart(call.system)] if call.system else []
        with (
            self.wire.exchange(partial(reading.mended, shape=self.shape)) as exchange,
            Border(self.who, FOREIGN, _told),
            self.sdk,
        ):
            response = await model_request(
                self.model,
                [ModelRequest([*said, UserPromptPart(call.text)])],
                model_settings=self._settings(call),
                model_request_parameters=self._parameters(call),
            )
        return self._reply(call, response, exchange.value)

    def _settings(self, call: Call) -> ModelSettings:
        asked: dict[str, Any] = {"max_tokens": call.max_tokens, "thinking": False}
        if _samples(self.model.profile):
            asked["temperature"] = call.temperature
            if call.choices and self.top:
                asked |= {"openai_logprobs": True, "openai_top_logprobs": self.top}
        if self.by_value and call.schema is not None:
            asked["extra_body"] = {"response_format": {"type": "json_object", "value": call.schema}}
        return cast(ModelSettings, asked)

    def _parameters(self, call: Call) -> ModelRequestParameters:
        if call.schema is None or self.by_value:
            return ModelRequestParameters()
        native = self.schema == "schema" and self.model.profile.get("supports_json_schema_output", False)
        return ModelRequestParameters(
            output_mode="native" if native else "prompted",
            output_object=OutputObjectDefinition(json_schema=dict(call.schema), name=NAME),
        )

    def _reply(self, call: Call, response: ModelResponse, raw: Any) -> Reply:
        refusal = str((response.provider_details or {}).get("refusal") or "")
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        done = reading.ended(raw, self.shape, one_token=bool(call.choices))
        return Reply(
            self.who,
            text or refusal,
            ended=done and not refusal,
            usage=reading.usage(raw, self.shape),
            logprobs=reading.by_choice(raw, call.choices) if call.choices else {},
        )


def _samples(profile: Mapping[str, Any]) -> bool:
    """Whether the model takes a temperature: those that cannot stop reasoning do not."""
    if profile.get("anthropic_disallows_sampling_settings") or profile.get("bedrock_disallows_sampling_settings"):
        return False
    if not profile.get("openai_supports_reasoning"):
        return True
    efforts = profile.get("openai_reasoning_efforts")
    return bool(profile.get("openai_supports_reasoning_effort_none") if efforts is None else "none" in efforts)


def _told(error: BaseException, who: str) -> ModelError:
    if isinstance(error, exceptions.UserError):
        return ModelError(f"{who} cannot be asked: {str(error)[:300]}", code="model.request")
    return failed(error, who)


def by_openai(opened: Opened, client: Any, sdk: Border) -> Chat:
    """Completions through a client of OpenAI's SDK."""
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers import infer_provider_class
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    vendor = opened.vendor
    profile = OpenAIModelProfile(
        openai_chat_supports_max_completion_tokens=vendor.limit == "max_completion_tokens",
        supports_json_schema_output=True,
        supports_json_object_output=vendor.schema == "json",
        native_output_requires_schema_in_instructions=False,  # prompts say in words what they want
    )
    known: Any = infer_provider_class(vendor.profile) if vendor.profile else None
    provider = known(openai_client=client) if known else OpenAICompatibleProvider(opened.name, openai_client=client)
    return Chat(
        opened.who,
        OpenAIChatModel(opened.model, provider=provider, profile=profile),
        opened.wire,
        reading.OPENAI,
        sdk,
        schema=vendor.schema,
        top=vendor.top,
        by_value=vendor.by_value and vendor.schema == "schema",
    )


def by_anthropic(opened: Opened, client: Any, sdk: Border) -> Chat:
    """Completions through a client of Anthropic's SDK."""
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    model = AnthropicModel(opened.model, provider=AnthropicProvider(anthropic_client=client))
    return Chat(opened.who, model, opened.wire, reading.ANTHROPIC, sdk, schema=opened.vendor.schema)


def by_bedrock(opened: Opened, client: Any, sdk: Border) -> Chat:
    """Completions through a client of boto3."""
    from pydantic_ai.models.bedrock import BedrockConverseModel
    from pydantic_ai.providers.bedrock import BedrockProvider

    model = BedrockConverseModel(opened.model, provider=BedrockProvider(bedrock_client=client))
    return Chat(opened.who, model, opened.wire, reading.BEDROCK, sdk, schema=opened.vendor.schema)
