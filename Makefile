# make demo      try it: a demo county at http://127.0.0.1:8000, everything on this computer
# make test      every test but the slow ones
# make nightly   every test
# make bench     the benchmarks
# make lint      style
# make lock      choose versions anew from pyproject.toml
#
# The first run downloads; later runs need no network until requirements.lock or pyproject.toml changes.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup browser demo test nightly bench lint lock

PYTHON ?= python3.11
WORKERS ?= auto
TESTS ?= tests
BIN := .venv/bin
# Named by content and place, not dated by file time: a fresh checkout or a touched file downloads nothing again.
STAMP := .venv/.installed-$(shell { cat requirements.lock pyproject.toml; pwd; } | sha256sum | cut -c1-16)

help:
	@sed -n 's/^# make/make/p' Makefile

setup: $(STAMP)

$(STAMP):
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	rm -f .venv/.installed-*
	touch $@

browser:
	@.ci/packages || echo "Going on without: the tests that need it are skipped and say so."

demo: setup
	$(BIN)/relief demo

test: setup browser
	$(BIN)/python -m pytest -m "not slow" -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

nightly: setup browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(TESTS)

bench: setup
	$(BIN)/python -m tests.bench

lint: setup
	$(BIN)/ruff check .

lock:
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --quiet \
		--extra embedded --extra test --extra dev --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" $(UPGRADE) --output-file requirements.lock
