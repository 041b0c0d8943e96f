"""How many bytes a result holds, worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from app.runs.weight import bytes_of


@dataclass(frozen=True, slots=True)
class Made:
    name: str
    array: np.ndarray
    files: dict[str, bytes]


ARRAY = np.zeros((10, 20), dtype=np.float32)  # 800 bytes


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (None, 0),
        (7, 0),
        ("four", 4),
        (ARRAY, 800),
        (ARRAY[:1], 800),  # a view keeps all of it
        ((ARRAY, ARRAY, ARRAY.T), 800),  # counted once
        ({"a": bytes(5), "b": [bytes(6)]}, 11),
        (Made("x", ARRAY, {"one": bytes(9)}), 810),
    ],
)
def test_bytes_are_counted_once(result: object, expected: int) -> None:
    assert bytes_of(result) == expected
