"""Use case: list, label, roll back, compare and test prompts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from firstfive.errors import ModelError, NotFound, PromptError, SettingsError
from firstfive.prompts import LATEST, PRODUCTION, Prompts, judge, problems

if TYPE_CHECKING:
    from firstfive.app.wiring import Project
    from firstfive.ports import Call, Reply, Unit
    from firstfive.prompts import Prompt

FOLDER = "prompts"
"""Where the builder's own prompts are, in the project's folder."""

_LABEL = re.compile("[a-z][a-z0-9_-]{0,31}")


def project_prompts(project: Project) -> Prompts:
    """The project's prompts; labels are read from its store each time that one is asked for."""

    def labelled(label: str) -> Mapping[str, int]:
        with project.store.read() as unit:
            return unit.labels.get(label)

    return Prompts(project.folder / FOLDER, labelled)


@dataclass(frozen=True, slots=True)
class Listed:
    """A prompt by name. own: the versions that are the builder's. about and used_by are of the version in force."""

    name: str
    versions: tuple[int, ...]
    own: tuple[int, ...]
    production: int
    latest: int
    about: str
    used_by: str


def list_prompts(prompts: Prompts) -> list[Listed]:
    """Every prompt, by name."""
    return [_listed(prompts, name) for name in prompts.names()]


def _listed(prompts: Prompts, name: str) -> Listed:
    versions, used = prompts.versions(name), prompts.get(name)
    own = tuple(number for number, file in versions.items() if prompts.own and file.is_relative_to(prompts.own))
    return Listed(name, tuple(versions), own, used.version, max(versions), used.about, used.used_by)


def label(project: Project, name: str, version: int, label: str = PRODUCTION) -> Prompt:
    """Gives the label to a version, after checking it. Raises PromptError for a faulty one; then nothing changes."""
    if label == LATEST or not _LABEL.fullmatch(label):
        raise PromptError(
            f"{label!r} cannot be given: a label is a lower-case word, and {LATEST!r} is always the highest version"
        )
    prompt = _sound(project.prompts, name, version)
    project.store.write(lambda unit: unit.labels.put(name, label, version))
    return prompt


def rollback(project: Project, name: str, label: str = PRODUCTION) -> Prompt:
    """Gives the label back to the version that had it before; a second time, forward again. NotFound without one."""
    prompts = project.prompts
    first = [prompts.default(name)] if label == PRODUCTION else []

    def back(unit: Unit) -> Prompt:
        history = [*unit.labels.history(name, label), *first]
        before = next((version for version in history[1:] if version != history[0]), None)
        if before is None:
            raise NotFound(
                f"the prompt {name} has no earlier version with the label {label} to go back to; "
                f"see `firstfive prompt list`",
                code="not_found.prompt",
            )
        prompt = _sound(prompts, name, before)
        unit.labels.put(name, label, before)
        return prompt

    return project.store.write(back)


def _sound(prompts: Prompts, name: str, version: int) -> Prompt:
    prompt = prompts.get(f"{name}@{version}")
    if wrong := problems(prompt):
        raise PromptError(wrong[0])
    return prompt


def diff(prompts: Prompts, name: str, before: str, after: str) -> list[str]:
    """The lines of a unified diff of two versions' files; none where they are alike."""
    one, other = prompts.get(f"{name}@{before}"), prompts.get(f"{name}@{after}")
    old, new = (Path(prompt.file).read_text("utf-8").splitlines() for prompt in (one, other))
    return list(difflib.unified_diff(old, new, one.name_and_digest, other.name_and_digest, lineterm=""))


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test found. problems need no model; wrong has each example's faults in order, where a
    model was asked; model names those that answered.
    """

    prompt: str
    problems: Sequence[str]
    model: str
    wrong: Sequence[Sequence[str]]
    cost_usd: float

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems and not any(self.wrong)


def run_examples(project: Project, wanted: str, *, model: str = "", fresh: bool = False) -> Tested:
    """Checks a prompt, and then runs its worked examples through a model, where one is set and the prompt is sound.

    Raises ModelError where the model gave no answer at all, and SettingsError for a model where none can be asked.
    """
    prompt = project.prompts.get(wanted)
    found = problems(prompt)
    gateway = project.gateway
    if model and gateway is None:
        raise SettingsError(f"models.llm is empty, so {model} cannot be asked; set it, or add --set models.llm={model}")
    if found or gateway is None:
        return Tested(prompt.name_and_digest, found, "", (), 0.0)
    calls = [prompt.example_call(number) for number in range(len(prompt.examples))]
    replies = gateway.many(
        calls,
        deadline_s=project.settings.models.timeout_s * max(1, len(calls)),
        models=(model,) if model else (),
        fresh=fresh,
    )
    return _judged(prompt, calls, replies)


def _judged(prompt: Prompt, calls: Sequence[Call], replies: Sequence[Reply | ModelError]) -> Tested:
    wrong: list[list[str]] = []
    spent = 0.0
    for example, call, reply in zip(prompt.examples, calls, replies, strict=True):
        if isinstance(reply, ModelError):
            if reply.code != "model.reply":
                raise reply
            wrong.append([str(reply)])
            continue
        spent += reply.cost_usd
        wrong.append(judge(prompt, example, call, _chosen(call, reply)))
    models = sorted({reply.model for reply in replies if not isinstance(reply, ModelError)})
    return Tested(prompt.name_and_digest, (), ", ".join(models), wrong, spent)


def _chosen(call: Call, reply: Reply) -> str:
    """The answer as text; of choices the likeliest, where the model says how likely each is."""
    if call.choices and reply.logprobs:
        return max(call.choices, key=lambda choice: reply.logprobs.get(choice, float("-inf")))
    return reply.text.strip()
