# `make demo` and `make test` do all the set-up on a fresh Debian 12 with Python 3.11, git and make.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: help demo test check bench lock wheel clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(VENV)
	@touch $@

demo: $(READY)  ## make a class of linear_models notebooks and grade it
	$(PY) -m reference_solutions.demo_class make demo
	$(VENV)/bin/dlgrade grade linear_models --course demo --jobs 2 --cell-limit 5
	$(PY) -m reference_solutions.demo_class verify demo

test: $(READY)  ## all tests
	$(PY) -m pytest

check: $(READY)  ## lint, format, types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

bench: $(READY)  ## the same class with nbgrader and with dlgrade, in turn
	$(PY) -m benchmarks.against_nbgrader $(ARGS)

lock: $(READY)  ## renew requirements.lock from pyproject.toml
	$(PY) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra staff --extra dev pyproject.toml -o requirements.lock

wheel: $(READY)  ## the students' wheel: no solutions, no unseen inputs
	$(PY) -m hatchling build -t wheel

clean:  ## remove what the commands above made
	rm -rf $(VENV) demo dist .mypy_cache .ruff_cache .pytest_cache
