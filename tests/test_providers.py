"""Each provider against a loopback server that speaks its protocol: the contract, and what is its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from firstfive.models.providers import Provider as Opened
from firstfive.models.providers import open_provider
from firstfive.settings.sections import ProviderSettings
from firstfive.testing.providers import Provider
from firstfive.testing.providers_contract import SECRET, ModelContract

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys for everybody, and nothing of the tester's own."""
    for name in ("AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOOPBACK_KEY", SECRET)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIALOOPBACK")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def opened(name: str, model: str, url: str, **settings: str) -> Opened:
    """A provider with its address and its key."""
    return open_provider(name, model, ProviderSettings(url=url, **settings), folder=HERE)  # type: ignore[arg-type]


class TestOpenAI(ModelContract):
    told = True

    def opened(self, loopback: Provider) -> Opened:
        return opened("openai", "gpt-4.1-mini", loopback.openai, key="env:LOOPBACK_KEY")


class TestAzure(ModelContract):
    told = True

    def opened(self, loopback: Provider) -> Opened:
        return opened("azure", "my-deployment", loopback.url, key="env:LOOPBACK_KEY", version="2025-04-01-preview")


class TestTGI(ModelContract):
    told = True

    def opened(self, loopback: Provider) -> Opened:
        return opened("tgi", "tgi", loopback.openai, key="env:LOOPBACK_KEY")


class TestAnthropic(ModelContract):
    def opened(self, loopback: Provider) -> Opened:
        return opened("anthropic", "claude-haiku-4-5", loopback.url, key="env:LOOPBACK_KEY")


class TestBedrock(ModelContract):
    sends_key = False

    def opened(self, loopback: Provider) -> Opened:
        return opened("bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", loopback.url, region="us-east-1")


class TestSageMaker(ModelContract):
    told = True
    sends_key = False

    def opened(self, loopback: Provider) -> Opened:
        return opened("sagemaker", "my-endpoint", loopback.url, region="us-east-1")


class TestSageMakerInputs(ModelContract):
    told = True
    sends_key = False
    refuses = False

    def opened(self, loopback: Provider) -> Opened:
        return opened("sagemaker", "my-endpoint", loopback.url, region="us-east-1", version="inputs")
