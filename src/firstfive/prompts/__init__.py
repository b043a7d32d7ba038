"""Prompts as files: text in Jinja2, the answer's form, worked examples, a version and labels.

    prompts.get("describe")  ─▶  Prompt ─call(title=..., text=...)─▶ Call ─▶ the gateway

What a prompt is given from outside can only be shown between data marks that it cannot forge: a file that shows it in
any other way is refused. Jinja2 is imported when the first prompt is rendered.
"""

from firstfive.prompts.canary import leaks
from firstfive.prompts.examples import Example, judge, problems
from firstfive.prompts.prompt import Prompt
from firstfive.prompts.registry import LATEST, PRODUCTION, Prompts

__all__ = ["LATEST", "PRODUCTION", "Example", "Prompt", "Prompts", "judge", "leaks", "problems"]
