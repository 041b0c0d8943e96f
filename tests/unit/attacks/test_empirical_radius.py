"""How far a smoothed model stands beyond its certificate, on models whose edge is known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import binom

from engine.attacks import EdgeSearch, EmpiricalRadius, empirical_radius
from engine.attacks.empirical import majority_lost
from engine.certification import Certificate, Settings, certify
from engine.core import Cancelled, Compute, InvalidInput, InvalidSetting
from engine.inputs import Image
from engine.inputs.images import image_from_array
from engine.models import BaseModel
from tests.material.tiny_models import toy_model

SETTINGS = Settings(sigma=0.1, n0=10, n=200, alpha=0.05, tau=0.6, seed=3)  # R = 0.0253
NEAR = 0.15  # how far the nearest pixel is from another class: there p = 1/2 exactly


class Redness(torch.nn.Module):
    """Class 1 where a pixel's red exceeds 1/2, else class 0: under noise of sigma its probability is Phi(d / sigma)."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        lead = 20.0 * (images[:, :1] - 0.5)
        return torch.cat([-lead, lead, torch.full_like(lead, -99.0).expand(-1, 9, -1, -1)], dim=1)


@pytest.fixture
def model(compute: Compute) -> BaseModel:
    return replace(toy_model(compute), network=Redness())


@pytest.fixture
def image() -> Image:
    pixels = np.full((16, 16, 3), 0.95, dtype=np.float32)
    pixels[2, 3, 0] = 0.5 + NEAR
    return image_from_array(pixels)


@pytest.fixture
def clean(model: BaseModel, image: Image) -> Certificate:
    certificate = certify(model, image, SETTINGS)
    assert certificate.certified.all()
    return certificate


@pytest.fixture
def found(model: BaseModel, image: Image, clean: Certificate) -> EmpiricalRadius:
    return empirical_radius(model, image, clean, EdgeSearch(limit=16.0, weakest=4))


def test_the_edge_lies_where_the_nearest_pixel_has_it(found: EmpiricalRadius, clean: Certificate) -> None:
    """The majority cannot be shown to be lost before the pixel is carried over 0.15; to be certified with the other
    class it needs tau = 1/2 on that side, shown by 0.64 of 200 draws or so: less than one sigma more."""
    assert found.certified == clean.radius == pytest.approx(0.1 * 0.2533, rel=1e-3)
    assert found.lost is not None
    assert found.flipped is not None
    assert NEAR < found.lost <= found.flipped < NEAR + 0.15
    assert {probe.attacked.settings.tau for probe in found.probes} == {0.5}


def test_it_searches_upwards_and_then_between(found: EmpiricalRadius, clean: Certificate) -> None:
    shares = [probe.share for probe in found.probes]
    fell = next(number for number, probe in enumerate(found.probes) if probe.verdict.violations)
    assert shares[: fell + 1] == pytest.approx([1.3**power for power in range(fell + 1)])
    assert all(1.3 ** (fell - 4) < share < shares[fell] for share in shares[fell + 1 :])
    assert len(shares) > fell + 3
    for probe in found.probes:
        assert probe.size <= probe.share * clean.radius
        assert probe.verdict.inside == (probe.size <= clean.radius)
        if probe.size < NEAR:
            assert (probe.lost, probe.verdict.violations) == (0, 0)
    row = found.as_dict()
    assert found.flipped is not None
    assert row["gap"] == found.flipped / clean.radius > 1.0
    assert [one["violations"] for one in row["probes"]] == [probe.verdict.violations for probe in found.probes]


def test_all_certificates_are_in_the_ledger(found: EmpiricalRadius, clean: Certificate) -> None:
    ledger = found.ledger(clean)
    assert len(ledger.entries) == 1 + len(found.probes)
    assert ledger.reused == 0
    assert ledger.alpha == pytest.approx(min(1.0, 0.05 * len(ledger.entries)))


def test_a_model_that_cannot_be_moved_has_no_edge(image: Image, compute: Compute) -> None:
    class Deaf(Redness):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            return super().forward(0.0 * images + 1.0)

    deaf = replace(toy_model(compute), network=Deaf())
    seen: list[tuple[int, int]] = []
    found = empirical_radius(
        deaf, image, certify(deaf, image, SETTINGS), EdgeSearch(limit=1.3, halvings=2, steps=2),
        progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert (found.flipped, found.lost, found.as_dict()["gap"]) == (None, None, None)
    assert [probe.share for probe in found.probes] == [1.0, 1.3]
    assert seen == [(1, 6), (2, 6)]


def test_a_lost_majority_by_hand(clean: Certificate) -> None:
    """Of 200 draws; the watched share the level: alpha / 4 each. 80 of 200 has a p-value of 0.003 at p = 1/2."""
    hits, top = np.full((16, 16), 200, dtype=np.int32), clean.top.copy()
    hits[0, :4] = (80, 90, 120, 10)
    top[0, 2:4] = 0  # another class has 120 of 200, so at most 80 are left; or 10, which leaves 190
    hits[1, 0] = 0  # not watched
    watched = np.zeros((16, 16), dtype=bool)
    watched[0, :4] = True
    assert binom.cdf(80, 200, 0.5) < 0.05 / 4 < binom.cdf(90, 200, 0.5)
    lost = majority_lost(clean, replace(clean, hits=hits, top=top), watched)
    assert np.argwhere(lost).tolist() == [[0, 0], [0, 2]]


def test_a_majority_is_rarely_called_lost_that_is_not(clean: Certificate) -> None:
    """Of 16 components at p = 1/2 exactly, independent, any is called lost in at most alpha of all runs."""
    rng, watched, runs = np.random.default_rng(5), np.zeros((16, 16), dtype=bool), 2000
    watched[0] = True
    called = 0
    for _ in range(runs):
        hits = rng.binomial(200, 0.5, (16, 16)).astype(np.int32)
        called += majority_lost(clean, replace(clean, hits=hits), watched).any()
    assert 0 < called <= binom.ppf(0.9999, runs, 0.05)


def test_what_has_no_edge_to_look_for(model: BaseModel, image: Image, clean: Certificate) -> None:
    nothing = certify(model, image, replace(SETTINGS, n=2))
    with pytest.raises(InvalidInput, match="nothing is certified"):
        empirical_radius(model, image, nothing)
    with pytest.raises(InvalidSetting, match="certifies no component"):
        empirical_radius(model, image, certify(model, image, replace(SETTINGS, correction="fdr-by")))
    with pytest.raises(Cancelled):
        empirical_radius(model, image, clean, cancelled=lambda: True)
    for changes in ({"growth": 1.0}, {"limit": 0.5}, {"halvings": -1}, {"weakest": 0}):
        with pytest.raises(InvalidSetting, match="an edge is looked for with"):
            EdgeSearch(**changes)
