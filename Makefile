# Daybook. `make help` lists the targets. All you need is make and Python 3.11 or newer with its venv module.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# the newest suitable interpreter; choose another with `make PYTHON=python3.12 ...`
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)
# what `make test-quick` runs but for its long tests: the rules, and the path of an order into Xero
QUICK := tests/unit tests/docs tests/integration/intake tests/integration/posting/test_drain.py \
	tests/integration/api/test_orders.py
# a container that forbids bytecode would have every process that a test starts compile Daybook anew
unexport PYTHONDONTWRITEBYTECODE
# processes of `make test`: twice the cores, since tests wait for processes and sockets about as long as they work
WORKERS ?= $(shell python3 -c 'import os; print(2 * (os.cpu_count() or 1))' 2>/dev/null || echo auto)
# where to listen, and more options: make demo ARGS=--once
ARGS ?=
# of `make chaos`: a failing trial replays under its seed
SEED ?=
# reading the settings wants values; checks never use them
CHECK_ENV := DATABASE_URL=postgresql:///checks DAYBOOK_SECRET_KEY=checks-only \
	DAYBOOK_ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=

.DEFAULT_GOAL := help
.PHONY: help demo test test-quick check up localxero worker reset bench chaos mutants pictures messages fonts tables format

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMP) ## show everything against a local Xero; ARGS=--once runs it headless and checks every document
	@$(BIN)/daybook demo $(ARGS)

test: $(STAMP) ## run all tests; browser tests where a Chromium is found
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-quick: $(STAMP) ## run what a change most likely breaks, in less than a minute
	@$(BIN)/pytest -n logical --dist worksteal -m 'not long' $(QUICK) $(ARGS)

check: $(STAMP) ## lint, formatting, types, import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(CHECK_ENV) $(BIN)/mypy
	$(BIN)/lint-imports

up: $(STAMP) ## Daybook itself, against the real Xero, at http://localhost:8000
	@$(BIN)/daybook up $(ARGS)

worker: $(STAMP) ## one more worker for the same database
	@$(BIN)/daybook worker $(ARGS)

localxero: $(STAMP) ## a local Xero alone, at http://localhost:8090
	@$(BIN)/localxero serve $(ARGS)

reset: $(STAMP) ## forget the demo's database, so that the next demo starts afresh
	@$(BIN)/daybook demo --reset

bench: $(STAMP) ## measure: calls needed, pages, the local Xero's speed
	@$(BIN)/pytest -q -s -o python_files='bench_*.py' tests/bench $(ARGS)

chaos: $(STAMP) ## 10,000 orders while processes die and answers are lost; replay one with SEED=7; takes half an hour
	@$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(ARGS)

mutants: $(STAMP) ## put faults into copies of the code, one at a time: each must be noticed; takes a quarter of an hour
	@$(BIN)/python -m tests.chaos.mutating $(ARGS)

pictures: $(STAMP) ## remake the pictures of the documentation from the demo; a Chromium is needed
	@$(BIN)/python -m tests.pictures

messages: $(STAMP) ## bring the catalogues of other languages up to date with what is said, and compile them
	@$(BIN)/python -m tests.messages

fonts: $(STAMP) ## remake the fonts of the pages: the icons in use, the letters of Europe's languages
	@$(CHECK_ENV) DJANGO_SETTINGS_MODULE=daybook.config.settings $(BIN)/python -m tests.fonts

tables: $(STAMP) ## write down what the migrations make of an empty database, so that it need not be migrated
	@$(BIN)/python -m tests.upgrade.write_tables

format: $(STAMP) ## put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is too old: Python 3.11 or newer is needed"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv; install it first, on Debian and Ubuntu: apt-get install" \
		"$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	@echo "Installing what Daybook needs into $(VENV); this takes a minute the first time."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
