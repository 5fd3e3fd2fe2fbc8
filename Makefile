# Leadwell: `make run` starts it, `make` alone says what else there is.

.DEFAULT_GOAL := help
.PHONY: help run demo cluster backup backup-key restore test test-hard test-nightly test-other-day test-release test-pooler test-cluster test-mutations lint \
	lint-types lint-texts lint-settings lint-dangers \
	format bench bench-cluster screenshots messages requirements clean

# A pipe fails with its first part.
SHELL := /bin/bash
.SHELLFLAGS := -eo pipefail -c

VENV := .venv
PYTHON := $(VENV)/bin/python
# A Python that was compiled with optimizations takes a quarter less time. Those of Linux distributions are, those that
# a version manager compiles often aren't.
OPTIMIZED := import sys, sysconfig; sys.exit("--enable-optimizations" not in sysconfig.get_config_var("CONFIG_ARGS"))
USABLE := import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON3 ?= $(shell python3 -c '$(OPTIMIZED)' || ! /usr/bin/python3 -c '$(USABLE)' 2> /dev/null && echo python3 || echo /usr/bin/python3)
TEMPLATES = $(shell find templates -name "*.html")
PACKAGES := accounts assistants automations bookings calendars crm customers duplicates intake leads mailboxes mailings privacy product reports sequences
# A separate package, which the server does without. So is n8n, in TypeScript: its compiler checks it (tests/hard/n8n).
COMMAND_LINE := command_line/leadwell
WORKERS ?= 2
LEADS ?= 4000

help:
	@echo "make run                      start it: http://127.0.0.1:8000, Ctrl-C stops it (PORT=8001 for another port)"
	@echo "make demo LEADS=1000000       grow the demo company"
	@echo "make cluster                  a primary, two replicas, two web nodes and two workers on this machine, to try a failover"
	@echo "make backup                   database and files into one tar under var/backups, while people work"
	@echo "make restore FILE=…           a backup into an empty database (FORCE=1 in place of what is there)"
	@echo "make backup-key FILE=…        the keys for encrypted backups"
	@echo "make test | test-hard | lint  what must pass before a change goes in"
	@echo "make test-nightly             each night: many machines, sizes, long randomness, and what measures time (two hours)"
	@echo "make test-other-day DAY=new_year  all tests on the next first of January, or on another day each night"
	@echo "make test-release             before a release: everything"
	@echo "make test-cluster             loses parts of a cluster while people work (half an hour)"
	@echo "make test-pooler              make test through pgbouncer with 4 connections (TESTS=tests/leads for a part)"
	@echo "make test-mutations           before a release: which scope, check, lock or refusal could go unnoticed (15 minutes)"
	@echo "make test-mutations DECIDING=1 PATHS=crm/records/history/undo/field_reversal.py | SAMPLE=100: the same for decisions about data"
	@echo "make bench-cluster USERS=500  people who think, on two web nodes behind pgbouncer with 20 connections"
	@echo "make bench | screenshots      the figures and pictures of the README; bench also says what became slower"
	@echo "make bench PARTS=bulk,export  only these figures; the others stay"
	@echo "make bench LEADS=5000000      a larger company compared with a million leads: docs/figures_beyond.md"
	@echo "make format | messages | requirements | clean"

# Installed once for each state of the requirements.
$(VENV)/installed: requirements.txt
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Leadwell needs Python 3.11 or newer; PYTHON3=… names another one.")'
	@echo "Installing $$(grep -c == $<) packages into $(VENV), once. It takes about a minute …"
	@test -x $(PYTHON) || $(PYTHON3) -m venv $(VENV)
	@$(PYTHON) -m pip install --disable-pip-version-check --require-hashes --requirement requirements.txt 2> $(VENV)/install.log \
		| awk '/^Collecting/ {split($$2, name, "="); printf "  %s\n", name[1]; fflush()}' || { cat $(VENV)/install.log; exit 1; }
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	@echo "Installing the tools for tests into $(VENV), once. This takes about a minute too …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@

run: $(VENV)/installed
	@$(PYTHON) manage.py run

demo: $(VENV)/installed
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py demo --leads $(LEADS)

# Patroni has an environment of its own: it needs other versions of libraries than Leadwell does.
.venv-cluster/installed: requirements-cluster.txt
	@echo "Installing Patroni into .venv-cluster, once …"
	@test -x .venv-cluster/bin/python || $(PYTHON3) -m venv .venv-cluster
	@.venv-cluster/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

cluster: $(VENV)/installed .venv-cluster/installed
	@$(PYTHON) -m deploy.cluster

backup: $(VENV)/installed
	@$(PYTHON) manage.py backup

backup-key: $(VENV)/installed
	@test -n "$(FILE)" || { echo "Where? make backup-key FILE=/safe/place/leadwell.key"; exit 1; }
	@$(PYTHON) manage.py backup_key "$(FILE)"

restore: $(VENV)/installed
	@test -n "$(FILE)" || { echo "Which backup? make restore FILE=var/backups/leadwell-….tar"; exit 1; }
	@$(PYTHON) manage.py restore "$(FILE)" $(if $(FORCE),--force) $(if $(KEY),--key "$(KEY)")

# Compiled tests are kept, even where Python is told not to: compiling them takes ten seconds in each process.
test test-hard test-nightly test-pooler: export PYTHONDONTWRITEBYTECODE :=

# Each test is in one of three: `make test`, `make test-hard` or `make test-nightly` (tests/house/tests/test_lists.py). They are given as
# files: those of the others aren't even read, and one of them asks the whole API for its description. Two processes begin to read
# them at the two ends (tests/running/both_ends.py).
TEST := not hard and not nightly and not failover
HARD := hard and not nightly and not failover
NIGHTLY := nightly and not failover
FAILOVER := failover
TEST_FILES = $(shell grep -rLE "^pytestmark = .*mark\.(hard|nightly|failover)\b" tests --include="test_*.py" | sort)
HARD_FILES = $(shell grep -rlE "mark\.hard\b" tests --include="test_*.py" | sort)
NIGHTLY_FILES = $(shell grep -rlE "mark\.nightly\b|\b(one_in|dealt|one_of_each)\b" tests --include="test_*.py" | sort)
RANDOM_FILES = $(shell grep -rlE "^from tests.examples import .*TIMES" tests --include="test_*.py" | sort)
TOGETHER := -n $(WORKERS) --dist worksteal -m "$(TEST)" -p no:schemathesis

test: $(VENV)/installed-dev
	$(PYTHON) -m pytest $(TOGETHER) $(TEST_FILES)

test-hard: $(VENV)/installed-dev
	$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m "$(HARD)" $(HARD_FILES)

# pgbouncer has to be installed (apt install pgbouncer). The tests of make test that work within their process; a whole
# Leadwell behind pgbouncer is in tests/hard/server/test_pooler.py.
test-pooler: export LEADWELL_TEST_POOLER := 1
test-pooler: $(VENV)/installed-dev
	$(PYTHON) -m pytest $(TOGETHER) $(or $(TESTS),$(TEST_FILES))

# Each night, not with every change: what needs many machines, sizes or long randomness, and what measures time, so it runs in one
# process; every address with every thing of every person; all tests on another day and in another order each night; a cluster that
# loses its parts, and all tests through pgbouncer.
test-nightly: $(VENV)/installed-dev
	$(PYTHON) -m pytest -m "$(NIGHTLY)" $(NIGHTLY_FILES)
	EXAMPLES=$(or $(EXAMPLES),12) $(PYTHON) -m pytest -m "$(HARD)" $(RANDOM_FILES)
	LEADWELL_WHOLE_MATRIX=1 $(PYTHON) -m pytest -n $(WORKERS) --dist loadscope tests/matrix
	$(MAKE) test-other-day
	$(MAKE) test-cluster

# The tests of make test (in another order) and of make test-hard on a day on which something ends, begins or is missing, another one
# each night; DAY=new_year is one of tests/other_days/days.py. It needs gcc.
test-other-day: $(VENV)/installed-dev
	$(PYTHON) -m tests.other_days $(or $(DAY),night) \
		$(PYTHON) -m pytest $(TOGETHER) -p randomly --randomly-seed=$(or $(SEED),$(shell date +%Y%m%d)) $(or $(TESTS),$(TEST_FILES))
	$(PYTHON) -m tests.other_days $(or $(DAY),night) \
		$(PYTHON) -m pytest -n $(WORKERS) --dist loadscope --no-loadscope-reorder -m "$(HARD)" $(or $(TESTS),$(HARD_FILES))

# Loses one part of a cluster after the other while people work (half an hour).
test-cluster: $(VENV)/installed-dev .venv-cluster/installed
	$(PYTHON) -m pytest -m "$(FAILOVER)" tests/failover
	$(MAKE) test-pooler

# Before a release.
test-release: lint test test-hard test-nightly test-mutations

# Not part of the check: SEED=2 tries other places, PATHS=leads/settings only those below it, and DECIDING=1 changes decisions:
# SAMPLE=100 only so many of them.
test-mutations: $(VENV)/installed-dev
	$(PYTHON) -m tests.mutations $(PATHS) --seconds $(or $(SECONDS),900) --seed $(or $(SEED),1) \
		$(if $(DECIDING),--deciding) $(if $(SAMPLE),--sample $(SAMPLE))

# What production needs, made up: the checks look at the settings only.
PRODUCTION := LEADWELL_MODE=production LEADWELL_URL=https://crm.example.com EMAIL_URL=smtp+tls://mail.example.com \
	LEADWELL_SECRET_KEY=made-up-for-the-check-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ

# Two at a time: the types take as long as the rest.
lint: $(VENV)/installed-dev
	@$(MAKE) --no-print-directory --jobs $(WORKERS) --output-sync lint-types lint-texts lint-settings lint-dangers

lint-types lint-settings: export LEADWELL_DATA := $(CURDIR)/var/lint
lint-types: $(VENV)/installed-dev
	$(VENV)/bin/mypy $(PACKAGES) $(COMMAND_LINE)

lint-texts: $(VENV)/installed-dev
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/ruff check
	$(VENV)/bin/djade --check $(TEMPLATES)
	$(VENV)/bin/hadolint deploy/Dockerfile

lint-settings: $(VENV)/installed-dev
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(PYTHON) manage.py check --deploy --database default --fail-level WARNING

# A file at which one of its checks breaks off has not been checked, and bandit itself would let that pass.
lint-dangers: $(VENV)/installed-dev
	$(VENV)/bin/bandit --quiet --recursive --configfile pyproject.toml $(PACKAGES) $(COMMAND_LINE) manage.py 2>&1 \
		| awk '{print} /internal error/ {broken = 1} END {exit broken}'

format: $(VENV)/installed-dev
	$(VENV)/bin/ruff check --fix
	$(VENV)/bin/ruff format
	$(VENV)/bin/djade $(TEMPLATES)

bench: $(VENV)/installed-dev
	$(PYTHON) -m benchmarks $(if $(LEADS),--beyond $(LEADS)) $(if $(PARTS),--parts $(PARTS))

bench-cluster: $(VENV)/installed-dev
	$(PYTHON) -m benchmarks.pooled
	$(PYTHON) -m benchmarks.cluster --users $(or $(USERS),500) $(if $(THINK),--think $(THINK)) $(if $(SECONDS),--seconds $(SECONDS))

screenshots: $(VENV)/installed-dev
	DJANGO_SETTINGS_MODULE=crm.settings $(PYTHON) -m benchmarks.screenshots

# Collecting the texts needs gettext's own tools; compiling them does not.
messages: $(VENV)/installed-dev
	$(PYTHON) manage.py makemessages --locale ro --no-wrap --no-obsolete --no-location --ignore .venv --ignore .venv-cluster --ignore var --ignore n8n
	$(PYTHON) manage.py compile_messages

COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml

requirements: $(VENV)/installed-dev
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra otel --output-file requirements-otel.txt
	$(COMPILE) --extra otel --group dev --output-file requirements-dev.txt
	$(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group pyproject.toml:cluster --output-file requirements-cluster.txt

clean:
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis var/test var/lint
	find . -name __pycache__ -not -path "./.venv*/*" -prune -exec rm -rf {} +
