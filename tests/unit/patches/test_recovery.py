"""No patch changes an answer that is certified by votes of bands: every place, several contents; and the rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.core import Cancelled, InvalidSetting, NotCertifiable
from engine.core.grid import GRID
from engine.inputs import Image
from engine.models import BaseModel
from engine.patches import BandSettings, Recovery, recover
from engine.patches.recovery import shown
from tests.unit.patches.conftest import Anywhere, Made, with_patch

SETTINGS = BandSettings(patch=3, band=2, passes=6)


class Votes(nn.Module):
    """Class 1 everywhere where a value above 0.9 is seen, else class 0 where the picture is darker than 0.6, else 2."""

    def forward(self, images: Tensor) -> Tensor:
        brightest = images.amax(dim=(1, 2, 3))
        score = torch.stack([(brightest < 0.6).float(), (brightest > 0.9).float(), torch.full_like(brightest, 0.5)], 1)
        return score[:, :, None, None].expand(-1, -1, *images.shape[2:])


def changed(model: BaseModel, image: Image, found: Recovery, every: int = 1) -> int:
    """Certified pixels that get another class by any content at any place."""
    size, count = found.settings.patch, 0
    places = [(top, left) for top in range(16 - size + 1) for left in range(18 - size + 1)]
    for number, (top, left) in enumerate(places):
        if number % every:
            continue
        rng = np.random.default_rng(number)
        for content in (np.zeros((size, size, 3)), np.ones((size, size, 3)), rng.random((size, size, 3))):
            after = recover(model, with_patch(image, top, left, content), found.settings)
            count += int((found.certified & (after.top != found.top)).sum())
    return count


def test_the_rule_by_hand() -> None:
    # ceil((p - 1) / b) + 1: a patch of one pixel touches one band, of b + 1 pixels at most two, of b + 2 at most three.
    touched = [BandSettings(patch=patch, band=4, passes=99).touched for patch in (1, 2, 5, 6, 9, 10)]
    assert touched == [1, 2, 2, 3, 3, 4]
    for patch in range(1, 12):
        for band in range(1, 8):
            most = max(len({column // band for column in range(at, at + patch)}) for at in range(40 - patch))
            settings = BandSettings(patch=patch, band=band, passes=99)
            assert (settings.touched, settings.margin) == (most, 2 * most + 1)


@pytest.mark.parametrize("seed", [0, 3])
def test_no_certified_answer_is_changed(made: Made, picture: Image, seed: int) -> None:
    model = made(Anywhere(seed, reach=0.05))
    found = recover(model, picture, SETTINGS)
    assert 0.05 < found.certified_fraction < 0.98
    assert changed(model, picture, found, every=3) == 0


def test_a_margin_of_one_vote_less_is_found(made: Made, monkeypatch: pytest.MonkeyPatch, picture: Image) -> None:
    # 6 passes, two of which a white patch turns over: 6 : 0 becomes 4 : 2. With a margin of 2 T + 1 = 5 the lead of 6
    # holds. The fault: T one too small, and with 3 passes 3 : 0 becomes 1 : 2.
    model = made(Votes())
    assert changed(model, picture, recover(model, picture, SETTINGS), every=3) == 0
    monkeypatch.setattr(BandSettings, "touched", property(lambda self: -(-(self.patch - 1) // self.band)))
    few = recover(model, picture, replace(SETTINGS, passes=3))
    assert few.certified.all()
    assert changed(model, picture, few, every=3) > 0


def test_votes_are_counted_and_ties_go_to_the_smallest(made: Made, picture: Image) -> None:
    # Band 1 of the picture white: the pass that sees it votes for class 1, the five others for class 0.
    white = with_patch(picture, 0, 2, np.ones((16, 2, 3)))
    found = recover(made(Votes()), white, SETTINGS)
    assert (found.top == 0).all()
    assert (found.lead == 4).all()
    half = with_patch(picture, 0, 0, np.ones((16, 6, 3)))  # bands 0 to 2, of passes 0 to 2
    found = recover(made(Votes()), half, SETTINGS)
    assert (found.top == 0).all()
    assert (found.lead == 0).all()
    assert found.certified_fraction == 0.0


def test_a_pass_sees_its_own_columns_alone() -> None:
    rng = np.random.default_rng(1)
    picture = torch.from_numpy(rng.integers(0, 2**16, (1, 5, 18, 3)) * GRID)
    for number in range(SETTINGS.passes):
        out = shown(picture, number, SETTINGS)
        own = [column for column in range(18) if column // 2 % 6 == number]
        assert torch.equal(out[:, :, own], picture[:, :, own])
        other = torch.rand_like(picture)
        other[:, :, own] = picture[:, :, own]
        assert torch.equal(shown(other, number, SETTINGS), out)
        expected = np.stack(
            [np.interp(np.arange(18), own, picture[0, row, own, 0].numpy()) for row in range(5)]
        )  # fmt: skip
        np.testing.assert_allclose(out[0, :, :, 0].numpy(), expected, atol=GRID)


def test_what_cannot_be_recovered_is_refused(made: Made, picture: Image) -> None:
    with pytest.raises(InvalidSetting, match="at least 5 passes are needed, got 4"):
        BandSettings(patch=3, band=2, passes=4)
    with pytest.raises(InvalidSetting, match="at least 1"):
        BandSettings(patch=0)
    with pytest.raises(InvalidSetting, match="has 9 bands of 2 pixels"):
        recover(made(Votes()), picture, replace(SETTINGS, passes=10))
    model = made(Votes())
    with pytest.raises(InvalidSetting, match="draws noise"):
        recover(replace(model, info=replace(model.info, denoised=True)), picture, SETTINGS)
    with pytest.raises(Cancelled):
        recover(made(Votes()), picture, SETTINGS, cancelled=lambda: True)

    class Moody(Votes):
        calls = 0

        def forward(self, images: Tensor) -> Tensor:
            self.calls += 1
            return super().forward(images).roll(self.calls, dims=1)

    with pytest.raises(NotCertifiable, match="in two ways"):
        recover(made(Moody()), picture, replace(SETTINGS, passes=5))
