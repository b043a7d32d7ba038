"""The providers known by name, as rows of data. Any other name works with `providers.NAME.api` and `.url` set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from firstfive.errors import SettingsError
from firstfive.settings.sections import ProviderSettings

APIS = ("openai", "azure", "anthropic", "bedrock", "sagemaker", "tei", "local", "replay")
"""What can be spoken."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """What sets one provider apart from others that speak the same API.

    url: the usual address. key: the environment variable with its key; keyless: it works without one. profile: what
    pydantic-ai calls it, where it knows which of its models takes what. limit: the parameter that caps the answer.
    top: log-probabilities that it gives at a place; 0: it refuses to be asked for any. schema: the most that it takes
    of a schema. by_value: it wants the schema as TGI does. packed: vectors may come as base64.
    """

    api: str = "openai"
    url: str = ""
    key: str = ""
    keyless: bool = False
    profile: str = ""
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    top: int = 20
    schema: Literal["schema", "json", "prompt"] = "schema"
    by_value: bool = False
    packed: bool = False


_NEWEST = Vendor(limit="max_completion_tokens", packed=True)

VENDORS: Mapping[str, Vendor] = {
    "openai": replace(_NEWEST, url="https://api.openai.com/v1", key="OPENAI_API_KEY", profile="openai"),
    "azure": replace(_NEWEST, api="azure", key="AZURE_OPENAI_API_KEY", profile="azure"),
    "gemini": Vendor(url="https://generativelanguage.googleapis.com/v1beta/openai", key="GEMINI_API_KEY", top=0),
    "vllm": Vendor(url="http://127.0.0.1:8000/v1", key="VLLM_API_KEY", keyless=True, profile="vllm"),
    "ollama": Vendor(url="http://127.0.0.1:11434/v1", key="OLLAMA_API_KEY", keyless=True, profile="ollama"),
    "llamacpp": Vendor(url="http://127.0.0.1:8080/v1", key="LLAMA_API_KEY", keyless=True),
    "tgi": Vendor(url="http://127.0.0.1:3000/v1", key="TGI_API_KEY", keyless=True, top=5, by_value=True),
    "mistral": Vendor(url="https://api.mistral.ai/v1", key="MISTRAL_API_KEY", top=0),
    "groq": Vendor(url="https://api.groq.com/openai/v1", key="GROQ_API_KEY", top=0),
    "openrouter": Vendor(url="https://openrouter.ai/api/v1", key="OPENROUTER_API_KEY", profile="openrouter"),
    "deepseek": Vendor(url="https://api.deepseek.com/v1", key="DEEPSEEK_API_KEY", profile="deepseek", schema="json"),
    "together": Vendor(url="https://api.together.xyz/v1", key="TOGETHER_API_KEY", profile="together", top=0),
    "fireworks": Vendor(
        url="https://api.fireworks.ai/inference/v1", key="FIREWORKS_API_KEY", profile="fireworks", top=5
    ),
    "xai": Vendor(url="https://api.x.ai/v1", key="XAI_API_KEY", top=8),
    "anthropic": Vendor(api="anthropic", url="https://api.anthropic.com", key="ANTHROPIC_API_KEY"),
    "bedrock": Vendor(api="bedrock"),
    "sagemaker": Vendor(api="sagemaker", top=5, by_value=True),
    "tei": Vendor(api="tei", url="http://127.0.0.1:8080", key="TEI_API_KEY", keyless=True),
    "local": Vendor(api="local"),
    "replay": Vendor(api="replay"),
}


FORMS = ("schema", "json", "prompt")
"""How a schema is asked for, from the strictest to the loosest."""


def vendor(name: str, settings: ProviderSettings) -> Vendor:
    """The row of this name, changed by the settings. Raises SettingsError for a name that says nothing to us.

    Of the ways to ask for a schema, the looser one of row and settings counts.
    """
    api = settings.api or (VENDORS[name].api if name in VENDORS else "")
    if api not in APIS:
        problem = f"providers.{name}.api is {api!r}" if api else f"{name} is not a provider that is known by name"
        raise SettingsError(
            f"{problem}; the known names are {', '.join(VENDORS)}; for another, set providers.{name}.api to one of "
            f"{', '.join(APIS)}, and providers.{name}.url"
        )
    row = VENDORS.get(name) or Vendor(keyless=True)
    schema = max(row.schema, settings.schema, key=FORMS.index)
    return replace(row, api=api, url=settings.url or row.url, schema=schema)


ALONE = ("titan-embed", "nova-")
"""Parts of the names of Bedrock's models that embed one text a call."""
TEXTS = {"bedrock": 96, "tei": 32, "sagemaker": 32, "local": 16}
"""Texts that one call to embed may have, by API."""


def texts_at_once(name: str, model: str, settings: ProviderSettings) -> int:
    """How many texts one call to embed may have. Raises SettingsError as `vendor` does."""
    api = vendor(name, settings).api
    return 1 if api == "bedrock" and any(part in model.casefold() for part in ALONE) else TEXTS.get(api, 64)
