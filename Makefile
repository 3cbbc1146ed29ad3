# What a developer types. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := flashspace accounts billing listings bookings consultants support

.DEFAULT_GOAL := help
.PHONY: help run install test races nets fuzz chaos lint type check seed bench screens lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.base ## Install what is missing, migrate, load demo data, serve (HOST, PORT)
	@exec $(BIN)/python manage.py serve --prepare

install: .venv/.dev ## Install what tests and checks need

test: .venv/.dev ## Every test: on the embedded defaults, then on PostgreSQL and Redis where reachable
	@exec $(BIN)/python -m tests.run

races: .venv/.dev ## The races only, 20 rounds each
	@RACE_ROUNDS=20 exec $(BIN)/python -m tests.run --no-coverage -m race

nets: .venv/.dev ## The nets in full: matrix, canaries, floors, fuzz, crawl (NET_RATE, FUZZ_CASES)
	@NET_RATE=$${NET_RATE:-20} FUZZ_CASES=$${FUZZ_CASES:-5000} exec $(BIN)/python -m tests.run --no-coverage -m net

fuzz: .venv/.dev ## The fuzz alone, on both databases (FUZZ_CASES, default 5000; FUZZ_SEED to see a run again)
	@FUZZ_CASES=$${FUZZ_CASES:-5000} exec $(BIN)/python -m tests.run --no-coverage tests/nets/test_fuzz.py \
	  tests/nets/test_fuzz_sequences.py tests/nets/test_fuzz_organizations.py tests/nets/test_fuzz_plants.py

chaos: .venv/.dev ## Every fault in full: servers killed, hung and starved under load (CHAOS_ROUNDS)
	@CHAOS_ROUNDS=$${CHAOS_ROUNDS:-20} TEST_WORKERS=0 exec $(BIN)/python -m tests.run --no-coverage -s -m chaos

lint: .venv/.dev ## Ruff, and what Django can say about migrations and settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python manage.py makemigrations --check --dry-run --settings flashspace.settings.test

type: .venv/.dev ## Mypy, strict where the rules live
	$(BIN)/mypy

check: lint type test ## lint, type and test

seed: .venv/.base ## Load the demo data into an empty database
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py seed_demo

bench: .venv/.dev ## Measure the production profile on PostgreSQL (docs/performance.md)
	@$(BIN)/python -m tests.bench
	@exec $(BIN)/python -m tests.bench.desk

screens: .venv/.dev ## Take the pictures of docs/images anew, from the demo data
	@exec $(BIN)/python -m tests.screens

lock: .venv/.dev ## Write requirements/*.lock anew from the ranges in requirements/*.txt
	@for name in base production dev; do \
	  $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	    --output-file requirements/$$name.lock requirements/$$name.txt || exit 1; done

clean: ## Remove what can be made again; the data in var/ stays
	rm -rf .venv .coverage .coverage.* htmlcov staticfiles .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is as new as its lock, so an unchanged lock costs nothing.
.venv/.base: requirements/base.lock | .venv/bin/pip
	@echo "Installing what FlashSpace needs (once, about half a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.dev: requirements/dev.lock | .venv/bin/pip
	@echo "Installing what tests and checks need (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ .venv/.base

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with PYTHON=..."; exit 1; }
	@$(PYTHON) -m venv --clear .venv
