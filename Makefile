# `make help` lists the targets. `make run` is all that a fresh clone needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --quiet

# The oldest supported Python first, and only one that really starts: a version manager's shim may not.
FIND_PYTHON := for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	"$$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$candidate"; exit; }; \
	done; echo "Python 3.11 or newer is needed, and was not found." >&2; exit 1

.PHONY: help
help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

# The environment -----------------------------------------------------------------------------------------------------

# Without the ensurepip module (Debian's python3-venv) pip is put in by the pip outside.
$(PY):
	@python="$$($(FIND_PYTHON))"; echo "Making $(VENV) with $$("$$python" --version)"; \
	"$$python" -m venv $(VENV) 2>/dev/null \
		|| { "$$python" -m venv --clear --without-pip $(VENV) \
			&& "$$python" -m pip --python $(PY) --disable-pip-version-check --quiet install pip; }

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "Installing requirements.txt"
	@$(PIP) install -r $<
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing requirements-dev.txt"
	@$(PIP) install -r $<
	@touch $@ $(VENV)/.installed

# Running -------------------------------------------------------------------------------------------------------------

# A port given here wins over .env.
ifdef PORT
run: export WEB_PORT := $(PORT)
run: export BASE_URL ?= http://127.0.0.1:$(PORT)
endif
ifdef SANDBOX_PORT
run: export SANDBOX_URL ?= http://127.0.0.1:$(SANDBOX_PORT)
endif

.PHONY: run
run: $(VENV)/.installed ## Run everything with a demo team and a sandbox: PORT=8000 SANDBOX_PORT=8100
	@$(PY) manage.py write_env
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py demo_team
	@exec $(PY) manage.py serve --with-parent

# Testing -------------------------------------------------------------------------------------------------------------

# A file's tests stay together, so that what they share is set up once.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
SQLITE_TESTS := not postgres and not faults and (not browser or smoke)

.PHONY: test
test: $(VENV)/.installed-dev ## Run the tests on SQLite, then on PostgreSQL, browser included
	@.ci/chromium
	@echo "== SQLite"; time $(PYTEST) -m '$(SQLITE_TESTS)'
	@echo "== PostgreSQL"; time $(PY) -m tests.postgres $(PYTEST) -m 'not faults' --database-only

.PHONY: test-faults
test-faults: $(VENV)/.installed-dev ## Break everything that can break while campaigns are published, on both databases
	@time $(PY) -m pytest -m faults
	@time $(PY) -m tests.faults
	@time $(PY) -m tests.faults --promised
	@time $(PY) -m tests.postgres $(PY) -m tests.faults
	@time $(PY) -m tests.postgres $(PY) -m tests.faults --promised

.PHONY: test-races
test-races: $(VENV)/.installed-dev ## Let fifty people at a time fight over one cap, for SECONDS=60, and see that it holds
	@RACE_SECONDS=$(or $(SECONDS),60) $(PY) -m tests.postgres $(PY) -m pytest -s --timeout 300 \
		tests/campaigns/workflow/test_fifty_at_once.py

.PHONY: soak
soak: $(VENV)/.installed-dev ## Publish 200 campaigns under random faults on each database: RUNS=200 SEED=…
	@time $(PY) -m tests.faults --soak $(or $(RUNS),200) $(if $(SEED),--seed $(SEED))
	@time $(PY) -m tests.postgres $(PY) -m tests.faults --soak $(or $(RUNS),200) $(if $(SEED),--seed $(SEED))

.PHONY: demo
demo: $(VENV)/.installed ## Play the whole main job over HTTP: PLATFORM=meta|google|tiktok|snapchat|all JOURNAL=file
	@$(PY) manage.py write_env
	@$(PY) manage.py demo --platform $(or $(PLATFORM),all) $(if $(JOURNAL),--journal $(JOURNAL))

.PHONY: test-contract
test-contract: $(VENV)/.installed-dev ## Check what is sent to the platforms against their own contracts
	@time $(PY) -m pytest tests/contract tests/meta/test_official_client.py

.PHONY: bench
bench: $(VENV)/.installed-dev ## Measure publishing and pages, as JSON lines beside a comparison from the same run
	@$(PY) -m tests.bench

.PHONY: screenshots
screenshots: $(VENV)/.installed-dev ## Take the pictures of the documentation anew
	@.ci/chromium
	@$(PY) -m tests.screenshots

.PHONY: lint
lint: $(VENV)/.installed-dev ## Check style, types, templates, migrations, deployment settings and packages
	@.ci/lint
