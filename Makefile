# make run: the app on http://localhost:8501    make test: all checks and tests    make nightly: and the full audit
# make docs: the documentation, into out/site
PYTHON ?= python3
PORT ?= 8501
CAMVID ?=
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test nightly lint docs clean

run: $(VENV)/.run
	CERTISCOPE_CAMVID="$(CAMVID)" $(BIN)/python -m streamlit run app/main.py --server.port $(PORT)

test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

nightly: test
	$(BIN)/python -m engine audit --json out/audit.json
	$(BIN)/python -m engine experiments --json out/experiments

docs: $(VENV)/.docs
	NO_MKDOCS_2_WARNING=1 OMP_NUM_THREADS=1 $(BIN)/python -m mkdocs build --strict

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

$(VENV)/.run: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@

$(VENV)/.docs: requirements-docs.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --requirement requirements-docs.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
