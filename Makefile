# Each target is one line that calls one tool; `install` is what all of them need.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV_VERSION := 0.13.9
# Workspaces that were made here are not among them.
OURS := src tests docs benchmarks examples

.PHONY: install run test check bench clean

install: .venv/installed

.venv/installed: pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Studiolo needs Python 3.11 or later with the venv module."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv sync --quiet --frozen --compile-bytecode
	$(BIN)/python -m compileall -q src
	touch $@

run: install
	test -e out/my-workspace || $(BIN)/studiolo new out/my-workspace
	$(BIN)/studiolo run out/my-workspace/experiments/rank-features

# The sandbox's own tests watch processors and memory, so they have the machine to themselves.
test: install check
	$(BIN)/pytest -n 2 --dist loadfile tests/unit tests/e2e tests/browser && $(BIN)/pytest tests/integration

check: install
	$(BIN)/ruff format --check $(OURS) && $(BIN)/ruff check $(OURS) && $(BIN)/mypy && $(BIN)/lint-imports

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv out
