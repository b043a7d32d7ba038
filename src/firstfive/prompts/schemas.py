"""Whether a value has the form that a JSON Schema asks for. References to other documents are never followed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs
import msgspec

from firstfive.errors import PromptError

MOST = 5
"""Misfits that are told of one value."""
LONGEST = 200
"""Characters of a misfit: names come from the value, which may be anything."""


def misfits(schema: Mapping[str, Any], value: object) -> list[str]:
    """What does not fit, as "/place: it is ...", at most MOST; empty where it fits. Does not tell the value.

    Raises PromptError where the schema itself is not one.
    """
    try:
        errors = _validator(msgspec.json.encode(schema)).iter_errors(value)
        return [
            f"/{'/'.join(map(str, error.instance_path))}: {error.message}"[:LONGEST] for error in islice(errors, MOST)
        ]
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as wrong:
        raise PromptError(f"the schema is not valid JSON Schema: {wrong}; correct it") from wrong


def _refused(uri: str) -> Any:
    raise ValueError(f"{uri} is another document; put it under $defs")


@lru_cache(maxsize=64)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        msgspec.json.decode(schema), retriever=_refused, mask="it", pattern_options=jsonschema_rs.RegexOptions()
    )
