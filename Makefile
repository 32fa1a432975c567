# make setup, then make demo or make test. Everything else is for who changes the code.
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help setup test torture bench demo lint types floors check format docs lock build

help:            ## this list
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/' | expand -t 12

setup: .venv/.ready   ## make .venv with everything pinned; instant when nothing changed

.venv/.ready: pyproject.toml requirements-dev.txt .ci/setup
	@.ci/setup

demo: setup      ## plan, apply, change one person and roll back, in a copy of the sample company
	@PATH="$(CURDIR)/.venv/bin:$$PATH" sh docs/demo.sh

test: setup      ## all tests
	@$(PY) -m pytest -n auto --dist loadfile

torture: setup   ## 10,000 kills and 1,000 histories of 100 appends; an hour or more
	@DANI_KILLS=$${DANI_KILLS:-10000} DANI_HISTORIES=$${DANI_HISTORIES:-1000} DANI_APPENDS=$${DANI_APPENDS:-100} \
	    $(PY) -m pytest -q tests/trust/test_crash_matrix.py tests/trust/test_histories.py

bench: setup     ## what all takes beside a bare script and other programs; SIZES=1000 VENDORS=sqlite for less
	@$(PY) -m tests.bench $(if $(SIZES),--sizes $(SIZES)) $(if $(VENDORS),--vendors $(VENDORS)) $(if $(RUNS),--runs $(RUNS)) \
	    $(if $(OUT),--out $(OUT))

lint: setup      ## ruff: rules and format; text leaves through sinks only
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) .ci/sinks.py

types: setup     ## mypy, strict
	@$(PY) -m mypy

floors: setup    ## who may import whom
	@.venv/bin/lint-imports

check: lint types floors test   ## everything that CI checks

format: setup    ## let ruff tidy the code
	@$(PY) -m ruff check --fix-only .
	@$(PY) -m ruff format .

docs: setup      ## write reference pages, pictures and the output in examples anew
	@$(PY) docs/generate.py --examples

build: setup     ## sdist and wheel into dist/
	@$(PY) -m build --no-isolation

lock: setup      ## pin dependencies anew, with hashes and without addresses
	@.ci/lock
