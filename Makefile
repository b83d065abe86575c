# Everything here runs on a bare machine with Python 3.11 or later, make and git: each target
# installs what it needs, and no more, into a virtual environment of its own.
.DEFAULT_GOAL := help
# Two installs into one environment must not run side by side.
.NOTPARALLEL:

# The first Python that is new enough; a name that only looks installed does not answer.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3 python3.19 python3.18 python3.17 python3.16 python3.15 \
	python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; \
	done)
endif
ifeq ($(strip $(PYTHON)),)
PYTHON := python3
endif

VENV ?= .venv
LOWEST_VENV ?= .venv-lowest
ARGS ?=

BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Set by `make lowest`: whatever is installed later may not raise the runtime dependencies again.
CONSTRAINTS ?=
INSTALL := $(PIP) install $(addprefix --constraint ,$(CONSTRAINTS))

# Code that is type-checked besides the library; a folder without Python files is no mistake.
TYPED := src $(foreach d,tests tools examples benchmarks,$(if $(shell find $(d) -name '*.py' 2>/dev/null),$(d)))

.PHONY: help demo demo-full test test-deep simulate check bench docs examples lowest clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  ARGS    passed on: make test ARGS='-k tiers', make demo ARGS=--help"
	@echo "  PYTHON  builds the virtual environment, now $(PYTHON); VENV is where, now $(VENV)"

demo: $(STAMPS)/demo ## a year of a grocery shop's loyalty programme on the sample
	@$(BIN)/python examples/grocery_year.py $(ARGS)

demo-full: $(STAMPS)/full ## the same on the full public data set
	@$(BIN)/python examples/grocery_year.py --full $(ARGS)

test: $(STAMPS)/test ## tests, doctests and the code in README.md and docs/
	@$(BIN)/python -m pytest $(ARGS)

test-deep: $(STAMPS)/test ## the same with twenty times the examples for each property
	@HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest $(ARGS)

simulate: $(STAMPS)/test ## random runs of many hosts on one store, until Ctrl-C
	@$(BIN)/python -m loyalcore.testing.simulation $(or $(ARGS),--minutes 60)

check: $(STAMPS)/lint $(STAMPS)/test ## style, types and imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy $(TYPED)
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

bench: $(STAMPS)/bench ## every benchmarks/bench_*.py
	@set -e; found=; for f in benchmarks/bench_*.py; do \
		[ -e "$$f" ] || continue; found=1; echo "== $$f"; $(BIN)/python "$$f" $(ARGS); \
	done; [ -n "$$found" ] || echo "no benchmarks yet"

docs: $(STAMPS)/docs ## HTML documentation in docs/_build/html
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html

examples: $(STAMPS)/demo ## every examples/*.py
	@set -e; found=; for f in examples/*.py; do \
		[ -e "$$f" ] || continue; found=1; echo "== $$f"; $(BIN)/python "$$f"; \
	done; [ -n "$$found" ] || echo "no examples yet"

lowest: ## the tests on the lowest runtime dependencies that pyproject.toml allows
	@$(MAKE) --no-print-directory test VENV=$(LOWEST_VENV) CONSTRAINTS=$(LOWEST_VENV)/lowest.txt

clean: ## remove what the targets above have made
	rm -rf .venv .venv-* build dist docs/_build .hypothesis .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environments --------------------------------------------------------------------------------
# A stamp is written last, so that an install which failed half way is done again.

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "loyalcore needs Python 3.11 or later, and '$(PYTHON)' is not:" \
			"$$($(PYTHON) --version 2>&1 | head -n 1)" >&2; \
		echo "Name one that is: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)
	@# dependency groups need pip 25.1
	@$(PIP) install --upgrade 'pip>=25.1'
	@mkdir -p $(STAMPS)
	@touch $@

$(LOWEST_VENV)/lowest.txt: pyproject.toml tools/lowest.py $(LOWEST_VENV)/.stamps/venv
	@$(LOWEST_VENV)/bin/python tools/lowest.py > $@.new
	@mv $@.new $@
	@cat $@

$(STAMPS)/package: pyproject.toml $(CONSTRAINTS) | $(STAMPS)/venv
	@echo "installing loyalcore into $(VENV)"
	@$(INSTALL) --editable .
	@$(PIP) check
	@touch $@

$(addprefix $(STAMPS)/,test lint docs demo full bench): $(STAMPS)/package
	@echo "installing the group $(@F) into $(VENV)"
	@$(INSTALL) --group $(@F)
	@$(PIP) check
	@touch $@
