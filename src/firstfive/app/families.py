"""Which family of models a name stands for: a judge of the reranker's own family may like what its sibling put first.

alike("openai:gpt-5-mini", "azure:gpt-4o")      -> True
alike("openai:gpt-5-mini", "anthropic:haiku")   -> False
"""

from __future__ import annotations

import re

FAMILIES: dict[str, tuple[str, ...]] = {
    "gpt": ("gpt", "chatgpt", "davinci", "o1", "o3", "o4"),
    "claude": ("claude", "opus", "sonnet", "haiku"),
    "gemini": ("gemini", "gemma"),
    "llama": ("llama", "vicuna", "alpaca"),
    "qwen": ("qwen", "qwq"),
    "mistral": ("mistral", "mixtral", "ministral", "codestral", "magistral", "devstral", "pixtral"),
    "deepseek": ("deepseek",),
    "phi": ("phi",),
    "command": ("command", "aya"),
    "nova": ("nova", "titan"),
    "grok": ("grok",),
    "granite": ("granite",),
    "glm": ("glm", "chatglm"),
    "kimi": ("kimi", "moonshot"),
    "minicpm": ("minicpm",),
    "smollm": ("smollm",),
}
"""Families by the words that their models' names begin with. A model that was made from another has both names."""
OWN = {
    "openai": "gpt",
    "azure": "gpt",
    "anthropic": "claude",
    "gemini": "gemini",
    "mistral": "mistral",
    "deepseek": "deepseek",
    "xai": "grok",
}
"""Providers that serve their own family alone, whatever a model is called."""


def families(model: str) -> frozenset[str]:
    """The families of "PROVIDER:MODEL"; empty where the name does not say."""
    provider, _, name = model.partition(":")
    words = re.findall(r"[a-z]+[0-9]?|[0-9]+", name.casefold())
    found = {
        family
        for family, starts in FAMILIES.items()
        if any(
            word == start if len(start) < 4 else word.startswith(start) for word in _plain(words) for start in starts
        )
    }
    return frozenset(found or {OWN[provider]} if provider in OWN else found)


def alike(one: str, other: str) -> bool:
    """Whether two models are of one family, or the names of both do not say and the provider is the same."""
    if one == other:
        return True
    theirs, others = families(one), families(other)
    if theirs and others:
        return bool(theirs & others)
    return one.partition(":")[0] == other.partition(":")[0]


def _plain(words: list[str]) -> list[str]:
    """Each word with and without its figure: "o3" is a name, "qwen2" is qwen's second."""
    return [form for word in words for form in (word, word.rstrip("0123456789")) if form]
