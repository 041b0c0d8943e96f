"""Figure 5a: Figure 2b without the smoothing."""

from collections.abc import Mapping, Sequence

from engine.core.progress import Cancel, Progress
from engine.papers.figures._judge import gamma, smoothing_is_cosmetic
from engine.papers.figures._sweeps import INDIV, JOINT, MARKS, gamma_figure
from engine.papers.figures.base import Experiment, ExperimentResult, Finding, Quality, Series

_DRAWS, _HARD = 1000, 0.02


def run(*, seed: int, quality: Quality, progress: Progress, cancelled: Cancel) -> ExperimentResult:
    """See `RunRule`. With the same seed its draws are those of Figure 2b."""
    return gamma_figure(
        "figure-5a", _DRAWS, _judge, smooth=False, seed=seed, quality=quality, progress=progress, cancelled=cancelled
    )


def _judge(curves: Mapping[str, Series]) -> Sequence[Finding]:
    return (
        *(_all_or_nothing(curves[name]) for name in (JOINT, INDIV)),
        smoothing_is_cosmetic(curves, (JOINT, INDIV), at_most=0.003),
    )


def _all_or_nothing(curve: Series) -> Finding:
    start, end = curve.falls_below(0.95), curve.falls_below(0.05)
    return Finding(
        statement=f"{curve.name} certifies everything or nothing.",
        published="In one run every component is certified or none is; only the average over runs lies between.",
        measured=f"The average falls from 95 % at {gamma(start)} to 5 % at {gamma(end)}.",
        holds=start is not None and end is not None and end - start < _HARD,
    )


EXPERIMENT = Experiment(
    name="figure-5a",
    label="Fig. 5a",
    title="Figure 2b without smoothing",
    question="How sharp are the failures in Figure 2b before the curves are smoothed?",
    setting="As Figure 2b (N = 100, one component with 5γ, n₀ = n = 1000, α = 0.001, τ = 0.75), drawn as "
    "it is. With the same seed these are the very draws of Figure 2b.",
    reading="The paper's main figures pass through a filter over 11 neighbouring points. Here each point is the plain "
    "average over the runs, so the cliffs of the two naive methods are as steep as they are.",
    published=("The naive methods certify either all components or none, so their curves were averaged and smoothed.",),
    source="Fischer, Baader, Vechev 2021, supplement B.1, Figure 5a",
    run=run,
    marks=MARKS,
)
