# Everything that Jobwire needs goes into this folder: .venv and web/node_modules. The second time is quick.

PYTHON ?= python3
PORT ?= $(or $(JOBWIRE_PORT),8000)
BIN := .venv/bin
PYTHON_READY := .venv/.ready
WEB_READY := web/node_modules/.ready
WEB_BUILT := web/dist/index.html
API_TYPES := web/src/lib/api/schema.d.ts
MAKE_API_TYPES := $(BIN)/python -m jobwire.api | npm --prefix web run --silent types

.PHONY: run test test-long lint bench bench-stream bench-ingest bench-web web types setup format screenshots clean

run: setup web ## set up, serve the demo careers site, and watch a first run
	JOBWIRE_PORT=$(PORT) $(BIN)/jobwire serve --demo

test: setup web chromium proxies ## all tests: PostgreSQL, HTTP and the browser are real
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile
	cd web && npm test

test-long: setup web chromium proxies ## the costly proofs, at full size
	JOBWIRE_TEST_LONG=1 $(BIN)/pytest -s tests/properties tests/integration/test_stream_*.py tests/integration/test_days.py \
		tests/integration/test_worker_memory.py tests/unit/test_boards_mutations.py

lint: setup $(WEB_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(MAKE_API_TYPES) | diff -u $(API_TYPES) - || \
		{ echo "The page's types are not those of the API any more: make types."; exit 1; }
	cd web && npm run lint

types: setup $(WEB_READY) ## the page's types of the API, from the API itself
	$(MAKE_API_TYPES) > $(API_TYPES)

format: setup $(WEB_READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cd web && npm run format

bench: setup
	$(BIN)/python -m bench

bench-stream: setup ## the stream next to its peers
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r bench/requirements.lock
	$(BIN)/python -m bench.stream

bench-ingest: setup ## a mirror of 997 boards: Jobwire next to Scrapy and to the least that can be done
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r bench/crawl/requirements.lock
	$(BIN)/python -m bench.crawl

bench-web: setup web chromium ## the page in Chromium, showing a run of 100,000 jobs
	$(BIN)/python -m bench.web

screenshots: setup web chromium ## pictures of a real run, for the docs
	$(BIN)/python tests/browser/screenshots.py

web: $(WEB_BUILT)

setup: $(PYTHON_READY)

$(PYTHON_READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Jobwire needs Python 3.11 or newer: install it, or name it with PYTHON=python3.12."; exit 1; }
	@echo "Setting up .venv: this takes a minute or two."
	@$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(WEB_READY): web/package-lock.json web/package.json
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' || \
		{ echo "Jobwire needs Node 20.19 or newer, for the web app."; exit 1; }
	cd web && npm ci --no-audit --no-fund
	@touch $@

$(WEB_BUILT): $(WEB_READY) web/index.html web/vite.config.ts web/tsconfig.json $(shell find web/src web/public -type f)
	cd web && npm run build
	@touch $@

.PHONY: chromium
chromium: # and a font for Japanese names; where that cannot be installed, they are boxes in pictures
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's Chromium for the browser tests."; \
		tests/install_quietly.sh chromium; \
	else \
		echo "The browser tests need Chromium, and this user cannot install it: apt install chromium."; exit 1; \
	fi
	@if fc-list :lang=ja 2>/dev/null | grep -q .; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing a font of Debian's for Japanese names."; \
		tests/install_quietly.sh fontconfig fonts-ipafont-gothic || echo "It could not be installed: they are boxes."; \
	else \
		echo "Without a font for Japanese, some names are boxes in pictures: apt install fontconfig fonts-ipafont-gothic."; \
	fi

PROXIES := nginx haproxy caddy

.PHONY: proxies
proxies: # where they cannot be installed, their tests are skipped and say so
	@missing=; for name in $(PROXIES); do \
		PATH="$$PATH:/usr/sbin" command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Debian's$$missing for the tests of the stream behind proxies."; \
		tests/install_quietly.sh $$missing || echo "They could not be installed: their tests are skipped."; \
	fi

clean: ## forget all that was set up; the data folder stays
	rm -rf .venv web/node_modules web/dist
