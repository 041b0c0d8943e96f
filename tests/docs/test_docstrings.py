"""The examples in docstrings run and are right, every public function has one, and it names the errors that it raises.

Expected values are hand computations, written beside them, or facts that hold whatever the weights answer.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pydoc
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import engine

ROOT = Path(__file__).resolve().parents[2]
_SPACES = filter(inspect.ismodule, map(vars(engine).get, engine.__all__))
FACES = [engine, importlib.import_module("engine.perturbations"), *_SPACES]  # that name is a registry in `engine`


def _modules_with_examples() -> list[str]:
    paths = [path for path in sorted((ROOT / "engine").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]


def _public_functions() -> dict[str, Callable[..., Any]]:
    """By module and name; those of a module that a namespace exports too."""
    found: dict[str, Callable[..., Any]] = {}
    for face in FACES:
        exported = [vars(face)[name] for name in face.__all__]
        for module in list(filter(inspect.ismodule, exported)):
            exported += [
                entry for entry in vars(module).values() if getattr(entry, "__module__", "") == module.__name__
            ]
        for function in filter(inspect.isfunction, map(inspect.unwrap, exported)):
            if not function.__name__.startswith("_"):
                found[f"{function.__module__}.{function.__name__}"] = function
    return found


FUNCTIONS = _public_functions()


@pytest.fixture(autouse=True)
def _a_quiet_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One thread, and a folder without a models.toml."""
    monkeypatch.chdir(tmp_path)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", _modules_with_examples())
def test_the_examples_of_a_module_are_right(name: str) -> None:
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    told: list[str] = []
    for example in doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name)):
        runner.run(example, out=told.append)
    assert runner.tries, "doctest finds none of its examples"
    assert not runner.failures, "".join(told)


def test_the_public_functions_are_found() -> None:
    assert len(FUNCTIONS) > 90
    assert {"engine.certification.pipeline.certify", "engine.teaching.coins.flips"} <= set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_has_an_example(name: str) -> None:
    assert doctest.DocTestParser().get_examples(FUNCTIONS[name].__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_names_the_errors_that_it_raises(name: str) -> None:
    written = inspect.getdoc(FUNCTIONS[name]) or ""
    for error in _raised(FUNCTIONS[name]):
        assert error in written or "Raises as" in written, f"{name} raises {error}"


def _raised(function: Callable[..., Any]) -> set[str]:
    """The errors in the `raise` statements of a function itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    calls = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def test_names_of_the_engine_in_docstrings_are_there() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "engine").rglob("*.py"))
    names = sorted(set(re.findall(r"`(engine(?:\.\w+)+)", text)))
    assert len(names) > 10
    assert [name for name in names if pydoc.locate(name) is None] == []
