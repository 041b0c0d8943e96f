"""The strip that is watched through windows: every patch is tried, and windows are those of the engine."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from engine import patches
from engine.teaching import strip
from engine.teaching.strip import STREET, unnoticed, watch, with_patch, worst_patch

VALUES = np.array(STREET)


@pytest.mark.parametrize("patch", [2, 3, 4, 5])
@pytest.mark.parametrize("stride", [1, 2, 3, 6])
def test_every_patch_lies_in_a_window_and_they_are_the_engines(patch: int, stride: int) -> None:
    spans = strip.spans(24, patch, stride)
    # A picture of 2 x 24 pixels has one row of windows; its own rows do not matter.
    assert spans == tuple((one.left, one.right) for one in patches.windows(patch, 24, patch=patch, stride=stride))
    seen = watch(VALUES, patch=patch, stride=stride, fill="outside")
    assert all(seen.hiding((first, first + patch)) for first in range(24 - patch + 1))


def test_the_model_by_hand() -> None:
    values = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])
    # Means of five, ends repeated: 0, .2, .4, .6, .8, 1, 1.
    assert strip.classes(values).tolist() == [False, False, False, True, True, True, True]


def test_behind_the_window_that_hides_it_a_patch_is_gone() -> None:
    clean = watch(VALUES, patch=4, stride=3, fill="outside")
    for first, content in product(range(21), (np.zeros(4), np.ones(4), np.array([1.0, 0.0, 1.0, 0.0]))):
        seen = watch(with_patch(VALUES, first, content), patch=4, stride=3, fill="outside")
        for number in seen.hiding((first, first + 4)):
            assert np.array_equal(seen.behind[number], clean.behind[number])
            assert np.array_equal(seen.answers[number], clean.answers[number])


@pytest.mark.parametrize("stride", [1, 3, 5])
def test_no_patch_changes_a_certified_cell_unnoticed_but_with_the_fault_one_does(stride: int) -> None:
    clean = watch(VALUES, patch=4, stride=stride, fill="outside")
    assert 0 < int((~clean.alarm).sum()) < 24
    assert worst_patch(VALUES, patch=4, stride=stride, fill="outside")[0] == 0
    count, first, content = worst_patch(VALUES, patch=4, stride=3, fill="everything")
    assert count > 0
    faulty = watch(VALUES, patch=4, stride=3, fill="everything")
    seen = watch(with_patch(VALUES, first, content), patch=4, stride=3, fill="everything")
    assert int(unnoticed(faulty, seen).sum()) == count
    hiding = seen.hiding((first, first + 4))
    assert not np.array_equal(seen.behind[hiding[0]], faulty.behind[hiding[0]])
