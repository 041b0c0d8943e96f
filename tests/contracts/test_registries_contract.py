"""Every registry of the engine: read-only, entries under their own names, one good sentence for a name it lacks.

Registries are found in the source text, so that a new one is under this contract without being listed here.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import pytest

import engine
from engine.core import EngineError, UnknownName
from engine.core.registry import Registry, entries_of

ENGINE = Path(engine.__file__).parent


def _registries() -> dict[str, Registry[Any]]:
    """Every registry, by module and name, in the modules that make one."""
    found: dict[str, Registry[Any]] = {}
    for path in sorted(ENGINE.rglob("*.py")):
        if not re.search(r"^\w+(: [^=]+)? = Registry\(", path.read_text(), flags=re.MULTILINE):
            continue
        parts = path.relative_to(ENGINE.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        module = importlib.import_module(name)
        made = {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, Registry)}
        assert made, f"no registry is left in {name}"
        found |= made
    return found


REGISTRIES = _registries()
NAMES = ["no-such-entry", "", " ", "L2", "x" * 500, "two\nlines"]
NO_NAMES = [3, None, 0.5, b"l2", ("l2",), ["l2"], {"l2"}]


def test_all_are_found() -> None:
    assert len(REGISTRIES) >= 17
    assert {"engine.perturbations.families", "engine.attacks.search._losses.losses"} <= set(REGISTRIES)
    uses = sum(len(re.findall(r"\bRegistry\(", path.read_text())) for path in ENGINE.rglob("*.py"))
    in_registry_itself = len(re.findall(r"\bRegistry\(", (ENGINE / "core" / "registry.py").read_text()))
    assert len({id(registry) for registry in REGISTRIES.values()}) == uses - in_registry_itself


@pytest.fixture(params=sorted(REGISTRIES))
def registry(request: pytest.FixtureRequest) -> Registry[Any]:
    return REGISTRIES[request.param]


def test_entries_stand_under_their_own_names(registry: Registry[Any]) -> None:
    assert len(registry) > 1
    assert len(set(registry)) == len(list(registry)) == len(registry)
    for name, entry in registry.items():
        assert entry.name == name
        assert registry[name] is entry
        assert name in registry
        assert name == name.strip() != ""
    assert all(name in repr(registry) for name in registry)


def test_a_name_it_lacks_is_answered_with_those_it_has(registry: Registry[Any]) -> None:
    for name in [*NAMES, *NO_NAMES]:
        assert name not in registry
        with pytest.raises(UnknownName) as refused:
            registry[name]  # type: ignore[index]
        sentence = str(refused.value)
        assert re.match(r"unknown [a-z ]+ ", sentence)
        assert sentence.endswith("; known: " + ", ".join(sorted(registry)))
        assert "\n" not in sentence
        assert len(sentence) < 120 + len(", ".join(registry))  # whatever was asked for is cut
        assert isinstance(refused.value, EngineError)


def test_it_is_read_only(registry: Registry[Any]) -> None:
    assert isinstance(registry, Mapping)
    assert not isinstance(registry, MutableMapping)
    before, first = dict(registry), next(iter(registry))
    with pytest.raises(TypeError, match="does not support item assignment"):
        registry["mine"] = before[first]  # type: ignore[index]
    with pytest.raises(TypeError, match="does not support item deletion"):
        del registry[first]  # type: ignore[attr-defined]
    for change in ("update", "pop", "popitem", "clear", "setdefault"):
        assert not hasattr(registry, change)
    assert dict(registry) == before


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    asked: list[int] = []
    lazy = Registry("thing", lambda: asked.append(1) or {"one": 1})
    assert asked == []
    assert lazy["one"] == 1
    assert list(lazy) == ["one"]
    assert asked == [1]


def test_what_is_no_entry_or_is_there_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    entry = "class E:\n    def __init__(self, name):\n        self.name = name\n"
    for package, files in {
        "twice_named": {"a": "THING = E('same')", "b": "THING = E('same')"},
        "of_another_kind": {"a": "THING = 3"},
        "with_bases": {"base": "", "_hidden": "THING = 3", "a": "THING = E('a')"},
    }.items():
        folder = tmp_path / package
        folder.mkdir()
        (folder / "__init__.py").write_text(entry)
        for name, text in files.items():
            (folder / f"{name}.py").write_text(f"from {package} import E\n{text}\n")
    modules = {name: importlib.import_module(name) for name in ("twice_named", "of_another_kind", "with_bases")}
    with pytest.raises(ValueError, match="two entries of twice_named are named 'same'"):
        entries_of("twice_named", "THING", modules["twice_named"].E)
    with pytest.raises(TypeError, match=r"of_another_kind\.a\.THING is not a E"):
        entries_of("of_another_kind", "THING", modules["of_another_kind"].E)
    assert list(entries_of("with_bases", "THING", modules["with_bases"].E)) == ["a"]
