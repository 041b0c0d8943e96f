"""Faults found in published code (METHOD, section 10), built in one at a time: the validity check must catch each.

Every test first shows that the sound engine passes the same check in the same place, then breaks one thing. A check
that no fault can fail would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN, coin_model
from engine.certification import Settings
from engine.certification import decisions as engine_decisions
from engine.certification.sampling import Sampler
from engine.core import Compute
from engine.core.rng import Stage, Streams
from engine.models.base import BaseModel, ModelInfo
from engine.perturbations import Region, families, two_step_margin
from engine.stats import corrections, p_value_table
from engine.stats.corrections import holm
from tests.material.contrast_worst import attacked_mass
from tests.material.known_p import VALUE, coins, decisions, draw, errors, refuted, tiles
from tests.material.pictures import plain_image

NULL = np.full((8, 8), 0.75)
SETTINGS = Settings(sigma=0.25, tau=0.75, n0=9, n=60, alpha=0.1, seed=7)


def measured(settings: Settings, pattern: np.ndarray, compute: Compute, *, block: int = 1, grid: int = 16) -> bool:
    """Is the claim "family-wise error at most alpha" refuted for the engine as it is now?"""
    made = coins(settings, pattern, block, grid, compute)
    return refuted(errors(made, decisions(made, settings.correction)), len(made.hits), settings.alpha)


def test_fault_1_noise_reused_within_a_batch(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not measured(SETTINGS, NULL, compute)
    sound = Streams.key
    monkeypatch.setattr(Streams, "key", lambda self, stage, index: sound(self, stage, index - index % 10))
    assert measured(SETTINGS, NULL, compute)


def test_fault_1_when_only_pairs_share_noise(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Streams.key
    monkeypatch.setattr(Streams, "key", lambda self, stage, index: sound(self, stage, index - index % 2))
    assert measured(SETTINGS, NULL, compute)


def test_fault_3_hits_of_n_draws_tested_against_fewer(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not measured(SETTINGS, NULL, compute)
    sound = engine_decisions.decide

    def fewer(settings: Settings, top: np.ndarray, hits: np.ndarray, draws: int) -> Any:
        trials = draws - settings.n0
        return sound(settings, top, np.minimum(hits, trials), trials)

    monkeypatch.setattr(engine_decisions, "decide", fewer)
    assert measured(SETTINGS, NULL, compute)


def test_fault_5_early_return_at_uncorrected_alpha(compute: Compute) -> None:
    # "Stop as soon as a pixel looks certain": looks after every batch of ten, each at the plain level alpha.
    probabilities = np.tile(NULL, (16, 32))
    model = coin_model(probabilities, value=VALUE, sigma=0.25, block=1, compute=compute)
    sampler = Sampler(
        model=model,
        subject=plain_image(*probabilities.shape, VALUE),
        family=families["l2"],
        sigma=0.25,
        seed=7,
        batch=10,
    )
    top = np.ones(probabilities.shape, dtype=np.uint8)
    certified = np.zeros(probabilities.shape, dtype=bool)
    for counts in sampler.hits(top, 0, 60):
        done, counter = counts.draws, counts.hits
        certified |= p_value_table(done, 0.75)[counter.numpy()] <= SETTINGS.alpha
    failures = tiles(certified, 8, 8).any(axis=1)
    assert refuted(int(failures.sum()), len(failures), SETTINGS.alpha)


def with_clean_draw(sound: Callable[..., Iterator[Tensor]]) -> Callable[..., Iterator[Tensor]]:
    """The sampler's predictions with draw 0 answered from the clean image."""

    def predictions(self: Sampler, stage: Stage, start: int, stop: int, **options: Any) -> Iterator[Tensor]:
        clean = self.model.predict(torch.from_numpy(np.array(self.subject.values))[None])
        for number, predicted in enumerate(sound(self, stage, start, stop, **options)):
            if number == 0 and start == 0:
                predicted = torch.cat([clean, predicted[1:]])
            yield predicted

    return predictions


def test_fault_8_clean_image_counted_as_a_sample(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    # tau = .6, n = 12, 64 pixels: only 12 of 12 hits pass (.6^12 * 64 = .139 <= alpha), so the level is nearly used up
    # (.130); a free hit makes it .6^11 and the error .207.
    settings = Settings(sigma=0.25, tau=0.6, n0=11, n=12, alpha=0.14, seed=11)
    pattern = np.full((8, 8), 0.6)
    assert not measured(settings, pattern, compute, grid=32)
    monkeypatch.setattr(Sampler, "predictions", with_clean_draw(Sampler.predictions))
    assert measured(settings, pattern, compute, grid=48)


def holm_without_the_stop(histogram: np.ndarray, p_values: np.ndarray, alpha: float, budget: int = 0) -> int:  # noqa: ARG001
    """Each group at alpha / (N - components above it), whether or not those were rejected."""
    remaining, rejected_from = int(histogram.sum()), len(p_values)
    for hits in range(len(p_values) - 1, -1, -1):
        for _ in range(int(histogram[hits])):
            if p_values[hits] * remaining <= alpha:
                rejected_from = hits
            remaining -= 1
    return rejected_from


class Exclusive(nn.Module):
    """Pairs of pixels that share one uniform U: the left one is heads for U <= p, the right one for U > 1 - p."""

    def __init__(self, p: float, sigma: float) -> None:
        super().__init__()
        self.low, self.high = (VALUE + sigma * float(norm.ppf(level)) for level in (1 - p, p))

    def forward(self, images: Tensor) -> Tensor:
        deciding = images[:, 0, :, ::2]
        heads = torch.stack([deciding <= self.high, deciding > self.low], dim=-1).flatten(2).to(images.dtype)
        return torch.stack([1 - heads, heads], dim=1)


def test_fault_6_holm_without_the_stop(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop matters where components exclude each other.

    Without it Holm is Hochberg's step-up, which is valid for independent and positively dependent components: shared
    coins cannot show the fault. Two pixels that are heads at opposite ends of one noise value can. With p = tau = .6,
    39 draws and this alpha, exact summation over the joint law of the two counts gives .488 with the stop and .546
    without it.
    """
    alpha = 0.497
    settings = Settings(sigma=0.25, tau=0.6, n0=101, n=39, alpha=alpha, seed=13)
    info = ModelInfo(name="exclusive", title="", labels=COIN, trained_sigma=0.25, weights_sha256="", card="")
    model = BaseModel(info=info, network=Exclusive(0.6, 0.25), compute=compute)
    made = draw(settings, model, np.full((96, 96), 0.6), (1, 2))
    assert (made.top == 1).mean() > 0.95
    assert not refuted(errors(made, decisions(made, "holm")), len(made.hits), alpha)
    broken = replace(holm.CORRECTION, cutoff=holm_without_the_stop)
    monkeypatch.setattr(Settings, "procedure", property(lambda _: broken))
    assert refuted(errors(made, decisions(made, "holm")), len(made.hits), alpha)
    assert corrections["holm"] is holm.CORRECTION  # the registry itself is as it was


def test_no_correction_at_all_is_caught(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = replace(holm.CORRECTION, cutoff=lambda _, p_values, alpha, __: int(np.argmax(p_values <= alpha)))
    monkeypatch.setattr(Settings, "procedure", property(lambda _: plain))
    assert measured(SETTINGS, NULL, compute)


def test_selecting_on_the_tested_draws_is_caught(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    """One set of draws used for choosing the class and for testing it: with p = 1/2 = tau the better side is taken.

    .5^10 * 128 = .125 nearly uses up the level of 64 pixels when sound (.0606 of .07); chosen afterwards it doubles.
    """
    settings = Settings(sigma=0.25, tau=0.5, n0=10, n=10, alpha=0.07, seed=17)
    pattern = np.full((8, 8), 0.5)
    assert not measured(settings, pattern, compute, grid=32)
    sound = Streams.key
    monkeypatch.setattr(Streams, "key", lambda self, _, index: sound(self, Stage.SELECTION, index))
    assert measured(settings, pattern, compute, grid=32)


def contrast_region(sigma: float) -> Region:
    return families["contrast-brightness"].with_strength(0.2).region(sigma=sigma, tau=0.9)


def test_fault_19_the_shift_is_held_against_p_itself_after_the_change_of_scale() -> None:
    """Two steps with the first left out: sqrt((k'/s_k)^2 + (b' e^k' / s_b)^2) < ppf(p) in place of ppf(p').

    At p = .9, s_k = .4 it covers a change that leaves the worst model .40.
    """
    limit = norm.ppf(0.9)
    masses = {}
    for degrees in range(0, 91, 15):
        along, across = 0.999 * limit * np.cos(np.radians(degrees)), 0.999 * limit * np.sin(np.radians(degrees))
        k = -0.4 * along
        b = 0.2 * across * np.exp(-k)
        assert np.hypot(k / 0.4, b * np.exp(k) / 0.2) < limit  # what the fault certifies
        masses[k, b] = attacked_mass(k, b, sigma=0.4, strength=0.2, tau=0.9)
        if masses[k, b] < 0.499:
            assert not contrast_region(0.4).contains({"contrast": float(np.exp(k)), "brightness": float(b)})
            assert two_step_margin(k, b, sigma=0.4, strength=0.2, tau=0.9) < 0.0
    assert min(masses.values()) == pytest.approx(0.40, abs=5e-3)


def test_fault_20_a_rectangle_checked_on_its_axes() -> None:
    """Each range alone is covered, their corner is not: there the worst model answers with another class."""
    region = contrast_region(0.2)
    ranges = {name: (0.98 * low + 0.02 * high, 0.98 * high + 0.02 * low) for name, (low, high) in region.bounds.items()}
    assert all(region.contains({name: end}) for name, ends in ranges.items() for end in ends)  # the fault is content
    assert not region.covers(ranges)
    corner = {name: high for name, (_, high) in ranges.items()}
    at = float(np.log(corner["contrast"])), corner["brightness"]
    assert attacked_mass(*at, sigma=0.2, strength=0.2, tau=0.9) < 0.35
    for name in ("brightness", "twist-turn"):
        ellipse = families[name].region(sigma=0.2, tau=0.9)
        assert all(ellipse.contains({one: end}) for one, ends in ellipse.bounds.items() for end in ends)
        assert not ellipse.covers(ellipse.bounds)
        distance = np.sqrt(2) * norm.ppf(0.9)  # of the corner, in deviations: a half space keeps cdf(ppf(p) - distance)
        assert norm.cdf(norm.ppf(0.9) - distance) < 0.35
