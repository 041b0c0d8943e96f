"""The viewer's answers come from a browser, so that anything may stand there."""

from __future__ import annotations

import pytest

from app.components.viewer import _place


@pytest.mark.parametrize(
    "pin",
    [None, "x", {}, {"row": 1}, {"row": 1.0, "column": 2}, {"row": True, "column": 1}, {"row": -1, "column": 0},
     {"row": 4, "column": 0}, {"row": 0, "column": 6}, {"row": "1", "column": "2"}],
)  # fmt: skip
def test_a_pin_from_a_browser_may_be_anything(pin: object) -> None:
    assert _place({"pin": pin}, (4, 6)) is None
    assert _place(pin, (4, 6)) is None
    assert _place({"pin": {"row": 3, "column": 5}}, (4, 6)) == (3, 5)
