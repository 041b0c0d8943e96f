"""The app's rooms: imports go downwards only, and what needs no Streamlit has none. Read from the syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
ORDER = ("screens", "lessons", "forms", "views", "components", "runs", "pictures", "words", "session")
FILES = sorted(APP.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(APP).parts[0]


def test_few_files_stand_outside_the_rooms() -> None:
    assert len(list(APP.glob("*.py"))) <= 6
    assert {path.name for path in APP.iterdir() if path.is_dir() and path.name != "__pycache__"} == set(ORDER)


@pytest.mark.parametrize("room", ORDER)
def test_imports_go_downwards_only(room: str) -> None:
    above = ORDER[: ORDER.index(room)]
    wrong = [
        f"{path.relative_to(APP)}: {name}"
        for path in FILES
        if room_of(path) == room
        for name in imports(path)
        if name.startswith(tuple(f"app.{other}." for other in above))
    ]
    assert not wrong


def test_pictures_and_words_know_no_streamlit_and_no_session() -> None:
    """Words know nothing of the app but words, pictures only words beside themselves."""
    allowed = {"pictures": ("app.pictures", "app.words"), "words": ("app.words",)}
    for path in FILES:
        if room_of(path) in allowed:
            own = [name for name in imports(path) if name.split(".")[0] in ("app", "streamlit")]
            assert all(name.startswith(allowed[room_of(path)]) for name in own), path


def test_nothing_is_called_by_what_it_does_not_hold() -> None:
    names = {path.stem for path in FILES}
    assert not names & {"tasks", "runner", "attacking", "utils", "helpers"}
