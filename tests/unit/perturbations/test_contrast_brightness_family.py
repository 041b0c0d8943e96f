"""Contrast and brightness: the joint region against a sum over the plane, its boxes, and two steps beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.changes import changes
from engine.perturbations import families, two_step_margin
from engine.perturbations._contrast_law import kept
from engine.perturbations._contrast_region import ContrastRegion
from tests.material.chosen import Chosen
from tests.material.contrast_worst import attacked_mass

NOISE = {"sigma": 0.2, "strength": 0.2, "tau": 0.9}
PICTURE = torch.rand((6, 8, 3), generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def region_of(*, sigma: float = 0.2, strength: float = 0.2, tau: float = 0.9, floor: float = 0.5) -> ContrastRegion:
    made = families["contrast-brightness"].with_strength(strength).region(sigma=sigma, tau=tau, floor=floor)
    assert isinstance(made, ContrastRegion)
    return made


def test_the_method_s_example() -> None:
    # METHOD, section 12: p = .9, s = .2, .2, k' = -.2 leaves b' < .156 exactly, and nothing in two steps.
    region, contrast = region_of(), math.exp(-0.2)
    for side in (-1, 1):
        assert region.contains({"contrast": contrast, "brightness": side * 0.156})
        assert not region.contains({"contrast": contrast, "brightness": side * 0.157})
    assert two_step_margin(-0.2, 0.0, **NOISE) < 0.0


@pytest.mark.parametrize(
    ("log_contrast", "sigma", "strength", "tau"),
    [
        (-0.2, 0.2, 0.2, 0.9),
        (0.15, 0.2, 0.1, 0.8),
        (-0.15, 0.5, 0.3, 0.75),
        (0.4, 0.4, 0.2, 0.95),
        (0.0, 0.2, 0.2, 0.9),
    ],
)
def test_the_worst_model_has_one_half_at_the_edge_and_more_inside(
    log_contrast: float, sigma: float, strength: float, tau: float
) -> None:
    region = region_of(sigma=sigma, strength=strength, tau=tau)
    noise = {"sigma": sigma, "strength": strength, "tau": tau}
    low, high = 0.0, 1.0
    for _ in range(25):
        middle = (low + high) / 2
        inside = region.contains({"contrast": math.exp(log_contrast), "brightness": middle})
        low, high = (middle, high) if inside else (low, middle)
    assert low > 0.01
    assert attacked_mass(0.0, 0.0, **noise) == pytest.approx(tau, abs=1e-6)
    assert attacked_mass(log_contrast, low, **noise) == pytest.approx(0.5, abs=1e-3)
    assert attacked_mass(0.97 * log_contrast, 0.97 * low, **noise) > 0.503


def test_along_each_axis_alone() -> None:
    region = region_of()
    low, high = region.bounds["contrast"]
    for end in (low, high):
        assert attacked_mass(math.log(end), 0.0, **NOISE) == pytest.approx(0.5, abs=1e-3)
    assert region.reach == pytest.approx(min(-math.log(low), math.log(high)))
    assert region.reach < 0.2 * 1.2815515655446004  # R: qnorm(.9); the spread of the brightness shows the contrast too
    assert region.bounds["brightness"][1] == pytest.approx(0.2 * 1.2815515655446004)


@pytest.mark.parametrize("floor", [0.6, 0.8])
def test_floors(floor: float) -> None:
    region = region_of(floor=floor)
    for contrast, brightness in region.outline(5):
        mass = attacked_mass(math.log(contrast), brightness, **NOISE)
        assert mass == pytest.approx(floor, abs=2e-3)


def test_two_steps_prove_less_and_never_more() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        sigma, strength = np.exp(rng.uniform(-3, 0.3, 2))
        noise = {"sigma": sigma, "strength": strength, "tau": rng.uniform(0.55, 0.999)}
        k, b = rng.normal(size=2) * (sigma, strength)
        if two_step_margin(k, b, **noise) > 0.0:
            assert kept(k / sigma, b / strength, -k, noise["tau"]) > 0.5


def test_very_small_changes_of_contrast_lose_no_digits() -> None:
    without = kept(0.0, 0.7, 0.0, 0.9)
    for k in (1e-12, 1e-9, 1e-6):
        assert kept(k / 0.2, 0.7, -k, 0.9) == pytest.approx(without, abs=1e-6)
        assert kept(-k / 0.2, 0.7, k, 0.9) == pytest.approx(without, abs=1e-6)


def test_the_margin_is_not_monotone_in_the_contrast() -> None:
    # A little more contrast squeezes the random brightness, and helps the class where brightness threatens it.
    assert kept(0.01 / 0.2, 0.5, -0.01, 0.9) > kept(0.0, 0.5, 0.0, 0.9) + 1e-3


@pytest.mark.parametrize("floor", [0.5, 0.65])
def test_a_box_that_is_covered_has_nothing_inside_that_is_not(floor: float) -> None:
    region, rng, covered = region_of(floor=floor), np.random.default_rng(3), 0
    (low, high), (_, far) = region.bounds["contrast"], region.bounds["brightness"]
    for _ in range(25):
        box = {
            "contrast": (float(rng.uniform(low, 1)), float(rng.uniform(1, high))),
            "brightness": (-far * float(rng.random()), far * float(rng.random())),
        }
        corners = all(
            region.contains({"contrast": c, "brightness": b}) for c in box["contrast"] for b in box["brightness"]
        )
        assert region.covers(box) <= corners
        covered += region.covers(box)
        for _ in range(8 * region.covers(box)):
            inside = {name: float(rng.uniform(*ends)) for name, ends in box.items()}
            assert region.contains(inside)
    assert covered > 5


def test_boxes_close_to_the_edge_are_covered_too() -> None:
    region = region_of()  # at |k'| = .2 the smaller of both brightnesses is .15585
    ends = (math.exp(-0.2), math.exp(0.2))
    assert region.covers({"contrast": ends, "brightness": (-0.1555, 0.1555)})
    assert not region.covers({"contrast": ends, "brightness": (-0.157, 0.157)})
    assert region.covers({"contrast": (1.05, ends[1]), "brightness": (0.0, 0.1555)})
    assert region.covers({"contrast": (1.05, 1.05)})
    assert not region.contains({"contrast": 0.0})


def test_the_sentence_is_a_box_that_is_covered() -> None:
    sentence = region_of().sentence
    assert sentence == "contrast between 0.842 and 1.189 with any brightness from −0.186 to 0.186"
    assert region_of().covers({"contrast": (0.842, 1.189), "brightness": (-0.186, 0.186)})


def test_noise_on_a_changed_picture_has_the_law_of_moved_parameters() -> None:
    # e^k (e^k' (x + b') + b) = e^(k + k') (x + b' + e^-k' b)
    change, (k_, b_), (u, v) = changes["contrast-brightness"].apply, (-0.3, 0.1), (0.7, -1.2)
    k, b = 0.25 * u, 0.2 * v
    changed = change(PICTURE, torch.tensor([math.exp(k_), b_], dtype=torch.float64))
    drawn = families["contrast-brightness"].perturb(changed, 0.25, Chosen(u, v))
    together = torch.tensor([math.exp(k + k_), b_ + math.exp(-k_) * b], dtype=torch.float64)
    torch.testing.assert_close(drawn, change(PICTURE, together), rtol=0, atol=1e-14)


def test_errors_of_the_computation_are_within_what_is_charged() -> None:
    entry, wide = families["contrast-brightness"], np.longdouble
    changed = changes["contrast-brightness"].apply(PICTURE, torch.tensor([0.8, 0.1], dtype=torch.float64))
    made = entry.perturb(changed, 0.25, Chosen(0.7, -1.2)).numpy()
    first = wide(0.8) * (PICTURE.numpy().astype(wide) + wide(0.1))
    exact = np.exp(wide(0.25) * wide(0.7)) * (first - wide(0.2) * wide(1.2))
    assert np.abs(made - exact).max() < entry.misplaced(0.25, 1) / 3 / 2.0**16
