"""Windows cover every patch, borders too: exhaustively for small pictures, patches and strides."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import torch
from torch import Tensor

from engine.core.errors import InvalidSetting, NotCertifiable
from engine.patches import Fill, Window, covered, fills, window_count, windows


def patches(height: int, width: int, patch: int) -> list[Window]:
    """Every place of a patch of the largest size; a smaller one lies within one of these."""
    return [
        Window(top=top, left=left, bottom=top + patch, right=left + patch)
        for top in range(height - patch + 1)
        for left in range(width - patch + 1)
    ]


def bare(height: int, width: int, patch: int, places: tuple[Window, ...]) -> int:
    """How many places of a patch no window covers."""
    return sum(not any(one.contains(place) for one in places) for place in patches(height, width, patch))


SMALL = [
    (height, width, patch, stride)
    for height, width, patch, stride in product(range(1, 8), range(1, 10), range(1, 8), range(1, 9))
    if patch <= min(height, width) and not (patch + stride - 1 >= height and patch + stride - 1 >= width)
]


def test_every_place_of_a_patch_is_covered() -> None:
    assert len(SMALL) > 500
    for height, width, patch, stride in SMALL:
        found = windows(height, width, patch=patch, stride=stride)
        assert bare(height, width, patch, found) == 0, (height, width, patch, stride)
        assert len(found) == len(set(found)) == window_count(height, width, patch=patch, stride=stride)
        for one in found:
            assert 0 <= one.top < one.bottom <= height
            assert 0 <= one.left < one.right <= width
            assert (one.bottom - one.top, one.right - one.left) <= (patch + stride - 1,) * 2


def test_windows_that_are_one_pixel_too_small_are_noticed() -> None:
    # The fault of METHOD section 14's windows made p + s - 2 wide. Where a stride ends just before the border the last
    # pixel may not be needed, so not every case shows it; strides of 1 and pictures of whole strides do.
    for height, width, patch, stride in SMALL:
        cut = tuple(replace(one, right=min(one.right, one.left + patch + stride - 2)) for one in
                    windows(height, width, patch=patch, stride=stride))  # fmt: skip
        if (width - patch + 1) % stride == 0:
            assert bare(height, width, patch, cut) > 0, (height, width, patch, stride)


@pytest.mark.parametrize(("patch", "stride", "passes"), [(32, 64, 20), (32, 48, 35), (32, 16, 266)])
def test_passes_of_a_picture_of_320_by_240(patch: int, stride: int, passes: int) -> None:
    # METHOD section 14: ceil(209 / s) * ceil(289 / s).
    assert len(windows(240, 320, patch=patch, stride=stride)) == passes


@pytest.mark.parametrize(
    ("patch", "stride", "problem"),
    [
        (0, 4, "at least 1 pixel"),
        (4, 0, "at least 1 pixel"),
        (13, 1, "does not fit"),
        (8, 13, "hides all of a picture"),
    ],
)
def test_what_covers_nothing_or_all_is_refused(patch: int, stride: int, problem: str) -> None:
    with pytest.raises(InvalidSetting, match=problem):
        windows(12, 20, patch=patch, stride=stride)


def test_a_window_may_reach_from_border_to_border_in_one_direction() -> None:
    assert [(one.left, one.right) for one in windows(12, 20, patch=8, stride=5)] == [(0, 12), (5, 17), (10, 20)]


def test_a_fill_that_looks_under_the_window_is_refused() -> None:
    # The fault: the mean of the whole picture, hidden pixels and all.
    def whole_mean(pictures: Tensor, _: object) -> Tensor:
        return pictures.double().mean(dim=(1, 2), keepdim=True)

    leaking = Fill(name="leaking", title="Mean of everything", values=whole_mean)
    with pytest.raises(NotCertifiable, match="leaking reads pixels under the window"):
        covered(torch.rand(1, 8, 9, 3), Window(top=2, left=3, bottom=5, right=6), leaking)


def test_only_the_window_is_filled_and_the_picture_is_left_alone() -> None:
    pictures = torch.rand(2, 8, 9, 3)
    before = pictures.clone()
    window = Window(top=2, left=3, bottom=5, right=6)
    out = covered(pictures, window, fills["mean"])
    assert torch.equal(pictures, before)
    changed = (out != pictures).any(dim=(0, 3))
    expected = torch.zeros(8, 9, dtype=torch.bool)
    expected[2:5, 3:6] = True
    assert torch.equal(changed, expected)
    assert out.dtype == pictures.dtype
