"""A pixel's story tells what its certificate says, in every mode; expected values follow from the counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from engine.certification import (
    Certificate,
    Settings,
    certify,
    class_story,
    counterfactual_share,
    pixel_story,
    region_story,
)
from engine.core import Compute, InvalidInput
from engine.inputs import cloud_from_arrays
from engine.stats import corrections
from tests.material.cloud_files import sphere
from tests.material.pictures import coin_certificate
from tests.material.tiny_models import toy_cloud_model


@pytest.fixture(scope="module")
def free(compute: Compute) -> Certificate:
    return coin_certificate(compute, mode="free", correction="bonferroni", n=150)


def test_story_of_a_certified_pixel(coin_cert: Certificate) -> None:
    story = pixel_story(coin_cert, 3, 2)
    hits = int(coin_cert.hits[3, 2])
    assert story.certified
    assert (story.hits, story.draws, story.top) == (hits, 60, 1)
    assert story.votes.sum() == 20
    assert story.p_value == pytest.approx(binom.sf(hits - 1, 60, 0.6 + coin_cert.misplaced), rel=1e-12)
    assert (story.bound, story.radius) == (0.6, pytest.approx(coin_cert.radius, rel=1e-12))
    assert story.rank == 1 + int((coin_cert.hits > hits).sum())
    assert story.threshold == pytest.approx(0.1 / (16 * 24 + 1 - story.rank))  # Holm's step at that rank


def test_story_of_an_abstention(compute: Compute) -> None:
    made = coin_certificate(compute, tau=0.9)
    row, column = np.argwhere(~made.certified)[0]
    story = pixel_story(made, int(row), int(column))
    assert not story.certified
    assert (story.bound, story.radius) == (0.0, 0.0)


@pytest.mark.parametrize("name", sorted(corrections))
def test_decisions_agree_with_the_thresholds_of_the_ranks(compute: Compute, name: str) -> None:
    """From the definition: step-down rejects up to the first failure, step-up up to the last success."""
    made = coin_certificate(compute, correction=name)
    procedure, components = corrections[name], made.hits.size
    p_values = np.sort(made.p_values().ravel())
    passed = np.array([p <= procedure.threshold(i + 1, components, 0.1) for i, p in enumerate(p_values)])
    if procedure.step_up:
        rejected = int(np.flatnonzero(passed)[-1]) + 1
    else:
        rejected = components if passed.all() else int(np.argmin(passed))
    assert made.selected_count == rejected
    assert rejected > 0


def test_free_mode_tells_bound_and_radius(free: Certificate) -> None:
    story = pixel_story(free, 0, 0)
    assert story.bound == pytest.approx(free.lower_bounds()[0, 0], rel=1e-12)  # one number, and among many at once
    assert story.radius == pytest.approx(free.radius_map()[0, 0], rel=1e-12)
    assert story.radius > free.radius


def test_regions(coin_cert: Certificate, free: Certificate) -> None:
    region = region_story(coin_cert, 0, 0)
    assert region.mask[0, 0]
    assert region.size >= 16 * 12
    assert region.certified == int((region.mask & coin_cert.certified).sum())
    assert region.smallest_radius == pytest.approx(coin_cert.radius, rel=1e-12)
    heads = class_story(free, 1)
    np.testing.assert_array_equal(heads.mask, free.top == 1)
    smallest = free.radius_map()[heads.mask & free.certified].min()
    assert heads.smallest_radius == pytest.approx(smallest, rel=1e-12)
    assert class_story(replace(free, labels=np.full_like(free.labels, -1)), 1).smallest_radius == 0.0


def test_outside_the_image(coin_cert: Certificate) -> None:
    for row, column in ((-1, 0), (16, 0), (0, 24)):
        with pytest.raises(InvalidInput, match="lies outside"):
            pixel_story(coin_cert, row, column)


def test_counterfactual_is_what_holm_says_of_the_same_counts(compute: Compute, free: Certificate) -> None:
    fixed = coin_certificate(compute, n=free.draws)  # the same seed: the same counts
    np.testing.assert_array_equal(fixed.hits, free.hits)
    assert counterfactual_share(free) == fixed.certified_fraction
    assert counterfactual_share(free) >= free.certified_fraction


def test_a_shape_has_no_pixels(compute: Compute) -> None:
    cloud = cloud_from_arrays(sphere(40), sphere(40))
    made = certify(toy_cloud_model(compute), cloud, Settings(sigma=0.05, n0=2, n=20, alpha=0.1, points=40))
    for story in (pixel_story, region_story):
        with pytest.raises(InvalidInput, match="not of a shape"):
            story(made, 0, 0)
