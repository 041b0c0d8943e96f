"""Every way of filling reads only what is not hidden, gives the same bits in any company, and stays in range."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.core.grid import GRID
from engine.patches import Fill, Window, covered, fills, windows

PLACES = [
    *windows(12, 17, patch=4, stride=3),
    *windows(12, 17, patch=12, stride=4),
    *windows(12, 17, patch=6, stride=7),
]


@pytest.fixture(params=sorted(fills))
def fill(request: pytest.FixtureRequest) -> Fill:
    return fills[request.param]


def on_grid(seed: int, batch: int = 1) -> torch.Tensor:
    """Random pictures on the grid, float64 (batch, 12, 17, 3) in [0, 1], black and white values among them."""
    steps = torch.randint(0, 2**16 + 1, (batch, 12, 17, 3), generator=torch.Generator().manual_seed(seed))
    steps[:, ::5] = 2**16
    steps[:, 1::5] = 0
    return steps.double() * GRID


def test_what_is_hidden_does_not_count(fill: Fill) -> None:
    picture, other = on_grid(0), on_grid(1)
    for place in PLACES:
        rows, columns = place.pixels
        changed = picture.clone()
        changed[:, rows, columns] = other[:, rows, columns]
        assert torch.equal(covered(picture, place, fill), covered(changed, place, fill)), place


def test_the_same_bits_in_any_company_and_order(fill: Fill) -> None:
    pictures = on_grid(2, batch=5)
    for place in PLACES:
        together = covered(pictures, place, fill)
        for number in range(5):
            assert torch.equal(covered(pictures[number : number + 1], place, fill)[0], together[number])
        strided = pictures.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1)  # another order in memory
        assert torch.equal(covered(strided, place, fill), together)


def test_values_lie_between_those_that_were_read(fill: Fill) -> None:
    picture = on_grid(3)
    for place in PLACES:
        rest = torch.ones(12, 17, dtype=torch.bool)
        rest[place.pixels] = False
        low, high = picture[0][rest].amin(dim=0), picture[0][rest].amax(dim=0)
        values = covered(picture, place, fill)[0][place.pixels]
        assert bool((values >= low - 1e-12).all())
        assert bool((values <= high + 1e-12).all())


def test_a_plain_picture_stays_plain(fill: Fill) -> None:
    picture = torch.full((1, 12, 17, 3), 0.25, dtype=torch.float64)
    for place in PLACES:
        torch.testing.assert_close(covered(picture, place, fill), picture, rtol=1e-12, atol=0)


def test_gradients_reach_what_was_read(fill: Fill) -> None:
    picture = on_grid(4).requires_grad_()
    place = Window(top=3, left=4, bottom=8, right=9)
    (slope,) = torch.autograd.grad(covered(picture, place, fill)[:, 3:8, 4:9].sum(), picture)
    assert float(slope[:, 2, 6].abs().min()) > 0.0  # just above the window
    assert float(slope[:, 3:8, 4:9].abs().max()) == 0.0
    assert bool(slope.isfinite().all())


def test_the_mean_by_hand() -> None:
    picture = on_grid(5)
    for place in PLACES:
        hidden = np.zeros((12, 17), dtype=bool)
        hidden[place.pixels] = True
        expected = picture[0].numpy()[~hidden].mean(axis=0)
        found = covered(picture, place, fills["mean"])[0][place.pixels].reshape(-1, 3).numpy()
        np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-12)


def test_the_blend_by_hand() -> None:
    # A window of 1 x 2 pixels in a row: above and below 1 pixel away, left and right 1 and 2.
    picture = torch.zeros(1, 3, 4, 1, dtype=torch.float64)
    picture[0, 1, 0], picture[0, 1, 3] = 1.0, 0.5  # left and right of the window
    picture[0, 0, 1], picture[0, 2, 1] = 0.25, 0.75  # above and below its first pixel
    out = covered(picture, Window(top=1, left=1, bottom=2, right=3), fills["smooth"])[0, 1, 1:3, 0]
    first = (1.0 + 0.5 / 2 + 0.25 + 0.75) / (1 + 1 / 2 + 1 + 1)
    second = (1.0 / 2 + 0.5 + 0.0 + 0.0) / (1 / 2 + 1 + 1 + 1)
    torch.testing.assert_close(out, torch.tensor([first, second], dtype=torch.float64), rtol=1e-12, atol=0)


def test_a_smooth_fill_continues_a_ramp_better_than_the_mean() -> None:
    ramp = torch.linspace(0, 1, 17, dtype=torch.float64)[None, None, :, None].expand(1, 12, 17, 3)
    place = Window(top=0, left=2, bottom=12, right=7)  # from border to border: nothing above or below
    errors = {name: float((covered(ramp, place, fills[name]) - ramp).abs().max()) for name in ("mean", "smooth")}
    assert errors["smooth"] < 0.05 < errors["mean"]
