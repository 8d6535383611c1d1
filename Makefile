# Wrota: `make help` lists what there is to do.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready

.DEFAULT_GOAL := help
.PHONY: help setup run demo seed verify check test test-full test-postgres bench lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: $(RUN_READY) ## Make the environment only

$(RUN_READY): .ci/requirements.lock pyproject.toml .ci/setup.sh
	@PYTHON="$(PYTHON)" sh .ci/setup.sh $(VENV) .ci/requirements.lock
	@touch $@

$(DEV_READY): $(RUN_READY) .ci/requirements-dev.lock .ci/test-needs.sh
	@PYTHON="$(PYTHON)" sh .ci/setup.sh $(VENV) .ci/requirements-dev.lock
	@sh .ci/test-needs.sh
	@touch $@

run: $(RUN_READY) ## Start the portal, the worker and the ePUAP sandbox with a filled demo gmina
	@$(BIN)/wrota run

demo: $(RUN_READY) ## Walk the whole road of one letter and print every link of it
	@$(BIN)/wrota demo

seed: $(RUN_READY) ## Fill an empty database with the demo gmina
	@$(BIN)/wrota seed

verify: $(RUN_READY) ## Check the chain of events and every stored document
	@$(BIN)/wrota verify

check: $(DEV_READY) ## Format, lint, types, import ladder, templates, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture

test: $(DEV_READY) ## All tests on SQLite, then those that touch the database on PostgreSQL
	$(BIN)/pytest
	WROTA_TEST_POSTGRES=1 $(BIN)/pytest -m "not browser and not faults"

test-full: $(DEV_READY) ## The same with the long fault and fuzz runs
	WROTA_TEST_FULL=1 $(BIN)/pytest
	WROTA_TEST_POSTGRES=1 WROTA_TEST_FULL=1 $(BIN)/pytest -m "not browser"

bench: $(DEV_READY) ## Measure, as ratios to a floor in the same run
	$(BIN)/python -m tests.bench

lock: ## Renew the lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o .ci/requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -o .ci/requirements-dev.lock

clean: ## Remove the environment (data in var/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
