# Kept to GNU make 3.81, which macOS still ships.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run console test test-fast check check-code check-format check-types check-imports check-sql check-rendered check-docker picture bench \
	administrator synth bootstrap diff deploy destroy rehearse image-test browser-test screenshots lock clean

# Some machines ask Python to keep nothing that it has compiled. The tests start hundreds of processes, and each would
# compile all that it imports again: half a second of the project's own, two and a half with CDK.
unexport PYTHONDONTWRITEBYTECODE

venv := .venv
python := $(or $(PYTHON),python3)
pip_install := -m pip install --quiet --disable-pip-version-check --no-input --no-compile

help: ## this text
	@echo 'CustomerTrack keeps slowly changing dimensions of types 1 and 2 from CSV files.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'ARGS goes on to the program:    make run ARGS="--batches 5"    make test ARGS="-k history"'
	@echo 'PYTHON chooses the Python:      PYTHON=python3.12 make run     (3.11 or newer, python3 if not given)'

run: $(venv)/.local ## set up, then the main job: generate, land, ingest, refresh, and show what came of it
	@$(venv)/bin/customertrack run $(ARGS)

console: $(venv)/.console ## set up what the pages need, then look at what make run has made, in the browser
	@$(venv)/bin/customertrack console $(ARGS)

test: $(venv)/.dev node_modules/.made .wheels/lambda/.made .venv-emulator/.made ## set up, then all tests
	@PATH="$(CURDIR)/$(venv)/bin:$$PATH" $(venv)/bin/pytest -n auto --maxprocesses 8 $(ARGS)

test-fast: $(venv)/.dev ## the tests that are done within a minute, some of every room; tests/slow.py names the others
	@PATH="$(CURDIR)/$(venv)/bin:$$PATH" $(venv)/bin/pytest -n auto --maxprocesses 8 --fast $(ARGS)

image-test: $(venv)/.dev .venv-emulator/.made ## build the generator's image and run it locked in; needs Docker, or root on Debian
	@$(venv)/bin/python -m tests.image.engine
	@$(venv)/bin/pytest -m image tests/image $(ARGS)

browser-test: $(venv)/.dev ## look at each page of the console in Chromium; needs Chromium, such as Debian's
	@$(venv)/bin/python -m tests.console.browser.chromium
	@$(venv)/bin/pytest -m browser -n 2 tests/console/browser $(ARGS)

check: check-code check-format check-types check-imports check-sql check-rendered check-docker ## style, types, import contracts, SQL and whether it is as defined; with -k all of them, whatever fails

check-code: $(venv)/.dev
	@echo 'ruff check' && $(venv)/bin/ruff check --quiet --output-format concise .

check-format: $(venv)/.dev
	@echo 'ruff format' && $(venv)/bin/ruff format --quiet --check --output-format concise .

check-types: $(venv)/.dev
	@echo 'pyright' && $(venv)/bin/pyright --pythonpath $(venv)/bin/python

check-imports: $(venv)/.dev
	@echo 'import-linter' && $(venv)/bin/lint-imports --no-logo

# The warning left out is about a semaphore of sqlfluff's progress bar, which it makes even if told not to show one.
check-sql: $(venv)/.dev
	@echo 'sqlfluff' && PYTHONWARNINGS=ignore::UserWarning:multiprocessing.resource_tracker $(venv)/bin/sqlfluff lint --disable-progress-bar sql

check-rendered: $(venv)/.dev
	@echo 'customertrack dimension render --check' && $(venv)/bin/customertrack dimension render --check --project .

check-docker: $(venv)/.dev
	@echo 'hadolint' && $(venv)/bin/hadolint generator/Dockerfile

picture: $(venv)/.dev ## draw the rooms anew from the imports, into docs/rooms.svg
	@$(venv)/bin/python -m tests.house.rooms

screenshots: $(venv)/.dev ## take the pictures of the console anew, into docs/console; needs Chromium
	@$(venv)/bin/python -m tests.console.browser.screenshots

bench: $(venv)/.local .venv-bench/.made .venv-sqlmesh/.made ## measure the refresh beside dlt, dbt, SQLMesh and the floor; ARGS=--quick is a minute
	@$(venv)/bin/python -m benchmarks $(ARGS)

# Node, and the python of cdk.json, are those of the environment.
cdk = PATH="$(CURDIR)/$(venv)/bin:$$PATH" JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1 node_modules/.bin/cdk

administrator: $(venv)/.infra ## print what an administrator of Snowflake runs once, filled in
	@PATH="$(CURDIR)/$(venv)/bin:$$PATH" $(venv)/bin/python -m infra.administrator $(ARGS)

synth: $(venv)/.infra node_modules/.made .wheels/lambda/.made ## the CloudFormation template, into cdk.out; needs no account
	@$(cdk) synth --quiet --no-notices -c customertrack:only_synth=1 $(ARGS)
	@echo 'The template is in cdk.out, with all that a deploy would upload.'

bootstrap: $(venv)/.infra node_modules/.made .wheels/lambda/.made ## once for each account and region, before the first deploy
	@$(cdk) bootstrap --no-notices -c customertrack:only_synth=1 $(ARGS)

diff: $(venv)/.infra node_modules/.made .wheels/lambda/.made ## what a deploy would change
	@$(cdk) diff --no-notices $(ARGS)

deploy: $(venv)/.infra node_modules/.made .wheels/lambda/.made ## AWS and Snowflake, the whole pipeline
	@$(cdk) deploy --no-notices $(ARGS)

destroy: $(venv)/.infra node_modules/.made .wheels/lambda/.made ## take the pipeline down; the data stays
	@$(cdk) destroy --no-notices $(ARGS)

rehearse: $(venv)/.infra node_modules/.made .wheels/lambda/.made .venv-emulator/.made ## the whole life of the stack, in an emulated AWS
	@.venv-emulator/bin/python -m tests.emulator.rehearse $(ARGS)

# Others pin what local pins, so local comes before them; what is not named here follows.
lock_order := build local parquet generator lambda infra emulator console dev
lock: .venv-lock/.made ## pin what requirements/*.in ask for; ARGS=--upgrade takes the newest versions
	@for name in $(lock_order) $(filter-out $(lock_order),$(basename $(notdir $(wildcard requirements/*.in)))); do \
		echo "requirements/$$name.txt" && \
		.venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command 'make lock' $(ARGS) requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done

clean: ## remove what the other targets made, except the data in .customertrack
	@rm -rf .venv .venv-* .wheels node_modules cdk.out build *.egg-info .pytest_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks

# The environments. Each stamp is written last, so a set-up that was interrupted is done again.

# $(1): the environment, $(2): what to say, $(3): lock files
define install
	@echo '$(2) ...' >&2
	@$(1)/bin/python $(pip_install) --require-hashes --only-binary duckdb,numpy $(addprefix -r ,$(3)) || { \
		echo 'The set-up of $(1) is not finished; pip says why above. It needs the network, or a mirror that PIP_INDEX_URL names. Then type the same command again.' >&2; \
		exit 1; }
endef

define new_environment
	@$(python) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "CustomerTrack needs Python 3.11 or newer, and $(python) is $$($(python) --version 2>/dev/null || echo not there); name another, for example: PYTHON=python3.12 make run" >&2; \
		exit 1; }
	@$(python) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo '$(python) has no venv module; install it (on Debian and Ubuntu: apt-get install python3-venv), then type the same command again' >&2; \
		exit 1; }
	@$(python) -m venv --clear $(1)
endef

# Made anew if there is none, if its Python is gone, if the folder was moved (the scripts in it name the old place), or if PYTHON asks for another.
made := $(shell cat $(venv)/.made 2>/dev/null)
ifneq ($(made),$(CURDIR) $(or $(PYTHON),$(lastword $(made))))
.PHONY: $(venv)/.made
endif

$(venv)/bin/python: ;

$(venv)/.made: $(venv)/bin/python
	$(call new_environment,$(venv))
	@echo "$(CURDIR) $(python)" > $@

$(venv)/.local: $(venv)/.made requirements/build.txt requirements/local.txt pyproject.toml
	$(call install,$(venv),Setting up $(venv) (once; about 15 seconds),requirements/build.txt requirements/local.txt)
	@$(venv)/bin/python $(pip_install) --no-build-isolation --no-deps --editable .
	@touch $@

# On top of what `make run` installs, so that it is the same command; and apart from it, as it is many times as large.
$(venv)/.console: $(venv)/.local requirements/console.txt
	$(call install,$(venv),Adding Streamlit to $(venv) (once; about half a minute),requirements/console.txt)
	@touch $@

$(venv)/.infra: $(venv)/.made requirements/infra.txt
	$(call install,$(venv),Adding CDK and Node to $(venv) (once; about 30 seconds),requirements/infra.txt)
	@touch $@

$(venv)/.dev: $(venv)/.local requirements/dev.txt
	$(call install,$(venv),Adding what checks and tests need to $(venv) (once; about a minute),requirements/dev.txt)
	@touch $@

.venv-%/.made: requirements/%.txt
	$(call new_environment,$(@D))
	$(call install,$(@D),Setting up $(@D) (once; about a minute),$<)
	@touch $@

# The CLI of CDK, as package-lock.json pins it.
node_modules/.made: $(venv)/.infra package-lock.json
	@echo 'Fetching the CLI of CDK into node_modules (once) ...' >&2
	@PATH="$(CURDIR)/$(venv)/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# What the functions carry, for their machine and Python.
.wheels/lambda/.made: $(venv)/.infra requirements/lambda.txt $(addprefix infra/,archive.py lambda_wheels.py)
	@echo 'Fetching the wheels of the Lambda functions into .wheels (once) ...' >&2
	@$(venv)/bin/python -m infra.lambda_wheels
	@touch $@
