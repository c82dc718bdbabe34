# Two commands do everything on a fresh machine (Python 3.11 or newer, make): make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto
READY := $(VENV)/.ready

.PHONY: demo test quick-test test-processors lint docs check-docs site clean

demo: $(READY)  ## all eight experiments on embedded samples, in a few minutes, then one page about them
	NNLAB_OFFLINE=1 $(BIN)/nnlab reproduce --quick

test: $(READY)  ## run all tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

quick-test: $(READY)  ## run what takes seconds, for daily work
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow"

test-processors: $(READY)  ## train as on processors without AVX-512, and without AVX: they round otherwise
	for isa in AVX2 SSE41; do \
	    ONEDNN_MAX_CPU_ISA=$$isa $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup \
	        tests/training || exit 1; \
	done

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY)  ## write the generated parts of the docs again
	$(BIN)/cog -r docs/cli.md docs/design.md

check-docs: $(READY)  ## fail where the generated parts of the docs are stale
	$(BIN)/cog --check --diff docs/cli.md docs/design.md

site: $(READY)  ## build the documentation site into site/, notebooks executed, links checked
	$(BIN)/python docs/site/stage.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

$(READY): setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

clean:  ## remove what make made (not the runs)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info site
