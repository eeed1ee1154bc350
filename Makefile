# make band   the map of the muon g-2, its band and their pictures, into out/
# make test   the tests, but for those that take long (tests/long.txt); make test-rest: these, but for the longest; make test-all:
#             every one
# make lint   style and types
# make report        the paper recomputed, into out/reproduce/; make report-check opens it and the site in Chromium
# make pages         the reference pages in docs/, from the program as it is
# make tables        the tables of spectra that come with jt3r, when their code has changed: two minutes
# make docs          the documentation as a site that needs no network, into out/docs/
# make dist-check    wheel and source distribution, each in new environments: DIST_PYTHONS="python3.11 python3.12 python3.13"
# Each sets up what it needs in .venv, from Python 3.11 or newer: make band PYTHON=python3.12 chooses one.

PYTHON ?= python3
BIN := .venv/bin
JT3R := $(BIN)/jt3r

REPORT := out/reproduce
PAGES := physics/g2 physics/displaced reference/observables reference/kernels reference/data benchmarks

.PHONY: band test test-rest test-longest test-all lint tables pages docs report report-check dist-check clean

band: .venv/run
	@mkdir -p out
	$(JT3R) run gm2_band -o out/gm2_band.h5 --overwrite
	$(JT3R) run gm2_map -o out/gm2_map.h5 --overwrite
	@for suffix in png pdf; do \
	  $(JT3R) plot fig2 -o out/fig2.$$suffix --overwrite && \
	  $(JT3R) plot out/gm2_band.h5 -o out/fig3.$$suffix --overwrite && \
	  $(JT3R) plot out/gm2_map.h5 -o out/gm2_map.$$suffix --overwrite || exit 1; \
	done

# A process for each core, since most of a test is compiling. Each takes a half of the tests in their order, so that what a file
# sets up is set up once, and who is done takes from the other.
PYTEST := $(BIN)/python -m pytest -q -n auto --dist worksteal --durations 20
test test-rest test-longest test-all: export PYTHONDONTWRITEBYTECODE =

test: .venv/test
	$(PYTEST) --short

test-rest: .venv/test
	$(PYTEST) --rest

test-longest: .venv/test
	$(PYTEST) --longest --timeout 3600

# At once, since three times as many processes would read the tests three times.
test-all: .venv/test
	$(PYTEST) --timeout 3600

# Type checkers do not see the mapping of kernels/ and scans/ into the package, so they get an installed copy.
lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	rm -rf build
	$(BIN)/python -m pip install -q --no-deps --target build/types .
	cd build/types && ../../$(BIN)/mypy --config-file ../../pyproject.toml -p jt3r

report: .venv/run
	@mkdir -p out
	$(JT3R) reproduce -o $(REPORT) --overwrite

# The report and the site in headless Chromium without network, on a wide and a narrow screen; pictures of them in out/pictures.
report-check: report docs .venv/browser
	$(BIN)/python tests/browser/check.py --pictures out/pictures $(REPORT)/report.html out/docs/index.html $(PAGES:%=out/docs/%.html)

# The tables of spectra that come with jt3r, when their code or data have changed.
tables: .venv/test
	$(BIN)/python -m tests.reference.make_tables

# The reference pages of the repository, from the program as it is.
pages: .venv/run
	$(BIN)/python docs/_ext/from_registry.py

docs: .venv/docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html -d out/doctrees docs out/docs

dist-check: .venv/dev
	.ci/dist-check

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "jt3r needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv

.venv/run: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e .
	@touch $@

.venv/test: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[test]'
	@touch $@ .venv/run

.venv/docs: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[docs]'
	@touch $@ .venv/run

.venv/browser: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[browser]'
	@touch $@ .venv/run

.venv/dev: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e '.[dev]'
	@touch $@ .venv/test .venv/docs .venv/run

clean:
	rm -rf .venv build out *.egg-info
