# make setup   .venv from requirements.lock      make test    every test
# make demo    five good matches in a browser    make check   style and types
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$p && break; done)
UV ?= uv
BIN := .venv/bin
READY := .venv/.from-lock

.PHONY: setup demo test check bench lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "firstfive needs Python 3.11 to 3.14; install one, or: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "$(PYTHON) cannot make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing what requirements.lock names into .venv (a minute or two, once) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable .
	@touch $@

demo: setup
	@$(BIN)/firstfive demo

test: setup
	@$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile

check: setup
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary -p firstfive
	@$(BIN)/mypy --no-error-summary tests

bench: setup
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit; done

# Needs uv (https://docs.astral.sh/uv/). Versions and hashes only: no address of any index.
lock:
	$(UV) pip compile pyproject.toml --group dev --extra parquet --extra frames --extra providers --extra aws --extra local-llm --extra learn --extra multilingual --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --upgrade --output-file requirements.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build firstfive-demo
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
