# install · demo · test · test-deep · lint · bench · screenshots — each does its own set-up in .venv
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: install demo test test-deep lint bench browser screenshots clean

install: .venv/installed

.venv/installed: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install
	$(BIN)/unposted demo

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The pages are tried in Debian's Chromium; without it, and without the right to install it, those tests are skipped.
browser:
	@command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium) || true

screenshots: install browser
	$(BIN)/python -m tests.web.screenshots docs/screenshots

test: lint browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not deep"

test-deep: install browser
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

bench: .venv/bench-installed .venv-linkage/installed
	$(BIN)/python -m bench
	.venv-linkage/bin/python -m bench.near_quality

.venv/bench-installed: .venv/installed bench/requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/requirements.lock
	@touch $@

.venv-linkage/installed: pyproject.toml bench/linkage.lock
	$(PYTHON) -m venv .venv-linkage
	.venv-linkage/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/linkage.lock
	.venv-linkage/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean:
	rm -rf .venv .venv-linkage bench/work unposted-demo
