# What a newcomer and a developer type. Everything is installed into .venv, with the versions of constraints.txt.
# Other Python: make demo PYTHON=python3.12      More options: make demo DEMO_OPTIONS="--minutes 0.5"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help studio demo test install check coverage fuzz website benchmarks models clean

SUITS := -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do $$name $(SUITS) 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# What is imported is compiled then; most of what these packages bring never is.
QUICKLY := --quiet --no-compile --constraint constraints.txt

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

studio: .venv/demo.installed .venv/studio.installed ## open the studio in the browser: compose, practise, keep tunes
	$(BIN)/tunewright studio $(STUDIO_OPTIONS)

demo: .venv/demo.installed ## train on O'Neill's for two minutes, compose, make a page of three tunes
	$(BIN)/tunewright demo --force $(DEMO_OPTIONS)

# A process for each core, up to four, each computing on one thread.
test: .venv/test.installed ## run the tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(PYTEST_OPTIONS)

install: .venv/all.installed ## prepare .venv with every extra: for developers and the benchmarks

check: .venv/all.installed ## lint, look at the format, check the types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# Of some tests: make coverage PYTEST_OPTIONS=tests/notation
coverage: .venv/all.installed ## run the tests, show which lines and branches they run
	$(BIN)/coverage erase
	OMP_NUM_THREADS=1 $(BIN)/coverage run -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(PYTEST_OPTIONS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	@echo "Left out: compiled code, killed processes, GPUs, JavaScript. Why: docs/architecture.md, Coverage"

website: .venv/all.installed .venv/website/installed ## build the documentation as a site: build/website/site
	$(BIN)/python website/build.py build/website .venv/website/bin/zensical

# Of its own, because what it needs has other versions of the same packages.
.venv/website/installed: website/requirements.txt .venv/place
	@$(BIN)/python -m venv .venv/website
	@.venv/website/bin/python -m pip install --disable-pip-version-check --quiet --requirement website/requirements.txt
	@touch $@

# Fewer: make fuzz FUZZ=1000
FUZZ ?= 100000
fuzz: .venv/test.installed ## try hostile input on everything that reads, for hours
	TUNEWRIGHT_FUZZ=$(FUZZ) OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/test_fuzz.py \
		--numprocesses auto --maxprocesses 4 $(PYTEST_OPTIONS)

benchmarks: .venv/all.installed ## measure what docs/benchmarks.md reports
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

models: .venv/all.installed ## train anew the networks that come along (hours; needs abc2midi)
	$(BIN)/python -m models.build

clean: ## remove .venv and everything else that make made; your runs stay
	rm -rf .venv build dist src/tunewright/rendering/abcjs src/tunewright/studio/page/third_party web/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.*
	find src tests benchmarks -name __pycache__ -type d -exec rm -rf {} +

# .venv/X.installed says that extra X, and the extras inside it, are there with today's versions. An install that was
# interrupted leaves .venv/unfinished behind, and the next one then starts from nothing.
studio_holds := studio
demo_holds := demo
test_holds := studio demo test
all_holds := studio demo test all
INPUTS := pyproject.toml constraints.txt $(wildcard hatch_build.py web/package.json web/package-lock.json web/bundle.mjs)

.venv/%.installed: .venv/place $(INPUTS)
	@echo "Installing Tunewright ($*) into .venv; the first time takes some minutes"
	@touch .venv/unfinished
	@$(PIP) install $(QUICKLY) --build-constraint constraints.txt --editable '.[$*]' \
		|| { rm .venv/unfinished; exit 1; }
	@touch $(patsubst %,.venv/%.installed,$($*_holds))
	@rm .venv/unfinished

# .venv/place holds the folder that .venv was made in: a virtual environment does not survive being moved.
SOUND := $(shell exec 2>/dev/null; test ! -e .venv/unfinished && test "$$(cat .venv/place)" = "$$(pwd)" && $(BIN)/python $(SUITS) && echo yes)
ifndef SOUND
.PHONY: .venv/place
endif

.venv/place:
	@test -n "$(PYTHON)" && $(PYTHON) $(SUITS) || { echo >&2 "Tunewright needs Python 3.11, 3.12 or 3.13 (came: $(or $(PYTHON),none of them)); name one with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo >&2 "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	@if test -e .venv/unfinished || test -e .venv/place || ! $(BIN)/python $(SUITS) 2>/dev/null; then \
		rm -rf .venv && mkdir .venv && touch .venv/unfinished && $(PYTHON) -m venv .venv; fi
	@touch .venv/unfinished
	@$(PIP) install $(QUICKLY) --upgrade pip
	@pwd > .venv/place
	@rm .venv/unfinished
