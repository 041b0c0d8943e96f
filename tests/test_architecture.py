"""The rules of the house (DESIGN, section Rules) that source text and a fresh interpreter can show.

Imports are read from the syntax tree, so imports inside functions count too.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = sorted((ROOT / "engine").rglob("*.py"))
APP = sorted((ROOT / "app").rglob("*.py"))
REGISTRIES = (
    "perturbations",
    "stats/corrections",
    "stats/modes",
    "cli/commands",
    "inputs/clouds/formats",
    "papers/figures",
    "inputs/datasets",
    "inputs/shape_datasets",
    "synthetic/shapes",
    "papers/tables",
    "attacks/search",
    "models/architectures",
    "models/external",
    "models/wrappers",
)
STAGES = ("stats", "perturbations", "models", "inputs/datasets", "inputs/shape_datasets", "attacks/search")


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, as `package.module` or `package.module.name`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = module_name(path).split(".")
            above = parts if path.name == "__init__.py" else parts[:-1]
            prefix = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*prefix, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def offenders(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in imports(path)
        if any(within(name, package) for package in forbidden)
    ]


def test_the_reader_sees_imports() -> None:
    assert ENGINE
    names = set(imports(ROOT / "engine" / "cli" / "commands" / "evaluate.py"))
    assert "engine.evaluation.images.evaluate" in names  # imported inside a function
    assert any(within(name, "torch") for name in imports(ROOT / "engine" / "certification" / "sampling.py"))


def test_engine_knows_no_screen() -> None:
    assert not offenders(ENGINE, ("streamlit", "app"))


def test_statistics_know_no_torch_and_nothing_above_them() -> None:
    allowed = ("engine.stats", "engine.core.errors", "engine.core.registry")
    paths = sorted((ROOT / "engine" / "stats").rglob("*.py"))
    assert not offenders(paths, ("torch", "torchvision", "PIL"))
    wrong = [name for path in paths for name in imports(path) if within(name, "engine")]
    assert not [name for name in wrong if not any(within(name, package) for package in allowed)]


def test_the_app_uses_the_public_api_only() -> None:
    import engine

    rooms = {name for name in engine.__all__ if within(f"engine.{name}", "engine")} | {"engine"}
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in APP
        for name in imports(path)
        if within(name, "engine") and not (name.count(".") <= 2 and (*name.split("."), "")[1] in rooms | {""})
    ]
    assert not wrong


def test_stages_do_not_import_each_other() -> None:
    for stage in STAGES:
        paths = sorted((ROOT / "engine" / stage).rglob("*.py"))
        others = tuple(f"engine.{other.replace('/', '.')}" for other in STAGES if other != stage)
        assert not offenders(paths, others)


@pytest.mark.parametrize("registry", REGISTRIES)
def test_entries_of_a_registry_do_not_import_each_other(registry: str) -> None:
    package = "engine." + registry.replace("/", ".")
    entries = [path for path in sorted((ROOT / "engine" / registry).glob("*.py")) if path.stem[0] != "_"]
    names = {module_name(path) for path in entries if path.stem != "base"}
    for path in entries:
        used = {name for name in imports(path) if within(name, package)}
        siblings = {other for other in names for name in used if within(name, other)} - {module_name(path)}
        assert not siblings, f"{path.relative_to(ROOT)} imports {siblings}"


def test_files_stay_small_and_are_named_for_what_they_hold() -> None:
    assert ENGINE
    assert APP
    long = {str(path.relative_to(ROOT)): lines for path in ENGINE + APP if (lines := _lines(path)) > 300}
    assert not long
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert not [str(path.relative_to(ROOT)) for path in ENGINE + APP if path.stem in vague]


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_public_names_are_listed_and_exist() -> None:
    import engine

    assert len(set(engine.__all__)) == len(engine.__all__)
    assert all(hasattr(engine, name) for name in engine.__all__)


FRESH = """
import random, sys, threading
import numpy as np
import torch
state = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate(), torch.get_num_threads()
heavy = {"open3d", "torchvision", "streamlit", "ray", "matplotlib", "pandas"}
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
assert not any(name.startswith("engine.training") for name in sys.modules)
from engine.models import zoo
assert zoo._manifest.cache_info().currsize == 0, "the manifest was read"
"""


def test_importing_the_engine_does_no_work() -> None:
    done = subprocess.run([sys.executable, "-c", FRESH], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
