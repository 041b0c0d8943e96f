"""Counting under a law: batch sizes, neutral laws, known probabilities, what is needed, what is refused.

That the bounds hold: tests/guarantees/test_how_often_bounds.py.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from engine.audits.error_control.coins import coin_model
from engine.certification import base_prediction
from engine.core import Cancelled, Compute, InvalidInput, InvalidSetting
from engine.frequency import ChangeLaw, HowOften, check_draws, how_often
from engine.frequency.how_often import draws_for
from engine.inputs import Image
from engine.inputs.clouds import cloud_from_arrays
from engine.models import BaseModel
from tests.material.pictures import plain_image
from tests.material.recorder import recording
from tests.material.tiny_models import Halving, toy_cloud_model, toy_model

MIXED = ChangeLaw.parse("brightness=-0.4:0.4,gamma=0.5:2,fog=0:1,noise=0:0.05")


@pytest.mark.parametrize("batch", [7, 0])
def test_counts_do_not_depend_on_the_batch_size(street: BaseModel, street_image: Image, batch: int) -> None:
    one = how_often(street, street_image, MIXED, draws=24, seed=3, batch=1)
    many = how_often(street, street_image, MIXED, draws=24, seed=3, batch=batch)
    np.testing.assert_array_equal(one.hits, many.hits)
    assert 0 < one.hits.min() + 1 <= one.hits.max() == 24
    assert not np.array_equal(one.hits, how_often(street, street_image, MIXED, draws=24, seed=4).hits)


def test_a_law_of_neutral_values_changes_no_answer(street: BaseModel, street_image: Image) -> None:
    made = how_often(street, street_image, ChangeLaw.parse("brightness=0,gamma=1,fog=0,noise=0"), draws=20)
    assert (made.hits == 20).all()
    np.testing.assert_array_equal(made.answers, base_prediction(street, street_image))
    assert (made.share_kept(0.47), made.share_kept(0.48)) == (1.0, 0.0)  # (0.001 / 3,072)^(1 / 20) = 0.4738
    assert made.bounds().max() == pytest.approx((0.001 / made.hits.size) ** (1 / 20))


def test_known_probabilities_are_met(compute: Compute) -> None:
    # A coin at every pixel shows 1 while 0.5 + noise lies below its limit; clipping to [0, 1] moves nothing across it.
    p = np.linspace(0.55, 0.99, 24 * 32).reshape(24, 32)
    model = coin_model(p, value=0.5, sigma=0.1, block=1, compute=compute)
    made = how_often(model, plain_image(24, 32), ChangeLaw.parse("noise=0.1"), draws=500, seed=1)
    assert (made.answers == 1).all()
    apart = (made.estimates() - p) / np.sqrt(p * (1 - p) / 500)
    assert abs(apart).max() < 5
    assert apart.std() == pytest.approx(1.0, abs=0.15)
    assert (made.bounds() < p).all()
    assert made.share_kept(0.9) < (p >= 0.9).mean()


def test_shapes_turn_and_jitter(compute: Compute) -> None:
    # Parts are cut at height 0: turns about the up axis keep them, jitter of deviation s keeps cdf(|z| / s).
    points = np.random.default_rng(1).normal(size=(200, 3)).astype(np.float32)
    cloud = cloud_from_arrays(points)
    model = toy_cloud_model(compute)
    turned = how_often(model, cloud, ChangeLaw.parse("turn=-180:180"), draws=40)
    assert (turned.hits == 40).all()
    made = how_often(model, cloud, ChangeLaw.parse("turn=-180:180,jitter=0.1"), draws=400)
    p = norm.cdf(abs(cloud.points[:, 2]) / 0.1)
    assert (abs(made.estimates() - p) <= 5 * np.sqrt(p * (1 - p) / 400) + 1e-3).all()


def test_the_model_sees_clipped_pictures_of_8_bits(compute: Compute) -> None:
    model, network = recording(compute)
    how_often(model, plain_image(16, 16, 0.7), ChangeLaw.parse("noise=0.25", eight_bit=True), draws=9)
    seen = network.inputs()[1:]  # the first is the unchanged one
    assert seen.shape == (9, 16, 16, 3)
    assert (seen.min(), seen.max()) == (0, 1)
    np.testing.assert_allclose(seen * 255, np.rint(seen * 255), atol=255 * 2.0**-17 + 1e-4)  # on the models' grid


def test_a_denoiser_has_no_part_in_it(compute: Compute) -> None:
    denoiser = Halving()
    image = plain_image(16, 16)
    behind = how_often(toy_model(compute, denoise=denoiser), image, MIXED, draws=5)
    assert not denoiser.images
    np.testing.assert_array_equal(behind.hits, how_often(toy_model(compute), image, MIXED, draws=5).hits)


def test_what_is_needed_for_99_and_95_percent() -> None:
    # share^n <= alpha / N: ln(0.001 / 76,800) = -18.157, over ln 0.99 it is 1,806.6, over ln 0.95 353.98.
    for share, needed in ((0.99, 1807), (0.95, 354)):
        assert math.ceil(math.log(0.001 / 76_800) / math.log(share)) == needed
        assert draws_for(76_800, share=share, alpha=0.001, anytime=False)[0] == needed
        check_draws(needed, 76_800, share=share)
        with pytest.raises(
            InvalidSetting, match=f"{needed - 1:,} draws show of none of 76,800 .*{needed} at the least"
        ):
            check_draws(needed - 1, 76_800, share=share)


@pytest.mark.parametrize("anytime", [False, True])
@pytest.mark.parametrize("share", [0.9, 0.99])
def test_what_is_advised_is_enough_and_not_one_draw_less(share: float, anytime: bool) -> None:
    needed, worth_it = draws_for(768, share=share, alpha=0.01, anytime=anytime)
    assert worth_it > needed

    def unanimous(draws: int) -> HowOften:
        return HowOften(
            law=MIXED, answers=np.zeros(768, np.uint8), hits=np.full(768, draws, np.int32), draws=draws, alpha=0.01,
            seed=0, anytime=anytime,
        )  # fmt: skip

    assert unanimous(needed).share_kept(share) == 1.0
    assert unanimous(needed - 1).share_kept(share) == 0.0


def test_a_share_that_no_draws_show() -> None:
    with pytest.raises(InvalidSetting, match=r"no number of draws in .* shows a share of 0\.99999"):
        check_draws(100_000, 76_800, share=0.99999)
    with pytest.raises(InvalidSetting, match="no number of draws in"):
        draws_for(76_800, share=0.9999999, alpha=0.001, anytime=True)
    for share in (0.0, 1.0, float("nan")):
        with pytest.raises(InvalidSetting, match=r"must lie in \(0, 1\)"):
            check_draws(100, 100, share=share)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"draws": 0}, r"draws must lie in \[1, 100000\], got 0"),
        ({"alpha": 0.9}, r"alpha must lie in"),
        ({"alpha": float("nan")}, r"alpha must lie in"),
        ({"seed": -1}, r"seed must lie in"),
        ({"stop": lambda _: True}, r"to stop, choose anytime"),
    ],
)
def test_settings_out_of_bounds(compute: Compute, changes: dict, sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        how_often(toy_model(compute), plain_image(16, 16), MIXED, **{"draws": 10, **changes})


def test_kinds_must_fit(compute: Compute) -> None:
    cloud = cloud_from_arrays(np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32))
    with pytest.raises(InvalidInput, match="segments images, not point clouds"):
        how_often(toy_model(compute), cloud, ChangeLaw.parse("turn=0:9"), draws=5)
    with pytest.raises(InvalidSetting, match="turn changes point clouds, not images"):
        how_often(toy_model(compute), plain_image(16, 16), ChangeLaw.parse("turn=0:9"), draws=5)


def test_progress_and_cancel(compute: Compute) -> None:
    heard: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        heard.append((done, total))

    with pytest.raises(Cancelled):
        how_often(
            toy_model(compute), plain_image(16, 16), MIXED, draws=10, batch=4, progress=progress,
            cancelled=lambda: len(heard) == 2,
        )  # fmt: skip
    assert heard == [(4, 10), (8, 10)]


def test_an_anytime_run_ends_when_it_is_told_to(compute: Compute) -> None:
    made = how_often(
        toy_model(compute), plain_image(16, 16), ChangeLaw.parse("gamma=1"), draws=400, anytime=True, batch=10,
        stop=lambda so_far: so_far.share_kept(0.9) == 1.0,
    )  # fmt: skip
    needed, _ = draws_for(256, share=0.9, alpha=0.001, anytime=True)
    assert made.draws == math.ceil(needed / 10) * 10 < 400
    assert "at every moment of the run" in made.claim
    assert "at least 99.9 %" in made.claim
    assert "not adversarial" in made.claim
