# `make demo` and `make test` do all the set-up on a fresh Debian 12 with Python 3.11, git and make.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

# How `dlgrade images build` reaches packages; `make test IMAGE="--base debootstrap"` adds to it.
IMAGE := --network host

.PHONY: help demo demo-all test nightly nightly-report check image doctor conformance bench lock wheel clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(VENV)
	@touch $@

demo: $(READY)  ## twelve students in each of two notebooks, graded; without containers, linear_models alone
demo-all: $(READY)  ## the same with everybody, in every notebook: half an hour
demo-all: EVERYBODY := --all
demo demo-all:
	-$(VENV)/bin/dlgrade images build --if-engine $(IMAGE)
	$(PY) -m reference_solutions.demo_class make $@ $(EVERYBODY)
	$(VENV)/bin/dlgrade grade linear_models --course $@ --jobs 2 --cell-limit 5
	if $(VENV)/bin/dlgrade images list 2>/dev/null | grep -q ':cpu.* yes *$$'; then \
	  for n in `$(PY) -m reference_solutions.demo_class trained $@`; do \
	    $(VENV)/bin/dlgrade grade $$n --course $@ --jobs 2 || exit 1; done; fi
	$(PY) -m reference_solutions.demo_class verify $@

test: image  ## what a commit must pass, in minutes; tests of containers only where an Engine answers
	$(PY) -m pytest $(ARGS)

nightly: image  ## what `make test` leaves out: PART=name, or all that were not run for longest, 90 minutes
	$(PY) -m tests.nightly $(if $(PART),run $(PART),all)

nightly-report: $(READY)  ## when each part of the night last passed, on which commit
	$(PY) -m tests.nightly report

image: $(READY)  ## the image that notebooks run in, where an Engine answers
	$(VENV)/bin/dlgrade images build --if-engine $(IMAGE)

doctor: image  ## attack the sandbox as a hostile notebook would
	$(VENV)/bin/dlgrade doctor

check: $(READY)  ## lint, format, types
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

conformance: image  ## hours: every variant of the notebooks that train, over 20 fresh seeds; goes on where it was
	for n in `$(PY) -m reference_solutions.demo_class trained`; do $(PY) -m tests.conformance.over_seeds $$n $(ARGS) || exit 1; done

bench: $(READY)  ## the same class with nbgrader and with dlgrade, in turn
	$(PY) -m benchmarks.against_nbgrader $(ARGS)

lock: $(READY)  ## renew the lock files of host and images from pyproject.toml
	$(PY) -m pip install --quiet uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra staff --extra dev pyproject.toml -o requirements.lock
	for flavour in cpu gpu; do \
	  $(VENV)/bin/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
	    --python-version 3.11 --constraints requirements.lock --extra image \
	    --extra tensorflow-$$flavour pyproject.toml \
	    -o autograder_images/requirements-$$flavour.lock || exit 1; \
	done

wheel: $(READY)  ## the students' wheel: no solutions, no unseen inputs
	$(PY) -m hatchling build -t wheel

clean:  ## remove what the commands above made
	rm -rf $(VENV) demo demo-all dist .mypy_cache .ruff_cache .pytest_cache
