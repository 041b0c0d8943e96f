# make run: the app on http://localhost:8501    make quick: what matters most, in two minutes
# make test: all checks and tests               make nightly: and the full audit
# make portable: as on an older processor
# make docs: the documentation, into out/site
PYTHON ?= python3
PORT ?= 8501
CAMVID ?=
VENV := .venv
BIN := $(VENV)/bin

# One thread each; one worker more than two cores have room for, since the tests that drive a browser mostly wait. A worker
# that is done takes over from the others.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist worksteal
QUICK := architecture contracts guarantees $(addprefix unit/,attacks certification core evaluation perturbations stats)
QUICK += unit/audits/attacks unit/inputs/test_images.py unit/inputs/test_images_refused.py
ANYWHERE := -p tests.material.precision tests/contracts tests/guarantees tests/unit

.PHONY: run quick test tests portable nightly lint docs clean

run: $(VENV)/.run
	CERTISCOPE_CAMVID="$(CAMVID)" $(BIN)/python -m streamlit run app/main.py --server.port $(PORT)

quick: $(VENV)/.dev
	$(PYTEST) --hypothesis-profile quick $(addprefix tests/,$(QUICK))

test: lint tests

tests: $(VENV)/.dev
	$(PYTEST)

# No answer may hang on the widest vector units that this processor happens to have, nor on the precision it is fast in.
portable: $(VENV)/.dev
	CERTISCOPE_PRECISION=fp32 ATEN_CPU_CAPABILITY=default $(PYTEST) $(ANYWHERE)
	CERTISCOPE_PRECISION=bf16 NPY_DISABLE_CPU_FEATURES="$$($(BIN)/python tests/material/vector_units.py)" \
	OPENBLAS_CORETYPE=Nehalem $(PYTEST) $(ANYWHERE)

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
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements-dev.txt
	touch $@

$(VENV)/.docs: requirements-docs.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements-docs.txt
	touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
