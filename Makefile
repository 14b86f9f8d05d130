# The front door for people who build. `make` or `make help` prints this list.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
BIN := .venv/bin
LISTEN ?= 127.0.0.1:8000
T ?= tests
# A test that hangs ends the run and shows where it stood; by night some take longer.
STOP_HANGS := -o faulthandler_timeout=240 -o faulthandler_exit_on_timeout=true
# A file's tests in one process: what a file or a folder shares is made once in each. One that dies is
# not replaced: pytest-xdist would wait for what the dead one had before it for ever.
BY_FILE := --dist loadfile --no-loadscope-reorder --max-worker-restart=0
IN_TWO := -n 2 $(BY_FILE)
# Of the gate's tests many wait, for a browser, a tor or a database that is killed: a third has the cores then.
IN_THREE := -n 3 $(BY_FILE)
export GOFTOGU_DATA ?= instance
# What is compiled is kept, whatever a machine's habits: every process would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
coverage: export COVERAGE_FILE := $(CURDIR)/build/coverage/data

.PHONY: help setup serve serve-onion worker seed reset test test-fast coverage nightly drill lint fix types arch translations static screenshots bench ci

help: ## Print this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

.venv/main: requirements/main.txt pyproject.toml
	@./requirements/setup $(PYTHON) main
	@touch $@

.venv/onion: requirements/onion.txt .venv/main
	@./requirements/setup $(PYTHON) onion
	@touch $@

.venv/dev: requirements/dev.txt requirements/onion.txt pyproject.toml
	@./requirements/setup $(PYTHON) dev onion
	@touch $@ .venv/main .venv/onion

setup: .venv/dev ## Make the environment with everything that developers need.

serve: .venv/main ## Run the forum with the village on http://127.0.0.1:8000/ (LISTEN=host:port).
	@if [ ! -e $(GOFTOGU_DATA)/seeded ]; then \
	  $(BIN)/goftogu init >/dev/null && echo "Filling it with a village; its demo log-ins (name, passphrase):" && \
	  $(BIN)/goftogu seed && touch $(GOFTOGU_DATA)/seeded; fi
	@exec $(BIN)/goftogu serve --listen $(LISTEN) $(SERVE)

serve-onion: .venv/onion ## The same with an onion address, where tor is installed.
	@PATH=$$PATH:/usr/sbin command -v tor >/dev/null || { \
	  echo "An onion address needs tor. On Debian, as root: apt-get install tor" >&2; exit 1; }
	@$(MAKE) --no-print-directory serve SERVE=--onion

reset: ## Forget the village in ./instance, to start over.
	rm -rf instance

test: .venv/dev ## Set everything up and run every test of the gate (T=path for a part).
	@./tests/needs
	$(BIN)/python -m pytest $(STOP_HANGS) $(IN_THREE) -m "not nightly" $(T)

test-fast: .venv/dev ## Run the fast tier: no database server, no browser, no second.
	GOFTOGU_TEST_PROFILE=fast $(BIN)/python -m pytest -q $(IN_TWO) -m "not slow and not postgres and not browser and not tor and not nightly" $(T)

coverage: .venv/dev ## Measure which branches the gate's tests take: all of the pure core, 95 of 100 in all.
	@./tests/needs
	rm -rf build/coverage && mkdir -p build/coverage
	-$(BIN)/coverage run -m pytest -q $(STOP_HANGS) $(IN_TWO) -m "not nightly" $(T)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include="$$($(BIN)/python tests/pure)"

nightly: .venv/dev ## Run the nightly tier: long rounds, fuzzing, soaks; an hour or more.
	@./tests/needs
	GOFTOGU_TEST_PROFILE=nightly $(BIN)/python -m pytest $(T)

drill: .venv/dev ## Seize, kill and cut off one of three hosts on this machine: does its partner go on?
	@$(BIN)/python -W ignore -m tests.drills

lint: types arch ## Look at style, types, layers, spelling, templates and shell scripts.
	$(BIN)/ruff check app tests migrations benchmarks
	$(BIN)/ruff format --check app tests migrations benchmarks
	$(BIN)/codespell README.md CONTRIBUTING.md CHANGELOG.md app templates tests/README.md
	$(BIN)/djlint --quiet --lint templates

types: .venv/dev ## Check types.
	$(BIN)/mypy

arch: .venv/dev ## Check that rooms import only rooms below them.
	$(BIN)/lint-imports --no-cache | tail -n 12

fix: .venv/dev ## Let the tools mend what they can.
	$(BIN)/ruff check --fix app tests migrations benchmarks
	$(BIN)/ruff format app tests migrations benchmarks

translations: .venv/dev ## Collect changed sentences into translations/*/messages.po.
	$(BIN)/python translations/update

static: .venv/dev ## Build the browser module from static/src.
	./static/build

screenshots: .venv/dev ## Picture every page into build/screenshots, and README's pictures.
	@./tests/needs
	$(BIN)/python -m tests.journeys.screenshots build/screenshots --readme

bench: .venv/dev ## Measure the figures of the issues; medians and ratios side by side.
	@./tests/needs
	$(BIN)/python -m benchmarks.run

ci: ## Exactly what the gate runs.
	./.ci/run
