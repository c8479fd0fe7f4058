# `make run` and `make test` work from a fresh clone with Python ≥ 3.11, Node ≥ 20 and make.
PYTHON ?= python3
BIN := .venv/bin
VENDOR := alliage/web/static/vendor
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run install test check audit bench locks tools
.DEFAULT_GOAL := run

run: tools .venv/run.stamp $(VENDOR)/htmx.min.js ## set everything up, load the starter base, serve
	@exec $(BIN)/alliage serve

install: tools .venv/run.stamp $(VENDOR)/htmx.min.js ## everything that serving needs; serves nothing (docs/operate.md)

test: tools .venv/dev.stamp $(VENDOR)/htmx.min.js ## every test that this machine can run, but the slow ones
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

check: tools .venv/dev.stamp $(VENDOR)/htmx.min.js ## format, lint, types, imports, content, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m alliage.vocabulary
	$(BIN)/pytest -n 2 --dist loadfile

audit: tools .venv/dev.stamp ## known vulnerabilities of the locked versions; asks the Python and npm registries (docs/operate.md)
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/run.txt
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/dev.txt
	npm audit

SIZES ?= 10000,100000
bench: tools .venv/dev.stamp $(VENDOR)/htmx.min.js ## measures, as ratios in one run: docs/performance.md
	$(BIN)/python -m benchmarks.needs
	$(BIN)/python -m benchmarks --sizes $(SIZES)

locks: .venv/dev.stamp ## compile the locks anew, without registry addresses
	cd requirements && for lock in run dev; do extra=; [ $$lock = dev ] && extra="--extra dev"; \
	  ../$(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --no-header $$extra -o $$lock.txt ../pyproject.toml; done

tools:
	@command -v $(PYTHON) >/dev/null || { echo "Il manque Python 3.11 ou plus récent : https://www.python.org/downloads/"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 ou plus récent est attendu ; celui-ci est $$($(PYTHON) --version). Essayez : make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Il manque le module venv de Python (Debian, Ubuntu : apt install python3-venv)."; exit 1; }
	@[ -e $(VENDOR)/htmx.min.js ] || command -v npm >/dev/null || { echo "Il manque Node 20 ou plus récent, avec npm : https://nodejs.org/"; exit 1; }

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements/run.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install -q --require-hashes -r requirements/run.txt
	$(BIN)/pip install -q --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	$(BIN)/pip install -q --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENDOR)/htmx.min.js: node_modules/.stamp
	@mkdir -p $(VENDOR)
	cp node_modules/@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2 $(VENDOR)/fraunces.woff2
	cp node_modules/@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2 $(VENDOR)/source-sans-3.woff2
	cp node_modules/maplibre-gl/dist/maplibre-gl.mjs node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs node_modules/maplibre-gl/dist/maplibre-gl.css $(VENDOR)/
	cp node_modules/maplibre-gl/LICENSE.txt $(VENDOR)/maplibre-gl.LICENSE.txt
	cp node_modules/htmx.org/dist/htmx.min.js $(VENDOR)/htmx.min.js
	@touch $@
