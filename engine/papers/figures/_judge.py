"""Measured against published: findings that several figures share."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from engine.papers.figures._sweeps import BONFERRONI, HOLM, INDIV, JOINT
from engine.papers.figures.base import Finding, Series
from engine.stats.binomial import lower_bounds

Curves = Mapping[str, Series]

AT_ONCE = 0.01  # "at once" is taken as: within the first tenth of the range of gamma
CLOSE = 0.004  # four steps of gamma: with 60 repetitions a crossing is that uncertain
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def joint_fails_at_once(curves: Curves) -> Finding:
    fell = curves[JOINT].falls_below(0.5)
    return Finding(
        statement="JointClass breaks down at once.",
        published="Fails almost as soon as γ exceeds 0.",
        measured=f"Certifies in fewer than half of the runs from {gamma(fell)} on.",
        holds=fell is not None and fell < AT_ONCE,
    )


def indiv_breaks(curves: Curves, n: int, *, components: int = 100, alpha: float = 0.001) -> Finding:
    """The drop is where the bad component has enough hits for a bound above 1/2 in half of the runs: exactly known."""
    bounds = lower_bounds(np.arange(n + 1), n, alpha / components)
    needed = int(np.argmax(bounds > 0.5))
    predicted = (1.0 - float(stats.beta.ppf(0.5, needed, n - needed + 1))) / 5.0
    fell = curves[INDIV].falls_below(0.5)
    return Finding(
        statement="IndivClass works until the bad component's bound breaks, then fails for all components together.",
        published="Works until the bound for the component with 1 − 5γ cannot be kept above ½.",
        measured=f"The bound needs {needed} of {n} hits, which half of the runs reach at γ = {predicted:.4f}; "
        f"the curve falls below one half at {gamma(fell)}.",
        holds=fell is not None and abs(fell - predicted) <= CLOSE,
    )


def holm_at_least_bonferroni(holm: Series, bonferroni: Series, unit: str = "γ") -> Finding:
    gain = holm.raw - bonferroni.raw
    where = float(holm.x[int(np.argmax(gain))])
    return Finding(
        statement="Holm certifies at least as much as Bonferroni, everywhere.",
        published="Holm has the higher power; the two are equally safe.",
        measured=f"At every point; most at {unit} = {number(where)}, by {100 * gain.max():.1f} percentage points.",
        holds=bool((gain >= 0.0).all()),
    )


def bad_component_is_overcome(curves: Curves, at: float) -> Finding:
    holm, bonferroni, indiv = (curves[name].at(at) for name in (HOLM, BONFERRONI, INDIV))
    return Finding(
        statement="SegCertify overcomes the one bad component.",
        published="The threshold τ lets a single component abstain, so the others keep their certificates.",
        measured=f"At γ = {at:g}: Holm {percent(holm)}, Bonferroni {percent(bonferroni)}, IndivClass {percent(indiv)}.",
        holds=min(holm, bonferroni) > 2.0 * indiv,
    )


def smoothing_is_cosmetic(curves: Curves, names: tuple[str, ...], *, at_most: float) -> Finding:
    moved = {}
    for name in names:
        raw = curves[name]
        drawn = raw.smoothed()
        smooth = Series(name=name, x=raw.x, raw=drawn.y, y=drawn.y)
        before, after = raw.falls_below(0.5), smooth.falls_below(0.5)
        moved[name] = np.inf if before is None or after is None else abs(after - before)
    worst = max(moved, key=lambda name: moved[name])
    return Finding(
        statement="Smoothing the curves changes how they look, not where they fall.",
        published="The smoothed figures in the main text show the same experiment as the unsmoothed ones.",
        measured=f"The crossing of one half moves by at most {moved[worst]:.4f} in γ ({worst}).",
        holds=moved[worst] <= at_most,
    )


def gamma(value: float | None) -> str:
    return "no γ up to 0.1" if value is None else f"γ = {value:.4f}"


def percent(value: float) -> str:
    return f"{100.0 * value:.1f} %"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1.0 else f"{value:g}"


def tiny(value: float) -> str:
    """A probability or an expected count that may be next to nothing."""
    if value < 1e-12:
        return "less than 10⁻¹²"
    if value >= 0.001:
        return f"{value:.2g}"
    digits, exponent = f"{value:.0e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(_RAISED)}"
