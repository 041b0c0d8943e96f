"""The rules of the house that import-linter's contracts (pyproject.toml) do not say: sizes, names, a quiet import."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import engine

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("engine", "app")
FILES = sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "app").rglob("*.py")])
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tasks", "runner"}
ROOMS = [name for name in engine.__all__ if isinstance(getattr(engine, name), type(engine))]


def test_files_stay_small_and_are_named_for_what_they_hold() -> None:
    assert len(FILES) > 300
    long = [str(path.relative_to(ROOT)) for path in FILES if len(path.read_text("utf-8").splitlines()) > 300]
    vague = [path for path in FILES if path.stem in VAGUE]
    assert not long
    assert not vague


def test_nothing_lies_about_on_the_floor() -> None:
    """At most two files at the engine's root and six at the app's, beside __init__ and __main__."""
    loose = {top: {path.name for path in (ROOT / top).glob("*.py")} - {"__init__.py", "__main__.py"} for top in TOPS}
    assert len(loose["engine"]) <= 2
    assert len(loose["app"]) <= 6


def test_public_names_are_few_listed_and_exist() -> None:
    assert len(engine.__all__) - len(ROOMS) <= 15
    for room in [engine, *(getattr(engine, name) for name in ROOMS)]:
        assert len(set(room.__all__)) == len(room.__all__)
        assert all(hasattr(room, name) for name in room.__all__)


def test_every_registry_is_under_the_contract_of_entries() -> None:
    """A package that fills a registry from its files is listed in pyproject.toml."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = next(contract["packages"] for contract in table if contract["type"] == "entries")
    filled = [
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in FILES
        if path.name == "__init__.py" and "entries_of(__name__" in path.read_text("utf-8")
    ]
    assert len(filled) > 10
    assert set(filled) - {"engine.training"} <= set(listed)  # its recipes start from each other's weights


FRESH = """
import gc, random, sys, threading
import numpy as np
import torch
state = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate(), torch.get_num_threads()
heavy = {"open3d", "torchvision", "streamlit", "ray", "matplotlib", "pandas", "plotly", "transformers", "sklearn"}
before = heavy & set(sys.modules)
import engine
assert torch.equal(state[0], torch.get_rng_state()), "torch's generator was used"
assert (state[1] == np.random.get_state()[1]).all(), "numpy's generator was used"
assert state[2] == random.getstate(), "random was used"
assert state[3] == torch.get_num_threads(), "torch's threads were set"
assert threading.active_count() == 1, "a thread was started"
assert not torch.cuda.is_initialized(), "a device was chosen"
loaded = heavy & set(sys.modules) - before
assert not loaded, f"importing engine loads {sorted(loaded)}"
assert not any(name.startswith(("engine.training", "engine.cli", "app")) for name in sys.modules)
from engine.models import zoo
assert zoo._manifest.cache_info().currsize == 0, "the manifest was read"
from engine.core.registry import Registry
filled = [one._noun for one in gc.get_objects() if isinstance(one, Registry) and "_entries" in vars(one)]
assert not filled, f"importing engine fills {filled}"
"""


def test_importing_the_engine_does_no_work() -> None:
    done = subprocess.run([sys.executable, "-c", FRESH], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
