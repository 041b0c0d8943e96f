"""Which families perturb images, that the sampler refuses the others, and that it adds noise as it always has."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
import torch

from engine.attacks.victims import SmoothedVictim
from engine.certification import Settings
from engine.certification.sampling import Sampler
from engine.core import InvalidSetting
from engine.core.rng import Stage
from engine.inputs import Image
from engine.models import BaseModel
from engine.perturbations import families, families_for

ROTATIONS = {"rotation-axis", "rotation-axis-x", "rotation-axis-y", "so3", "so3-uniform"}
PHOTOMETRIC = {"brightness", "contrast-brightness", "blur", "gamma", "gamma-rayleigh"}
BENDS = {"twist", "shear", "twist-turn"}


def test_families_by_input() -> None:
    assert set(families_for("image")) == {"l2", "l1-laplace", "l1-uniform", *PHOTOMETRIC}
    assert set(families_for("cloud")) == {"l2", "l1-laplace", "l1-uniform", *ROTATIONS, *BENDS}


def test_a_rotation_of_an_image_is_refused(street: BaseModel, street_image: Image) -> None:
    with pytest.raises(InvalidSetting, match=r"^family so3 perturbs point clouds, not images$"):
        Sampler.of(street, street_image, Settings(family="so3"))


def test_l2_noise_is_to_the_bit_what_the_seed_gives(street: BaseModel, street_image: Image) -> None:
    # The arithmetic written out: the words of the key, a draw in float64, times sigma, plus the image, to the grid.
    sampler = Sampler.of(street, street_image, Settings(sigma=0.3, seed=11), batch=3)
    clean = street_image.pixels.astype(np.float64)
    stream = np.frombuffer(hashlib.sha256(b"").digest()[:16], dtype=">u4")
    drawn = torch.cat([batch.clone() for batch in sampler.noisy_batches(Stage.ESTIMATION, 2, 9)])
    for index, noisy in enumerate(drawn, start=2):
        words = np.array([0x63657274, 11, 0, *stream, 1, index], dtype=np.uint32)  # "cert", seed, stream, stage, index
        unit = np.random.Generator(np.random.SFC64(np.random.SeedSequence(words))).standard_normal(clean.shape)
        expected = np.rint((0.3 * unit + clean) * 2**16) / 2**16
        np.testing.assert_array_equal(noisy.numpy().astype(np.float64), expected)


@pytest.mark.parametrize("name", ["l1-laplace", "l1-uniform"])
def test_other_noise_on_images_does_not_depend_on_the_batch(street: BaseModel, street_image: Image, name: str) -> None:
    runs = [
        torch.cat(
            [
                drawn.clone()
                for drawn in Sampler.of(street, street_image, Settings(family=name), batch=batch).noisy_batches(
                    Stage.SELECTION, 0, 5
                )
            ]
        )
        for batch in (1, 4)
    ]
    assert torch.equal(*runs)
    assert runs[0].min() < 0  # never clamped


def test_a_smoothed_victim_passes_gradients(street: BaseModel, street_image: Image) -> None:
    victim = SmoothedVictim(model=street, family=families["l2"], sigma=0.25, draws=2)
    x = torch.tensor(street_image.pixels).requires_grad_()
    logits = victim.logits(x, torch.Generator().manual_seed(0))
    assert len(logits) == 2
    assert not torch.equal(logits[0], logits[1])
    logits.square().mean().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
