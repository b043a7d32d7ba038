"""The worked examples of the shipped prompts: each answer passes the very check that a model's answer goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from firstfive.app.coverage import declarable
from firstfive.app.describing import check_answer
from firstfive.app.judges import checked
from firstfive.app.seekers import quotes
from firstfive.ask import read
from firstfive.build import facts as drawing
from firstfive.build.choosing import check_choice
from firstfive.build.describe import passages
from firstfive.build.evidence import Alike
from firstfive.build.rewriting import mended
from firstfive.build.rules import Told
from firstfive.build.schema import Schema, read_schema
from firstfive.measure import Ask
from firstfive.models import minilm
from firstfive.ports import Reply
from firstfive.prompts import Example, Prompts
from firstfive.rank import claims, fit
from firstfive.settings import FactSettings
from firstfive.types import Fact, Item, ItemId, Request, StampId, Value


def alike() -> Alike:
    """How alike two texts are, by the built-in embedder."""
    embedder = minilm()

    def cosine(one: str, other: str) -> float:
        left, right = embedder.embed([one, other])
        return float(left @ right)

    return cosine


def check_describe(example: Example) -> None:
    """The words that each fact of the answer quotes bear it out: the text states it, or the title lets infer it."""
    form = {name: FactSettings(**given) for name, given in example.values["fields"].items()}
    schema = read_schema(form)
    said = check_answer(schema, json.loads(example.answer))
    told = Told(example.values["title"], example.values["text"])
    drawn = drawing.draw(schema, told, {}, drawing.Answer("model", said), alike())
    by_model = [fact for fact in drawn if fact.by == "model" or fact.how == "stated"]
    assert drawing.as_fields(schema, by_model) == {
        name: _value(schema, name, one["value"]) for name, one in said.items()
    }
    assert all(_quoted(told, said[fact.name]["quote"], fact) for fact in by_model)


def _value(schema: Schema, name: str, value: Any) -> Value:
    """The value as a field has it."""
    if schema.by_name[name].kind in {"list", "place"}:
        return tuple(value) if isinstance(value, list) else (value,)
    return value  # type: ignore[no-any-return]


def _quoted(told: Told, quote: str, fact: Fact) -> bool:
    """Whether the fact's span is in the quote's sentence; a fact of the title has none."""
    return quote in told.title if fact.span is None else quote in told.text


def check_judge(example: Example) -> None:
    """The grade is one of the rubric, and a grade above 0 quotes the item's own words."""
    said = json.loads(example.answer)
    asked = Ask("example", example.values["request"], example.values["item"], example.values["turned"])
    assert checked(asked)(said) == said


def check_propose(example: Example) -> None:
    """Every fact of the answer can be declared as it stands."""
    for raw in json.loads(example.answer)["facts"]:
        found = declarable(raw, "model")
        assert found is not None
        assert found.name == raw["name"]
        assert found.settings.values == tuple(raw["values"])


def check_reason(example: Example) -> None:
    """Both quotes stand in their texts and speak of one thing, and no word of the sentence is anybody else's."""
    request, text = example.values["request"], example.values["item"]
    said = json.loads(example.answer)
    item = Item(ItemId("a"), "", text, passages(text), {}, StampId("s"))
    both = claims.pair(said["said"], said["says"], request, read(Request(request)).wishes, item)
    assert isinstance(both, claims.Pair)
    assert claims.supported(both, None)
    assert claims.unsupported(said.get("because", ""), both) == ""


def check_rerank(example: Example) -> None:
    """The answer is a score."""
    grade = example.answer if example.answer in {"yes", "no"} else json.loads(example.answer)
    assert 0 <= fit(Reply("model", example.answer, value=grade)) <= 1


def check_rewrite(example: Example) -> None:
    """The source bears out every sentence, no fact is lost, and the rewrite is taken."""
    done = mended(example.values["text"], "", {0: example.answer})
    assert [doubt for one in done.judged for doubt in one.doubts] == []
    assert done.text == example.answer
    assert (done.taken, done.invented, done.lost) == (1, 0.0, 0.0)


def check_seek(example: Example) -> None:
    """The request neither names nor quotes the item."""
    text = example.values["item"]
    asked = json.loads(example.answer)["request"]
    assert asked
    assert not quotes(asked, Item(ItemId("a"), text.partition("\n")[0][:40], text, (), {}, StampId("s")))


def check_select(example: Example) -> None:
    """The answer names numbers that there are, each once."""
    assert check_choice(len(example.values["sentences"]), json.loads(example.answer))


CHECKS: Mapping[str, Callable[[Example], None]] = {
    "describe": check_describe,
    "judge": check_judge,
    "propose": check_propose,
    "reason": check_reason,
    "rerank": check_rerank,
    "rewrite": check_rewrite,
    "seek": check_seek,
    "select": check_select,
}
EXAMPLES = [
    (f"{name}@{version}", number)
    for name in Prompts().names()
    for version in Prompts().versions(name)
    for number in range(len(Prompts().get(f"{name}@{version}").examples))
]


@pytest.mark.parametrize(("prompt", "number"), EXAMPLES)
def test_the_worked_example_of_a_shipped_prompt_passes_the_check_of_its_answers(prompt: str, number: int) -> None:
    CHECKS[prompt.partition("@")[0]](Prompts().get(prompt).examples[number])
