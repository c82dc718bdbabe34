# Two commands do everything on a fresh machine (make, and Python 3.11, 3.12 or 3.13): make demo, make test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= auto
READY := $(VENV)/.ready
LOCK := requirements.lock
UV_LOCK := requirements-uv.lock
LOCK_FLAGS ?=
# As many tests as there are cores run at once, so each of them gets one.
ONE_CORE := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1

# Certificates of the system, to which a company's or a school's proxy has added its own.
export UV_SYSTEM_CERTS ?= true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test quick-test explore test-processors test-oldest test-pythons coverage bench lint docs check-docs site lock changelog dist clean

demo: $(READY)  ## all eight experiments on embedded samples, in a few minutes, then one page about them
	NNLAB_OFFLINE=1 $(BIN)/nnlab reproduce --quick

test: $(READY)  ## run all tests
	$(ONE_CORE) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

quick-test: $(READY)  ## run what neither trains nor starts processes, for daily work
	$(ONE_CORE) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow"

explore: $(READY)  ## quick-test, with new random examples in the property tests
	$(ONE_CORE) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow" \
	    --hypothesis-profile "new examples"

# Processors without AVX-512, or without AVX, round otherwise.
test-processors: test-processor-AVX2 test-processor-SSE41  ## train as on processors without AVX-512, and without AVX

test-processor-%: $(READY)
	ONEDNN_MAX_CPU_ISA=$* $(ONE_CORE) $(BIN)/python -m pytest -n 0 tests/training

test-oldest: $(READY)  ## quick-test with the oldest versions that setup.cfg allows, on Python 3.11
	$(call new-environment,3.11,$(VENV)-oldest)
	$(BIN)/uv pip compile --quiet --no-config --resolution lowest-direct --python-version 3.11 \
	    --extra dev setup.cfg -o $(VENV)-oldest/pins.txt
	$(call quick-test-in,$(VENV)-oldest,-r $(VENV)-oldest/pins.txt)

test-pythons: test-python-3.12 test-python-3.13  ## quick-test with each of these Pythons

test-python-%: $(READY)
	$(call new-environment,$*,$(VENV)-$*)
	$(call quick-test-in,$(VENV)-$*,--require-hashes -r $(LOCK))

# $(1): version of an installed Python; $(2): folder
new-environment = $(BIN)/uv venv --quiet --no-config --clear --no-python-downloads --python $(1) $(2)

# $(1): folder of the environment; $(2): what to install
define quick-test-in
	$(BIN)/uv pip install --quiet --no-config --python $(1) $(2)
	$(BIN)/uv pip install --quiet --no-config --python $(1) --no-build-isolation --no-deps --editable .
	$(ONE_CORE) $(1)/bin/python -m pytest -n $(JOBS) --dist loadgroup -m "not slow"
endef

coverage: $(READY)  ## run all tests, or TESTS='tests/cli', and print the lines that none runs; fails under 95 %
	$(ONE_CORE) $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup --cov --cov-report term $(TESTS)

bench: $(READY)  ## run all benchmarks, keep the figures, print those of the version before beside them
	$(BIN)/uv pip install --quiet --no-config --python $(BIN)/python --target $(VENV)-bench scikit-learn
	$(BIN)/python tools/bench.py

lint: $(READY)  ## style, spelling, types, names of changelog fragments
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy
	$(BIN)/towncrier build --draft

docs: $(READY)  ## write the generated parts of the docs again
	$(BIN)/cog -r docs/cli.md docs/design.md docs/exporting.md

check-docs: $(READY)  ## fail where the generated parts of the docs are stale
	$(BIN)/cog --check --diff docs/cli.md docs/design.md docs/exporting.md

site: $(READY)  ## build the documentation site into site/, notebooks executed, links checked
	$(BIN)/python docs/site/stage.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

changelog: $(READY)  ## move the fragments of changelog.d into CHANGELOG.md, under the version in setup.cfg
	$(BIN)/towncrier build --yes

dist: $(READY)  ## build sdist and wheel, check both, ask all networks of the installed wheel; minutes
	rm -rf dist build *.egg-info
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist
	$(BIN)/python tools/check_dist.py dist

lock: $(READY)  ## pin what setup.cfg asks for; pins that still fit stay, unless LOCK_FLAGS=--upgrade
	$(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" $(LOCK_FLAGS) --extra dev setup.cfg -o $(LOCK)
	echo uv | $(BIN)/uv pip compile --quiet --no-config --python-version 3.11 --generate-hashes \
	    --custom-compile-command "make lock" --constraint $(LOCK) -o $(UV_LOCK) -

# uv installs several times as fast as pip. pip follows if uv fails, because it has settings of its
# own: the address of a company's package index, for example.
# --no-build-isolation: pip would fetch the build backend without regard to the lock.
$(READY): $(LOCK) $(UV_LOCK) setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; here = sys.version_info[:2]; (3, 11) <= here < (3, 14) or sys.exit( \
	    "nnlab needs Python 3.11, 3.12 or 3.13, and this is %d.%d; name another one, such as:" \
	    " make PYTHON=python3.13" % here)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement $(UV_LOCK)
	$(BIN)/uv pip install --quiet --no-config --no-cache --python $(BIN)/python --require-hashes \
	    --requirement $(LOCK) \
	    || $(BIN)/python -m pip install --quiet --require-hashes --requirement $(LOCK)
	$(BIN)/python -m pip install --quiet --no-build-isolation --no-deps --editable .
	touch $@

clean:  ## remove what make made (not the runs)
	rm -rf $(VENV) $(VENV)-* .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist site *.egg-info
