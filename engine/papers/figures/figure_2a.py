"""Figure 2a: four ways to certify 100 components, one of them bad, with 100 draws each."""

from collections.abc import Mapping, Sequence

from engine.core.progress import Cancel, Progress
from engine.papers.figures._judge import (
    bad_component_is_overcome,
    holm_at_least_bonferroni,
    indiv_breaks,
    joint_fails_at_once,
    percent,
    tiny,
)
from engine.papers.figures._oracle import wrong_guess
from engine.papers.figures._sweeps import BONFERRONI, HOLM, MARKS, gamma_figure
from engine.papers.figures.base import Experiment, ExperimentResult, Finding, Quality, Series

_DRAWS, _EDGE = 100, 0.05  # at gamma = 0.05 the bad component is at tau; below, every abstention is the procedure's


def run(*, seed: int, quality: Quality, progress: Progress, cancelled: Cancel) -> ExperimentResult:
    """See `RunRule`."""
    return gamma_figure(
        "figure-2a", _DRAWS, _judge, smooth=True, seed=seed, quality=quality, progress=progress, cancelled=cancelled
    )


def _judge(curves: Mapping[str, Series]) -> Sequence[Finding]:
    holm, bonferroni = curves[HOLM], curves[BONFERRONI]
    wrong = 99 * wrong_guess(1.0 - _EDGE, _DRAWS) + wrong_guess(1.0 - 5 * _EDGE, _DRAWS)
    lost = 1.0 - holm.at(_EDGE)
    return (
        joint_fails_at_once(curves),
        indiv_breaks(curves, _DRAWS),
        bad_component_is_overcome(curves, 0.07),
        Finding(
            statement="SegCertify certifies less as the noise grows, too.",
            published="Both variants deteriorate with growing γ.",
            measured=f"From γ = 0 to 0.1: Holm {percent(holm.at(0.0))} to {percent(holm.at(0.1))}, "
            f"Bonferroni {percent(bonferroni.at(0.0))} to {percent(bonferroni.at(0.1))}.",
            holds=max(holm.at(0.1), bonferroni.at(0.1)) < 0.9 * min(holm.at(0.0), bonferroni.at(0.0)),
        ),
        holm_at_least_bonferroni(holm, bonferroni),
        Finding(
            statement="The reason is a wrong class chosen from the n₀ draws.",
            published="Names wrong guesses as the main culprit.",
            measured=f"At γ = {_EDGE} one run has {tiny(wrong)} wrong guesses on average, while Holm leaves "
            f"{100 * lost:.1f} of 100 components uncertified: the n test draws are what is short. See “Which draws?”.",
            holds=wrong > 0.5 * 100 * lost,
        ),
    )


EXPERIMENT = Experiment(
    name="figure-2a",
    label="Fig. 2a",
    title="One bad component among 100",
    question="If one component of a hundred is much noisier than the rest, how much can each method still certify?",
    setting="N = 100 components, two classes. The model errs with probability γ on 99 components and with 5γ on one. "
    "n₀ = n = 100, α = 0.001, τ = 0.75; smoothed as in the paper.",
    reading="Each curve is the share of components that get a certificate; higher is better. JointClass treats the "
    "whole output as one class, IndivClass certifies each component and lets the worst one decide, SegCertify lets "
    "components abstain one by one. From γ = 0.05 on the bad component is below τ and should abstain.",
    published=(
        "JointClass fails almost at once when γ leaves 0.",
        "IndivClass works until the bad component's confidence bound can no longer be kept above ½.",
        "Both SegCertify variants lose some components with growing γ, which the paper puts down to wrong guesses of "
        "the class from the n₀ draws.",
    ),
    source="Fischer, Baader, Vechev 2021, section 6.1, Figure 2a",
    run=run,
    marks=MARKS,
)
