# One command each, the same on a laptop and in CI. Needs Python 3.11 or newer, git and make; Node and PostgreSQL come
# from PyPI. Nothing is done twice: installing again waits for a changed requirement, building for a changed source.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
BIN := $(VENV)/bin
BASE := $(VENV)/.installed-base
DEV := $(VENV)/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help ready run demo test test-15 check bench torture docs texts new-module try-real try-migration try-reports try-mail try-messages requirements clean

help: ## what there is to make
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 16

ready: $(BASE) ## set everything up, and start nothing
	@$(BIN)/python -I tools/frontend.py build
	@$(BIN)/python -m compileall -q src

run: ready ## set everything up and start Relata
	@exec $(BIN)/relata run $(ARGS)

demo: $(BASE) ## start with a furnished company
	@$(BIN)/python -I tools/frontend.py build
	@exec $(BIN)/relata demo $(ARGS)

# Every core takes whole files, in their order, so that the browser's come last on each (see conftest.py).
PARALLEL ?= -n auto --dist loadfile --no-loadscope-reorder

TESTS ?= tests/engine/storage tests/engine/workspace

# Compiled files are kept, whatever the machine says: without them each of the sixty processes that tests start spends
# half of its first six seconds on compiling.
test: $(DEV) ## every test; ARGS="-k words" picks some, PARALLEL= takes one core
	@$(BIN)/python -I tools/frontend.py build
	@$(BIN)/python -m compileall -q src
	@PYTHONDONTWRITEBYTECODE= exec $(BIN)/pytest $(PARALLEL) $(ARGS)

test-15: $(DEV) ## storage and workspace on PostgreSQL 15 of the operating system; TESTS= takes every test
	@exec $(BIN)/python tools/with_postgres.py 15 $(BIN)/pytest $(TESTS) $(ARGS)

check: $(DEV) ## style, types, directions of imports, reference
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -I tools/frontend.py check
	$(BIN)/relata docs --check

bench: $(BASE) ## measure the promises: ARGS="--size 100k --json"
	@exec $(BIN)/relata bench $(ARGS)

torture: $(BASE) ## kill an installation of its own under load: ARGS="--minutes 10", or ARGS="--flows 10000"
	@$(BIN)/python -I tools/frontend.py build
	@exec $(BIN)/relata torture $(ARGS)

docs: $(DEV) ## write the generated reference
	@exec $(BIN)/relata docs $(ARGS)

texts: $(DEV) ## collect every text for the translators
	@exec $(BIN)/python tools/texts.py

new-module: $(DEV) ## a module to start from: NAME=visits
	@exec $(BIN)/python tools/new_module.py "$(NAME)"

try-real: $(BASE) ## import a real data set: DATA=folder
	@exec $(BIN)/relata try-real "$(DATA)" $(ARGS)

try-migration: $(BASE) ## bring an export of another system twice: DATA=folder
	@exec $(BIN)/relata try-migration "$(DATA)" $(ARGS)

try-reports: $(BASE) ## compare reports over a real data set with SQL: DATA=folder
	@exec $(BIN)/relata try-reports "$(DATA)" $(ARGS)

try-mail: $(BASE) ## read a folder of e-mails: DATA=folder
	@exec $(BIN)/python tools/try_mail.py "$(DATA)"

try-messages: $(DEV) ## read the folders emails, calendars and vcards: DATA=their parent
	@$(BIN)/python tools/try_mail.py "$(DATA)/emails"
	@$(BIN)/python tools/try_calendars.py "$(DATA)/calendars"
	@$(BIN)/python tools/try_cards.py "$(DATA)/vcards"

requirements: $(BASE) ## compile the pinned requirements; ARGS=--upgrade takes newer versions
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) requirements/base.in -o requirements/base.txt
	$(COMPILE) -c requirements/base.txt -c requirements/build.txt requirements/dev.in -o requirements/dev.txt

clean: ## remove what was built and installed, never data
	rm -rf $(VENV) node_modules dist build src/relata.egg-info src/relata/interfaces/html/static
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(ARGS)

# uv installs in seconds; where it can't (it does not read pip's own configuration of mirrors), pip does the same slowly.
INSTALL_UV = UV_SYSTEM_CERTS=1 $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python
INSTALL_PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check
define install
	@$(INSTALL_UV) $(1) || { echo "uv could not; trying pip."; $(INSTALL_PIP) $(1); }
endef

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Relata needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up Python in $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV) \
		|| { echo "On Debian and Ubuntu, 'apt install python3-venv' brings what is missing."; rm -rf $(VENV); exit 1; }

$(BASE): requirements/build.txt requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Relata needs"
	@$(INSTALL_PIP) --require-hashes -r requirements/build.txt
	$(call install,--require-hashes -r requirements/base.txt)
	$(call install,--no-build-isolation --no-deps --editable .)
	@touch $@

$(DEV): requirements/dev.txt $(BASE)
	@echo "Installing what its tests need"
	$(call install,--require-hashes -r requirements/dev.txt)
	@touch $@
