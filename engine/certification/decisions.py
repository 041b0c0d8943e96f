"""Counts -> decisions: p-values by table, the correction on the histogram of hits, class or abstention, bounds, radii.

Pure functions of settings and counts, O(N + draws).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.inputs.labels import ABSTAIN
from engine.perturbations import families
from engine.stats.modes import modes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decision:
    """The outcome of the tests: labels int16 (H, W), the cut-off in hits, and the radius."""

    labels: NDArray[np.int16]
    cutoff: int
    radius: float


def decide(settings: Settings, top: NDArray[np.uint8], hits: NDArray[np.int32], draws: int) -> Decision:
    """Stages 3 to 5 of SegCertify: p-values by table, the correction on the histogram of hits, class or abstention.

    Tested is whether a class exceeds tau by more than the drawn noise may be off from ideal noise. A pure function of
    settings and counts, O(N + draws). Source: Fischer et al. 2021, Algorithm 2; METHOD, section 11.
    """
    histogram = np.bincount(hits.ravel(), minlength=draws + 1)
    table = p_value_table(settings, hits.size, draws)
    budget = settings.tolerated(hits.size)
    cutoff = settings.procedure.cutoff(histogram, table, settings.alpha, budget)
    labels = np.where(hits >= cutoff, top.astype(np.int16), np.int16(ABSTAIN))
    radius = settings.radius
    return Decision(labels=labels, cutoff=cutoff, radius=radius)


def p_value_table(settings: Settings, components: int, draws: int) -> NDArray[np.float64]:
    """The uncorrected p-value of every number of hits of one of so many components, float64 (draws+1,)."""
    tau = settings.tau_tested(components)
    return settings.testing.p_values(draws, tau) if tau < 1.0 else np.ones(draws + 1)


def lower_bounds(settings: Settings, hits: NDArray[np.int32], draws: int) -> NDArray[np.float64]:
    """Lower bounds of the class probabilities that hold together, float64 (H, W); 0 where 1/2 is not exceeded.

    Of those under ideal noise: what the drawn noise may be off by is taken away.

    Raises InvalidSetting unless the mode is one whose result holds for every tau.
    """
    return _bound_table(settings, hits, draws)[hits]


def radius_map(settings: Settings, hits: NDArray[np.int32], draws: int) -> NDArray[np.float64]:
    """The radius up to which each component's class is certified, float64 (H, W); 0 where it is not at all.

    All radii hold together, at the settings' alpha, but for as many as the error budget tolerates. Raises
    InvalidSetting as `lower_bounds` does.
    """
    table = _bound_table(settings, hits, draws)
    return np.frombuffer(_radii_of(settings.family, settings.strength, settings.sigma, table.tobytes()))[hits]


def _bound_table(settings: Settings, hits: NDArray[np.int32], draws: int) -> NDArray[np.float64]:
    """The lower bound of every number of hits that occurs, float64 (draws+1,); 0 elsewhere and up to 1/2."""
    level = settings.procedure.level
    if not settings.testing.tau_free or level is None:
        raise InvalidSetting(f"mode {settings.mode} has no bounds: it holds for one tau, {settings.tau:g}")
    each = level(hits.size, settings.alpha, settings.tolerated(hits.size))
    off = settings.misplaced(hits.size)
    present = np.flatnonzero(np.bincount(hits.ravel(), minlength=draws + 1))
    found = np.frombuffer(_bounds_of(settings.mode, present.tobytes(), draws, each))
    table = np.zeros(draws + 1)
    table[present] = np.where(found - off > 0.5, found - off, 0.0)
    return table


@lru_cache(maxsize=32)
def _bounds_of(mode_name: str, present: bytes, draws: int, level: float) -> bytes:
    """The mode's bounds (float64) of some numbers of hits (int64), as bytes; pages ask for them again and again."""
    bounds = modes[mode_name].bounds
    assert bounds is not None
    return bounds(np.frombuffer(present, dtype=np.int64), draws, level).astype(np.float64).tobytes()


@lru_cache(maxsize=32)
def _radii_of(family_name: str, strength: float | None, sigma: float, bounds: bytes) -> bytes:
    """The radius of each bound (float64), both as bytes."""
    rule = families[family_name].with_strength(strength).radius
    radii = [rule(sigma=sigma, tau=bound) if bound > 0.5 else 0.0 for bound in np.frombuffer(bounds).tolist()]
    return np.array(radii).tobytes()
