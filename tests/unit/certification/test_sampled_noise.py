"""The noise that a base model sees under the sampler: its law, one of its own for every draw, never clamped.

Statistical bounds are five standard errors of the estimate under the stated law.
"""

from __future__ import annotations

import numpy as np
import pytest

from engine.certification.sampling import Sampler
from engine.core import Compute
from engine.core.rng import Stage
from engine.inputs import Image, image_from_array
from engine.models import BaseModel
from engine.perturbations import families
from tests.material.pictures import plain_image
from tests.material.recorder import recording

SIGMA = 0.25


def sampler(model: BaseModel, image: Image, *, batch: int = 0, sigma: float = SIGMA, seed: int = 0) -> Sampler:
    return Sampler(model=model, subject=image, family=families["l2"], sigma=sigma, seed=seed, batch=batch)


@pytest.mark.parametrize("batch", [1, 5])
def test_noise_is_gaussian_with_mean_0_and_deviation_sigma(compute: Compute, batch: int) -> None:
    model, network = recording(compute)
    list(sampler(model, plain_image(32, 48), batch=batch, sigma=0.3).predictions(Stage.ESTIMATION, 0, 40))
    noise = (network.inputs().astype(np.float64) - 0.5) / 0.3
    count = noise.size
    assert abs(noise.mean()) < 5 / np.sqrt(count)
    assert abs(noise.var() - 1) < 5 * np.sqrt(2 / count)
    assert abs((noise**3).mean()) < 5 * np.sqrt(15 / count)  # Var(z^3) = 15
    assert abs((noise**4).mean() - 3) < 5 * np.sqrt(96 / count)  # Var(z^4) = 105 - 9
    for channel in range(3):
        assert abs(noise[..., channel].mean()) < 5 / np.sqrt(count / 3)


def test_noise_is_not_clamped(compute: Compute) -> None:
    model, network = recording(compute)
    list(sampler(model, plain_image(16, 16, 0.0), sigma=1.0).predictions(Stage.ESTIMATION, 0, 4))
    assert network.inputs().min() < -1
    assert network.inputs().max() > 1


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_no_two_draws_share_noise_and_none_is_clean(compute: Compute, batch: int) -> None:
    model, network = recording(compute)
    image = plain_image(16, 16)
    made = sampler(model, image, batch=batch)
    made.votes(11)
    made.count(np.zeros((16, 16), dtype=np.uint8), 21)
    inputs = network.inputs()
    assert len(inputs) == 32  # 11 + 21 draws, no more
    noise = (inputs - image.pixels).reshape(32, -1) / SIGMA
    np.testing.assert_allclose((noise**2).mean(axis=1), 1, atol=5 * np.sqrt(2 / noise.shape[1]))  # none is clean
    correlation = noise @ noise.T / noise.shape[1]
    assert abs(correlation - np.eye(32)).max() < 6 / np.sqrt(noise.shape[1]) + 0.2  # the diagonal has its own spread
    assert abs(correlation[~np.eye(32, dtype=bool)]).max() < 6 / np.sqrt(noise.shape[1])


def test_pixels_and_channels_of_a_draw_are_independent(compute: Compute) -> None:
    model, network = recording(compute)
    list(sampler(model, plain_image(16, 16)).predictions(Stage.ESTIMATION, 0, 400))
    noise = (network.inputs() - 0.5).reshape(400, -1)[:, :120] / SIGMA
    correlation = np.corrcoef(noise.T)[~np.eye(120, dtype=bool)]
    assert abs(correlation).max() < 6 / np.sqrt(400)


def test_stages_draw_other_noise(compute: Compute) -> None:
    seen = []
    for stage in Stage:
        model, network = recording(compute)
        list(sampler(model, plain_image(16, 16)).predictions(stage, 0, 3))
        seen.append(network.inputs())
    assert not any(np.array_equal(seen[i], seen[j]) for i in range(3) for j in range(i))


def test_the_image_itself_is_in_the_sample(compute: Compute) -> None:
    model, network = recording(compute)
    pixels = np.random.default_rng(0).uniform(0, 1, (16, 24, 3)).astype(np.float32)
    list(sampler(model, image_from_array(pixels), sigma=0.05).predictions(Stage.ESTIMATION, 0, 400))
    np.testing.assert_allclose(network.inputs().mean(axis=0), pixels, atol=6 * 0.05 / np.sqrt(400))


def test_sample_i_is_sample_i_wherever_a_range_starts(compute: Compute) -> None:
    model, network = recording(compute)
    list(sampler(model, plain_image(16, 16), batch=3).predictions(Stage.ESTIMATION, 0, 10))
    whole = network.inputs()
    network.batches.clear()
    list(sampler(model, plain_image(16, 16), batch=4).predictions(Stage.ESTIMATION, 6, 10))
    np.testing.assert_array_equal(network.inputs(), whole[6:])
