"""Use case: what a model's answer about one item is worth, by the item's own words alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from firstfive.app.describing import ANSWER_TOKENS, FACT_TOKENS, check_answer
from firstfive.build.excerpt import MOST
from firstfive.build.facts import Answer, borne
from firstfive.build.rewriting import mended, passages
from firstfive.build.rules import Told
from firstfive.build.schema import read_schema
from firstfive.errors import UsageError

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Call, Reply
    from firstfive.prompts import Prompt
    from firstfive.types import Item


@dataclass(frozen=True, slots=True)
class ByItem:
    """How versions are tried on items. call: the question about one; value: what an answer is worth."""

    measure: str
    call: Callable[[Prompt, Item], Call]
    value: Callable[[Item, Reply], float]
    takes: Callable[[Item], bool] = lambda _: True


def _describing(project: Project) -> ByItem:
    schema = read_schema(project.settings.facts)
    if not schema:
        raise UsageError("no fact is declared, so describe has nothing to find; see `firstfive describe --propose`")

    def call(prompt: Prompt, item: Item) -> Call:
        return prompt.call(
            step="describe",
            check=partial(check_answer, schema),
            schema=schema.answer_schema(),
            max_tokens=ANSWER_TOKENS + FACT_TOKENS * len(schema.facts),
            title=item.title,
            text=item.text[:MOST],
            fields=schema.form(),
        )

    def value(item: Item, reply: Reply) -> float:
        good, stated = borne(schema, Told(item.title, item.text), Answer(reply.by, reply.value))
        return (good - (stated - good)) / len(schema.facts)

    return ByItem(
        "facts that an item's own words bear out, less those that they do not, of those declared", call, value
    )


def _rewriting(_project: Project) -> ByItem:
    def call(prompt: Prompt, item: Item) -> Call:
        return prompt.call(step="rewrite", text=passages(item.text)[0].text)

    def value(item: Item, reply: Reply) -> float:
        done = mended(passages(item.text)[0].text, item.title, {0: reply.text})
        return done.taken - done.invented

    measure = "passages in pieces whose rewrite is proved, less the share of sentences that are not"
    return ByItem(measure, call, value, lambda item: bool(passages(item.text)))


BY_ITEM: Mapping[str, Callable[[Project], ByItem]] = {"describe": _describing, "rewrite": _rewriting}
