# make demo   sets everything up and builds episode 2
# make test   sets everything up and passes the tests
# make check  the same without what needs Whisper's weights, a browser, an independent checker or server, or some seconds
# make bundle writes what the editor's page has of ProseMirror anew (needs npm)
# make scripts checks the scripts of the pages alone (needs npm)
# make judges (Debian, as root) installs the independent checkers that the tests ask
# make clean  removes what can be made again

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO := 002-stephane-soto
# Whole files of tests run side by side, for two cores. The quick ones wait for clocks, servers and other programs a third of
# the time: three of them keep two cores busy.
TESTERS ?= 2
QUICK_TESTERS ?= 3
SIDE_BY_SIDE := --dist loadfile --numprocesses

.PHONY: demo check test lint types quick-tests all-tests scripts judges bundle clean

demo: $(VENV)/.installed
	$(BIN)/studio run $(DEMO)
	@echo
	@echo "The episode:    episodes/$(DEMO)/build/$(DEMO).mp3"
	@echo "Its texts:      transcripts/$(DEMO)/"
	@echo "The feed:       feed/feed.xml"
	@echo "Its page:       feed/site/$(DEMO)/index.html (with its player: $(BIN)/studio preview)"
	@echo
	$(BIN)/studio check $(DEMO)

# Types are checked while the tests run: mypy keeps one processor busy, and only one.
check: $(VENV)/.installed-test
	$(MAKE) --jobs=3 lint types quick-tests

test: $(VENV)/.installed-test
	$(MAKE) --jobs=3 lint types all-tests

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

quick-tests: $(VENV)/.installed-test
	$(BIN)/pytest $(SIDE_BY_SIDE) $(QUICK_TESTERS) -m "not whisper and not judge and not slow"

all-tests: $(VENV)/.installed-test
	$(BIN)/pytest $(SIDE_BY_SIDE) $(TESTERS)

$(VENV)/.installed: install.py pyproject.toml constraints.txt constraints-torch.txt constraints-cuda.txt
	$(PYTHON) install.py $(VENV) --editable
	touch $@

$(VENV)/.installed-test: install.py pyproject.toml constraints.txt constraints-test.txt constraints-torch.txt constraints-cuda.txt
	$(PYTHON) install.py $(VENV) --editable --tests
	touch $@ $(VENV)/.installed

judges:
	apt-get update
	DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $$(cat tests/judges/apt.txt)
	command -v npm || DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends nodejs npm
	cd tests/judges && npm install --ignore-scripts --no-package-lock --no-audit --no-fund

scripts:
	cd bundle && npm ci --ignore-scripts --no-audit --no-fund
	cd tests/judges && npm install --ignore-scripts --no-package-lock --no-audit --no-fund && npm run scripts

bundle:
	cd bundle && npm ci --ignore-scripts --no-audit --no-fund && node make.mjs

# Transcripts and chapters stay: people may have edited them.
clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/judges/node_modules
	rm -rf .studio episodes/*/build feed/feed.xml feed/site
