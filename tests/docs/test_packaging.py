"""The package says what the repository says: pinned versions in its ranges, one version, every asset inside."""

from __future__ import annotations

import importlib
import importlib.util
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from engine.core import VERSION
from tests.docs.running import ROOT

BESIDE_THE_ENGINE = {"icon.png", "screenshot.png"}  # of the app and the README


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, str]:
    """Every pinned version of the requirements files, by name."""
    found = {}
    for path in ROOT.glob("requirements*.txt"):
        found |= dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==(\S+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    return found


def test_what_is_pinned_lies_in_the_ranges(project: dict[str, Any]) -> None:
    groups = project["project"]["optional-dependencies"].values()
    wanted = [Requirement(text) for group in (project["project"]["dependencies"], *groups) for text in group]
    named = {one.name for one in wanted}
    assert {"torch", "numpy", "scipy", "pillow", "safetensors", "streamlit"} <= named
    for one in wanted:
        if one.name in pins():
            assert one.specifier.contains(pins()[one.name]), one
    assert set(pins()) <= named | {"mkdocstrings-python"}  # an extra of mkdocstrings there
    assert named - set(pins()) <= {"certiscope"}


def test_what_the_engine_imports_at_once_is_required(project: dict[str, Any]) -> None:
    needed = {Requirement(text).name for text in project["project"]["dependencies"]}
    imported = set()
    for path in (ROOT / "engine").rglob("*.py"):
        imported |= set(re.findall(r"^(?:import|from) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    others = {name for name in imported if importlib.util.find_spec(name)} & {
        "torch", "numpy", "scipy", "PIL", "safetensors", "torchvision", "open3d", "transformers", "plotly", "sklearn",
        "png",
    }  # fmt: skip
    assert {{"PIL": "pillow", "png": "pypng"}.get(name, name) for name in others} == needed


def test_the_command_is_the_modules(project: dict[str, Any]) -> None:
    module, _, function = project["project"]["scripts"]["certiscope"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_there_is_one_version(project: dict[str, Any]) -> None:
    source = project["tool"]["hatch"]["version"]
    found = re.search(source["pattern"], (ROOT / source["path"]).read_text(encoding="utf-8"))
    assert found is not None
    assert found["version"] == VERSION
    assert f"\nversion: {VERSION}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_every_asset_goes_into_the_wheel(project: dict[str, Any]) -> None:
    inside = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    there = {path.name for path in (ROOT / "assets").iterdir()}
    assert {Path(name).name for name in inside} == there - BESIDE_THE_ENGINE
    assert all(target == f"engine/_assets/{Path(name).name}" for name, target in inside.items())
    assert (ROOT / "engine" / "py.typed").is_file()


def test_every_model_has_terms() -> None:
    terms = (ROOT / "WEIGHTS-LICENSE.md").read_text(encoding="utf-8")
    names = [path.stem for path in (ROOT / "assets" / "models").glob("*.safetensors")]
    assert names
    assert all(f"`{name}`" in terms for name in names)
