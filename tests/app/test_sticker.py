"""Where a sticker is: what comes from a browser is checked, and always lies within the picture."""

from __future__ import annotations

import pytest

from app.components import sticker
from app.components.sticker import Place, placed

FIRST = Place(x=10, y=20, size=32)


@pytest.mark.parametrize(
    "state",
    [
        None, {}, {"place": None}, {"place": [1, 2, 3]}, {"place": {"x": "1", "y": 2, "size": 3}},
        {"place": {"x": 1, "y": 2}}, {"place": {"x": 1.5, "y": 2, "size": 32}},
        {"place": {"x": float("nan"), "y": 2, "size": 32}}, {"place": {"x": True, "y": 2, "size": 32}},
    ],
)  # fmt: skip
def test_what_is_no_place_is_not_taken(state: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sticker.st, "session_state", {"key": state})
    assert placed("key", FIRST, (240, 320)) == FIRST


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"x": 5, "y": 6, "size": 30}, Place(x=5, y=6, size=30)),
        ({"x": -1, "y": 10**9, "size": 32}, Place(x=0, y=208, size=32)),
        ({"x": 300, "y": 0, "size": 10**30}, Place(x=224, y=0, size=sticker.MOST)),
        ({"x": 319, "y": 239, "size": 0}, Place(x=312, y=232, size=sticker.LEAST)),
    ],
)
def test_a_place_is_kept_within_the_picture(sent: dict[str, int], kept: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sticker.st, "session_state", {"key": {"place": sent}})
    assert placed("key", FIRST, (240, 320)) == kept


def test_a_small_picture_takes_a_small_sticker() -> None:
    assert Place(x=9, y=9, size=50).within((5, 20)) == Place(x=9, y=0, size=5)
