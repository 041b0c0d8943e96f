"""What a denoiser gains, on images whose noise is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.certification import Settings, certify
from engine.certification.sampling import Sampler
from engine.core import Compute, InvalidInput, InvalidSetting
from engine.core.rng import Stage
from engine.evaluation import denoise_once
from engine.evaluation.denoising import mean_psnr, psnr
from engine.inputs import Image
from engine.models import BaseModel
from tests.material.pictures import plain_image
from tests.material.tiny_models import Halving, toy_model

SETTINGS = Settings(sigma=0.5, size=64, seed=3)


def test_psnr_by_its_definition() -> None:
    truth = np.zeros((2, 2, 3), dtype=np.float32)
    assert psnr(truth, truth) == math.inf
    assert psnr(truth + np.float32(0.1), truth) == pytest.approx(20.0, abs=1e-4)  # -10 log10(0.01)
    one = truth.copy()
    one[0, 0, 0] = 1.0
    assert psnr(one, truth) == pytest.approx(10.0 * math.log10(12))


def test_one_draw_through_a_known_denoiser(compute: Compute) -> None:
    image, halving = plain_image(24, 32), Halving()
    made = denoise_once(toy_model(compute, denoise=halving), image, SETTINGS)
    (batch,) = Sampler.of(toy_model(compute), image, SETTINGS).noisy_batches(Stage.EVALUATION, 0, 1)
    np.testing.assert_array_equal(made.noisy, batch[0].numpy())
    np.testing.assert_allclose(made.clean, (made.noisy / 2 + 0.25).clip(0, 1), atol=1e-6)
    assert halving.sigmas == [0.5]
    assert made.step == 259  # the rule of METHOD section 7, see tests/unit/test_diffusion.py
    assert made.psnr_noisy == pytest.approx(psnr(made.noisy, image.pixels))
    assert made.psnr_clean == pytest.approx(psnr(made.clean, image.pixels))
    assert made.psnr_clipped == pytest.approx(psnr(made.noisy.clip(0.0, 1.0), image.pixels))


def test_a_model_without_denoiser_is_refused(street: BaseModel, street_image: Image) -> None:
    with pytest.raises(
        InvalidSetting, match=r"street-noise25 has no denoiser; choose one, as in street-noise25\+single"
    ):
        denoise_once(street, street_image, SETTINGS)


def test_means_over_images(compute: Compute) -> None:
    model, images, seen = toy_model(compute, denoise=Halving()), [plain_image(24, 32), plain_image(32, 24)], []
    noisy, clipped, clean = mean_psnr(model, images, SETTINGS, progress=seen.append)
    each = [denoise_once(model, image, SETTINGS.fresh("example", number)) for number, image in enumerate(images)]
    assert noisy == pytest.approx(np.mean([made.psnr_noisy for made in each]))
    assert clean == pytest.approx(np.mean([made.psnr_clean for made in each]))
    assert noisy < clipped
    assert seen == [1, 2]
    with pytest.raises(InvalidInput, match="no image"):
        mean_psnr(model, [], SETTINGS)


def test_noise_is_another_than_the_certificates(compute: Compute) -> None:
    # The picture that people look at must not be a draw that the certificate used.
    model, image = toy_model(compute, denoise=Halving()), plain_image(16, 16)
    shown = denoise_once(model, image, SETTINGS).noisy
    for stage in (Stage.SELECTION, Stage.ESTIMATION):
        for batch in Sampler.of(model, image, SETTINGS).noisy_batches(stage, 0, 8):
            assert not any(np.array_equal(shown, one.numpy()) for one in batch)
    assert certify(model, image, Settings(n0=2, n=4, size=64)).draws == 4
