"""What is read from replies and refusals, where keys come from, and what the rows of vendors say."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from firstfive.errors import ModelError, SettingsError
from firstfive.models.providers import VENDORS, open_provider, texts_at_once
from firstfive.models.providers.keys import Key, read_key
from firstfive.models.providers.reading import ANTHROPIC, BEDROCK, OPENAI, by_choice, ended, mended, usage
from firstfive.models.providers.refusals import meaning, refused
from firstfive.models.providers.vendors import APIS, vendor
from firstfive.models.providers.wire import decoded
from firstfive.ports import Usage
from firstfive.settings.sections import ProviderSettings

NOBODY = Key()


def first(*tokens: tuple[str, Any]) -> dict[str, Any]:
    """A chat completion whose first token had these alternatives, the first of them written."""
    listed = [{"token": token, "logprob": p} for token, p in tokens]
    return {"choices": [{"logprobs": {"content": [{"token": tokens[0][0], "top_logprobs": listed}]}}]}


# --- choices ----------------------------------------------------------------------------------------------------------


def test_tokens_that_begin_a_choice_are_added_up_whatever_their_case_and_space() -> None:
    found = by_choice(first(("Yes", math.log(0.5)), (" yes", math.log(0.2)), ("▁no", math.log(0.25))), ("yes", "no"))
    assert found == pytest.approx({"yes": math.log(0.7), "no": math.log(0.25)})


def test_a_token_that_begins_two_choices_counts_for_neither() -> None:
    found = by_choice(first(("n", -0.1), ("no", -3.0), ("not", -4.0)), ("no", "not sure"))
    assert found == {"no": -3.0, "not sure": -4.0}


def test_a_choice_that_is_not_listed_has_at_most_the_least_of_those_that_are() -> None:
    assert by_choice(first(("yes", -0.01), ("maybe", -6.0)), ("yes", "no")) == {"yes": -0.01, "no": -6.0}


def test_space_before_the_answer_is_no_answer() -> None:
    value = first(("yes", -0.2), ("no", -2.0))
    value["choices"][0]["logprobs"]["content"].insert(
        0, {"token": "\n", "top_logprobs": [{"token": "\n", "logprob": -1}]}
    )
    assert by_choice(value, ("yes", "no")) == {"yes": -0.2, "no": -2.0}


@pytest.mark.parametrize("p", [None, "-1", True, float("nan"), float("-inf")])
def test_a_log_probability_that_is_no_number_is_left_out(p: Any) -> None:
    assert by_choice(first(("yes", -0.2), ("no", p)), ("yes", "no")) == {"yes": -0.2, "no": -0.2}


def test_a_log_probability_above_0_is_0() -> None:
    assert by_choice(first(("yes", 0.4), ("no", -9)), ("yes", "no")) == {"yes": 0.0, "no": -9.0}


@pytest.mark.parametrize("value", [None, {}, [], {"choices": [{"logprobs": None}]}, first(("perhaps", -0.1))])
def test_without_a_choice_among_the_tokens_there_is_nothing(value: Any) -> None:
    assert by_choice(value, ("yes", "no")) == {}


# --- usage and ends ---------------------------------------------------------------------------------------------------


def test_tokens_are_read_as_each_api_counts_them() -> None:
    openai = {"usage": {"prompt_tokens": 30, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 10}}}
    anthropic = {"usage": {"input_tokens": 20, "output_tokens": 4, "cache_read_input_tokens": 10}}
    bedrock = {"usage": {"inputTokens": 20, "outputTokens": 4, "cacheReadInputTokens": 10, "cacheWriteInputTokens": 0}}
    assert usage(openai, OPENAI) == usage(anthropic, ANTHROPIC) == usage(bedrock, BEDROCK) == Usage(30, 4, 10)


@pytest.mark.parametrize("count", [None, -1, True, "20", 1.5, 10**12, [], 0])
def test_a_count_of_tokens_that_cannot_be_is_not_known(count: Any) -> None:
    assert usage({"usage": {"prompt_tokens": count, "completion_tokens": 4}}, OPENAI) is None


@pytest.mark.parametrize("value", [None, [], {}, {"usage": None}, {"usage": {"prompt_tokens": 3}}])
def test_tokens_that_are_not_told_are_not_known(value: Any) -> None:
    assert usage(value, OPENAI) is None


def test_more_cached_tokens_than_there_were_are_all_of_them() -> None:
    told = {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 50}}
    assert usage({"usage": told}, OPENAI) == Usage(5, 1, 5)


def test_usage_that_cannot_be_believed_does_not_reach_an_sdk() -> None:
    assert mended({"id": 1, "usage": {"prompt_tokens": -1}}, OPENAI) == {"id": 1}
    assert mended({"id": 1}, ANTHROPIC) == {"id": 1, "usage": {"input_tokens": 0, "output_tokens": 0}}


def test_log_probabilities_are_no_work_for_an_sdk() -> None:
    assert mended(first(("yes", -0.1)), OPENAI) == {"choices": [{"logprobs": None}]}


@pytest.mark.parametrize(
    ("reason", "end", "one_token"),
    [
        ("stop", True, True),
        ("length", False, True),
        ("content_filter", False, False),
        (None, False, False),
        (7, False, False),
    ],
)
def test_an_answer_ended_only_where_its_finish_reason_says_so(reason: Any, end: bool, one_token: bool) -> None:
    value = {"choices": [{"finish_reason": reason}]}
    assert ended(value, OPENAI) is end
    assert ended(value, OPENAI, one_token=True) is one_token


# --- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/problem+json"])
def test_json_is_json_whatever_is_said_beside_it(kind: str) -> None:
    assert decoded("a:b", kind, b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", b"{}"),
        ("", b"{}"),
        ("application/json", b""),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b'{"a": "\xff"}'),
        ("application/json", b"[" * 200_000),
        ("application/json", b'{"a": 1} {"b": 2}'),
    ],
)
def test_what_is_no_whole_json_is_no_reply(kind: str, body: bytes) -> None:
    with pytest.raises(ModelError) as error:
        decoded("a:b", kind, body)
    assert error.value.code == "model.reply"


# --- refusals ---------------------------------------------------------------------------------------------------------


def told(status: int, body: Any, headers: dict[str, str] | None = None) -> ModelError:
    return refused("openai:m", status, headers or {}, json.dumps(body).encode(), NOBODY)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (429, {"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, "model.rate"),
        (429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, "model.quota"),
        (429, {"error": {"message": "stop", "type": "billing_not_active"}}, "model.quota"),
        (400, {"error": {"message": "Your credit balance is too low to access the API."}}, "model.quota"),
        (
            400,
            [{"error": {"message": "API key not valid. Please pass one.", "status": "INVALID_ARGUMENT"}}],
            "model.key",
        ),
        (400, {"error": {"message": "too long", "details": [{"reason": "API_KEY_INVALID"}]}}, "model.key"),
        (424, {"OriginalMessage": "worker died"}, "model.overloaded"),
        (418, {"detail": "teapot"}, "model.request"),
        (599, {}, "model.overloaded"),
    ],
)
def test_what_is_final_follows_from_status_and_code(status: int, body: Any, code: str) -> None:
    assert told(status, body).code == code


@pytest.mark.parametrize("words", ["insufficient_quota", "say: Your credit balance is too low", "billing"])
def test_words_that_a_message_echoes_make_nothing_final(words: str) -> None:
    assert told(400, {"error": {"message": f"cannot parse {words}"}}).code == "model.request"
    assert meaning(429, set(), words) == "model.rate"


def test_a_type_of_error_that_amazon_puts_into_a_header_counts() -> None:
    headers = {"x-amzn-errortype": "ServiceQuotaExceededException:http://internal"}
    assert told(400, {"message": "quota"}, headers).code == "model.quota"


def test_a_wait_that_google_puts_into_the_body_counts() -> None:
    body = {"error": {"message": "slow", "details": [{"@type": "RetryInfo", "retryDelay": "31s"}]}}
    assert told(429, body).retry_after_s == 31.0


def test_only_what_may_be_asked_again_has_a_wait() -> None:
    assert told(503, {}, {"retry-after": "2"}).retry_after_s == 2.0
    assert told(401, {}, {"retry-after": "2"}).retry_after_s is None


# --- keys -------------------------------------------------------------------------------------------------------------


def test_a_key_is_read_from_where_the_settings_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MINE", " sk-1 \n")
    (tmp_path / "key.txt").write_text("sk-2\n")
    assert read_key("a:b", "env:MINE", "USUAL", keyless=False, folder=tmp_path).value == "sk-1"
    assert read_key("a:b", "file:key.txt", "USUAL", keyless=False, folder=tmp_path).value == "sk-2"
    monkeypatch.setenv("USUAL", "sk-3")
    assert read_key("a:b", "", "USUAL", keyless=False, folder=tmp_path).value == "sk-3"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("", "OPENAI_API_KEY"),
        ("env:NOT_THERE", "NOT_THERE"),
        ("file:nothing.txt", "nothing.txt"),
        ("sk-pasted-in-by-mistake", 'neither "env:NAME" nor "file:PATH"'),
        ("env:", 'neither "env:NAME" nor "file:PATH"'),
        ("env:BROKEN", "BROKEN has spaces or characters"),
    ],
)
def test_a_key_that_is_not_there_is_said_with_its_place_and_never_shown(
    setting: str, words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("BROKEN", "sk-1\r\nx-admin: yes")
    with pytest.raises(ModelError, match=words) as error:
        read_key("openai:m", setting, "OPENAI_API_KEY", keyless=False, folder=tmp_path)
    assert error.value.code == "model.key"
    assert "pasted" not in str(error.value)
    assert "sk-1" not in str(error.value)


def test_a_provider_without_keys_needs_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VLLM_API_KEY", raising=False)
    assert read_key("vllm:m", "", "VLLM_API_KEY", keyless=True, folder=tmp_path).value == ""


def test_a_key_does_not_show_where_it_is_printed() -> None:
    assert "sk-1" not in repr(Key("sk-1", "the environment variable X"))


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VENDORS)
def test_every_row_speaks_something_that_is_spoken_and_says_where_its_key_is(name: str) -> None:
    row = VENDORS[name]
    assert row.api in APIS
    assert row.key or row.api in {"bedrock", "sagemaker", "local", "replay"}
    assert (
        row.url.startswith("https://") or row.keyless or row.api in {"azure", "bedrock", "sagemaker", "local", "replay"}
    )


def test_a_provider_that_nobody_knows_needs_an_api_and_an_address() -> None:
    assert vendor("mine", ProviderSettings(api="openai", url="http://gpu:8000/v1")).keyless
    with pytest.raises(SettingsError, match=r"providers\.mine\.api"):
        vendor("mine", ProviderSettings())
    with pytest.raises(SettingsError, match="'soap'"):
        open_provider("openai", "m", ProviderSettings(api="soap"), folder=Path())


def test_the_looser_way_to_ask_for_a_schema_counts() -> None:
    assert vendor("openai", ProviderSettings()).schema == "schema"
    assert vendor("deepseek", ProviderSettings()).schema == "json"
    assert vendor("deepseek", ProviderSettings(schema="prompt")).schema == "prompt"


def test_models_that_embed_one_text_a_call_are_given_one() -> None:
    assert texts_at_once("bedrock", "amazon.titan-embed-text-v2:0", ProviderSettings()) == 1
    assert texts_at_once("bedrock", "cohere.embed-english-v3", ProviderSettings()) == 96
    assert texts_at_once("openai", "text-embedding-3-small", ProviderSettings()) == 64
