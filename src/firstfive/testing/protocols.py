"""How real providers put an answer on the wire: one record a protocol.

Each reads what was asked from the request's body and writes what was said (`Said`) as that provider does.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from firstfive.testing.faults import Said
from firstfive.testing.wire import Asked, Wire
from firstfive.types import digest

__all__ = ["PROTOCOLS", "Answer", "Protocol", "fitting", "smallest", "words"]

Body: TypeAlias = dict[str, Any]
Answer: TypeAlias = Callable[[Body], "str | Said"]
"""From a request's body to the text of its answer, or all of it."""

COUNTED = ("x-compute-tokens", "x-amzn-bedrock-input-token-count")
"""Headers in which Text Embeddings Inference and Bedrock say how many tokens they read."""


class Protocol(NamedTuple):
    """read: what is said to a body, by the test's answer. put: that as the JSON of the reply."""

    read: Callable[[Body, Answer, int], Said]
    put: Callable[[Body, Said], Any]

    def answer(self, body: Body, answer: Answer, size: int) -> Said:
        """What is said; vectors have `size` numbers."""
        return self.read(body, answer, size)

    def wire(self, asked: Asked, said: Said) -> Wire:
        """The reply as a fault-free provider sends it; what was read is counted in the headers of those that do so."""
        counted = str(said.input_tokens)
        headers = (("x-request-id", "loopback-1"), *((name, counted) for name in COUNTED if said.input_tokens))
        return Wire(json.dumps(self.put(asked.json, said), separators=(",", ":")).encode(), headers=headers)


def words(body: Any) -> str:
    """Everything that a person or a system said in a request's body, whatever its protocol, one part a line."""
    return "\n".join(_strings(body))


def _strings(value: Any, said: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if said else []
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _strings(part, name in {"content", "text", "inputs", "input", "system", "query", "texts"})
    elif isinstance(value, Sequence):
        for part in value:
            yield from _strings(part, said)


def smallest(body: Body) -> Said:
    """The smallest right answer: a value of the schema that was asked for, else "yes", with its log-probabilities."""
    schema = _schema(body)
    text = json.dumps(fitting(schema)) if schema else "yes"
    return Said(text, logprobs={"yes": -0.105, "no": -2.303})


def _schema(body: Body) -> Mapping[str, Any]:
    """The JSON Schema in a request of any protocol; empty where there is none."""
    asked = body.get("response_format") or (body.get("parameters") or {}).get("grammar") or {}
    openai = (asked.get("json_schema") or {}).get("schema") or asked.get("value")
    anthropic = ((body.get("output_config") or {}).get("format") or {}).get("schema")
    bedrock = (((body.get("outputConfig") or {}).get("textFormat") or {}).get("structure") or {}).get("jsonSchema")
    return openai or anthropic or (json.loads(bedrock["schema"]) if bedrock else {}) or _told(body)


def _told(body: Body) -> Mapping[str, Any]:
    """A JSON Schema that stands on a line of its own in what was said."""
    for line in words(body).splitlines():
        if line.startswith('{"') and line.endswith("}"):
            with suppress(ValueError):
                found = json.loads(line)
                return found if {"type", "properties"} & set(found) else {}
    return {}


def fitting(schema: Mapping[str, Any]) -> Any:
    """A smallest value that fits a JSON Schema of the kinds that prompts use."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return fitting(schema["anyOf"][0])
    kind = schema.get("type", "string")
    return _SMALLEST[kind[0] if isinstance(kind, list) else kind](schema)


_SMALLEST: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "object": lambda schema: {name: fitting(part) for name, part in schema.get("properties", {}).items()},
    "array": lambda schema: [fitting(schema["items"])] * schema.get("minItems", 0),
    "string": lambda schema: "x" * schema.get("minLength", 0),
    "integer": lambda schema: schema.get("minimum", 0),
    "number": lambda schema: schema.get("minimum", 0),
    "boolean": lambda _: True,
    "null": lambda _: None,
}


# --- text -------------------------------------------------------------------------------------------------------------


def _complete(body: Body, answer: Answer, _: int) -> Said:
    said = answer(body)
    return Said(said) if isinstance(said, str) else said


def _chat(body: Body, said: Said) -> Body:
    """OpenAI's chat completion."""
    message = {"role": "assistant", "content": None if said.refusal else said.text, "refusal": said.refusal or None}
    choice: Body = {"index": 0, "message": message, "finish_reason": "stop" if said.ended else "length"}
    if body.get("logprobs"):
        choice["logprobs"] = {"content": [_token(said)], "refusal": None}
    whole: Body = {
        "id": "c-1",
        "object": "chat.completion",
        "created": 1,
        "model": _model(body),
        "choices": [choice],
    }
    return _with_usage(whole, said, "prompt_tokens", "completion_tokens")


def _token(said: Said) -> Body:
    ranked = sorted(said.logprobs.items(), key=lambda each: -each[1])
    top = [{"token": token, "logprob": value, "bytes": list(token.encode())} for token, value in ranked]
    first: Body = top[0] if top else {"token": said.text[:3], "logprob": -0.01, "bytes": None}
    return {**first, "top_logprobs": top}


def _with_usage(whole: Body, said: Said, given: str, written: str) -> Body:
    if said.input_tokens is None:
        return whole
    usage = {
        given: said.input_tokens,
        written: said.output_tokens,
        "total_tokens": said.input_tokens + said.output_tokens,
    }
    return {**whole, "usage": usage}


def _model(body: Body) -> str:
    return str(body.get("model", ""))


# --- vectors and scores -----------------------------------------------------------------------------------------------


def vector(text: str, size: int) -> tuple[float, ...]:
    """The sum of a fixed direction a word: texts that share words are alike. Unit length."""
    total = np.sum([_direction(word, size) for word in re.findall(r"\w+", text.casefold()) or [text]], axis=0)
    return tuple(float(number) for number in total / np.linalg.norm(total))


@cache
def _direction(word: str, size: int) -> Any:
    drawn = np.random.default_rng(int(digest(word)[:12], 16)).standard_normal(size)
    return drawn / np.linalg.norm(drawn)


def _vectors(texts: Sequence[str], size: int) -> Said:
    return Said(vectors=tuple(vector(text, size) for text in texts), input_tokens=sum(len(t.split()) for t in texts))


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _embed(body: Body, _: Answer, size: int) -> Said:
    return _vectors(_texts(body.get("input")), body.get("dimensions") or size)


def _embeddings(body: Body, said: Said) -> Body:
    """OpenAI's embeddings, as numbers or as base64 of 32-bit floats."""
    packed = body.get("encoding_format") == "base64"
    rows = [base64.b64encode(struct.pack(f"<{len(row)}f", *row)).decode() if packed else row for row in said.vectors]
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in enumerate(rows)]
    whole = {"object": "list", "model": _model(body), "data": data}
    return _with_usage(whole, replace(said, output_tokens=0), "prompt_tokens", "completion_tokens")


def _rank(body: Body, _: Answer, __: int) -> Said:
    """Scores by how much of the words a text shares with the question."""
    asked = vector(str(body.get("query", "")), RANK_SIZE)
    texts = _texts(body.get("documents") or body.get("texts"))
    found = tuple(float(np.dot(asked, vector(text, RANK_SIZE))) for text in texts)
    return Said(scores=found, input_tokens=sum(len(text.split()) for text in texts))


def _ranking(_: Body, said: Said) -> Body:
    """Cohere's results, best first, as vLLM and others have them too."""
    ranked = sorted(enumerate(said.scores), key=lambda each: -each[1])
    whole = {"id": "r-1", "results": [{"index": place, "relevance_score": score} for place, score in ranked]}
    return _with_usage(whole, replace(said, output_tokens=0), "prompt_tokens", "completion_tokens")


def _tei_ranking(_: Body, said: Said) -> list[Body]:
    ranked = sorted(enumerate(said.scores), key=lambda each: -each[1])
    return [{"index": place, "score": score} for place, score in ranked]


def _tei_vectors(body: Body, _: Answer, size: int) -> Said:
    return _vectors(_texts(body.get("inputs")), size)


# --- Anthropic and Amazon ---------------------------------------------------------------------------------------------


def _message(body: Body, said: Said) -> Body:
    """Anthropic's message; a refusal is its stop reason."""
    reason = "refusal" if said.refusal else "end_turn" if said.ended else "max_tokens"
    content = [] if said.refusal else [{"type": "text", "text": said.text}]
    whole: Body = {"id": "msg-1", "type": "message", "role": "assistant", "model": _model(body), "content": content}
    whole |= {"stop_reason": reason, "stop_sequence": None}
    if said.input_tokens is not None:
        whole["usage"] = {"input_tokens": said.input_tokens, "output_tokens": said.output_tokens}
    return whole


def _converse(_: Body, said: Said) -> Body:
    """Bedrock's Converse."""
    reason = "content_filtered" if said.refusal else "end_turn" if said.ended else "max_tokens"
    message = {"role": "assistant", "content": [{"text": said.refusal or said.text}]}
    whole: Body = {"output": {"message": message}, "stopReason": reason, "metrics": {"latencyMs": 1}}
    if said.input_tokens is not None:
        total = said.input_tokens + said.output_tokens
        whole["usage"] = {"inputTokens": said.input_tokens, "outputTokens": said.output_tokens, "totalTokens": total}
    return whole


def _invoked(body: Body, answer: Answer, size: int) -> Said:
    if "query" in body:
        return _rank(body, answer, size)
    return _vectors(_texts(body.get("inputText") or body.get("texts") or _nova(body)), size)


def _nova(body: Body) -> str:
    return str(((body.get("singleEmbeddingParams") or {}).get("text") or {}).get("value", ""))


def _invocation(body: Body, said: Said) -> Body:
    """Bedrock's InvokeModel: Cohere's, Nova's and Titan's forms."""
    if "query" in body:
        return _ranking(body, said)
    if "texts" in body:
        return {"embeddings": {"float": said.vectors}, "id": "e-1", "response_type": "embeddings_by_type"}
    if "taskType" in body:
        return {"embeddings": [{"embeddingType": "TEXT", "embedding": row} for row in said.vectors]}
    return {"embedding": said.vectors[0] if said.vectors else [], "inputTextTokenCount": said.input_tokens}


def _endpoint(body: Body, answer: Answer, size: int) -> Said:
    """What a SageMaker endpoint is asked depends on its container."""
    if isinstance(body.get("inputs"), list):
        return _tei_vectors(body, answer, size)
    return _rank(body, answer, size) if "query" in body else _complete(body, answer, size)


def _container(body: Body, said: Said) -> Any:
    """TGI's messages API, text generation, or Text Embeddings Inference."""
    if isinstance(body.get("inputs"), list):
        return said.vectors
    if "query" in body:
        return _tei_ranking(body, said)
    return _chat(body, said) if "messages" in body else [_generated(body, said)]


def _generated(body: Body, said: Said) -> Body:
    details: Body = {"finish_reason": "eos_token" if said.ended else "length", "generated_tokens": said.output_tokens}
    details["prefill"] = [{"id": 1, "text": "a"}] * int(said.input_tokens or 0)
    ranked = sorted(said.logprobs.items(), key=lambda each: -each[1])
    details["top_tokens"] = [[{"id": 1, "text": token, "logprob": value} for token, value in ranked]]
    details["tokens"] = details["top_tokens"][0][:1]
    whole: Body = {"generated_text": said.refusal or said.text}
    return {**whole, "details": details} if (body.get("parameters") or {}).get("details") else whole


RANK_SIZE = 64
PROTOCOLS: tuple[tuple[str, Protocol], ...] = (
    (r"/chat/completions$", Protocol(_complete, _chat)),
    (r"/embeddings$", Protocol(_embed, _embeddings)),
    (r"/v1/messages$", Protocol(_complete, _message)),
    (r"^/model/[^/]+/converse$", Protocol(_complete, _converse)),
    (r"^/model/[^/]+/invoke$", Protocol(_invoked, _invocation)),
    (r"^/endpoints/[^/]+/invocations$", Protocol(_endpoint, _container)),
    (r"/v\d+/rerank$", Protocol(_rank, _ranking)),
    (r"/embed$", Protocol(_tei_vectors, lambda _, said: said.vectors)),
    (r"/rerank$", Protocol(_rank, _tei_ranking)),
)
"""By the path; the first that fits."""
