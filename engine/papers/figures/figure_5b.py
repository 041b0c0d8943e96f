"""Figure 5b: Figure 2c without the smoothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from engine.core.progress import Cancel, Progress
from engine.papers.figures._growth import FEWER, PRINTED, growth_figure, label
from engine.papers.figures._judge import holm_at_least_bonferroni, percent
from engine.papers.figures.base import Experiment, ExperimentResult, Finding, Quality, Series
from engine.stats.binomial import p_value_table

_ALPHA, _TAU, _STEADY = 0.1, 0.75, 0.15


def run(*, seed: int, quality: Quality, progress: Progress, cancelled: Cancel) -> ExperimentResult:
    """See `RunRule`. With the same seed its draws are those of Figure 2c."""
    return growth_figure(
        "figure-5b", _judge, smooth=False, seed=seed, quality=quality, progress=progress, cancelled=cancelled
    )


def _judge(curves: Mapping[str, Series]) -> Sequence[Finding]:
    bonferroni, holm = curves[label("Bonferroni", FEWER)], curves[label("Holm", FEWER)]
    table = p_value_table(FEWER, _TAU)
    cutoffs = [int(np.argmax(table <= _ALPHA / size)) for size in bonferroni.x]
    stairs = len(set(cutoffs))
    hidden = max(float(np.abs(curve.smoothed().y - curve.raw).max()) for curve in (holm, bonferroni))
    printed = min(float(curves[label(rule, PRINTED)].raw.min()) for rule in ("Holm", "Bonferroni"))
    return (
        Finding(
            statement="Unsmoothed, the curves tell the same story.",
            published="The unsmoothed curves are given beside the smoothed ones, without another conclusion.",
            measured=f"The filter moves no point by more than {100 * hidden:.1f} percentage points.",
            holds=hidden < _STEADY,
        ),
        Finding(
            statement="Bonferroni comes down in steps, one for every hit more that α/N asks for.",
            published="Not discussed.",
            measured=f"With n = {FEWER} it asks for {cutoffs[0]} hits at N = 100 and for {cutoffs[-1]} at a million: "
            f"{stairs} levels, from {percent(float(bonferroni.raw[0]))} down to {percent(float(bonferroni.raw[-1]))}.",
            holds=stairs == cutoffs[-1] - cutoffs[0] + 1,
        ),
        holm_at_least_bonferroni(holm, bonferroni, "N"),
        Finding(
            statement="Both corrections certify less as N grows, with n₀ = n = 1000 (as printed).",
            published="Both deteriorate as N grows.",
            measured=f"At no N is either of them below {percent(printed)}.",
            holds=printed < 0.9,
        ),
    )


EXPERIMENT = Experiment(
    name="figure-5b",
    label="Fig. 5b",
    title="Figure 2c without smoothing",
    question="What do the curves of Figure 2c look like before they are smoothed?",
    setting="As Figure 2c (γ = 0.05, α = 0.1, τ = 0.75, n₀ = n = 1000 as printed, and 100), drawn as "
    "it is. With the same seed these are the very draws of Figure 2c.",
    reading="Hits are whole numbers, so the evidence that α/N asks for rises in steps, and so does what is lost. The "
    "filter of the main figure makes slopes of them.",
    published=("The same curves without the filter; no further conclusion is drawn.",),
    source="Fischer, Baader, Vechev 2021, supplement B.1, Figure 5b",
    run=run,
)
