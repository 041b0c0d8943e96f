"""Figure 6b: error budgets at alpha = 0.001."""

from engine.core.progress import Cancel, Progress
from engine.papers.figures._budgets import PUBLISHED, READING, SETTING, budget_figure
from engine.papers.figures.base import Experiment, ExperimentResult, Quality


def run(*, seed: int, quality: Quality, progress: Progress, cancelled: Cancel) -> ExperimentResult:
    """See `RunRule`."""
    return budget_figure("figure-6b", 0.001, seed=seed, quality=quality, progress=progress, cancelled=cancelled)


EXPERIMENT = Experiment(
    name="figure-6b",
    label="Fig. 6b",
    title="Error budgets at α = 0.001",
    question="If a few false certificates are tolerated, how many more components can be certified?",
    setting=f"α = 0.001. {SETTING}",
    reading=READING,
    published=PUBLISHED,
    source="Fischer, Baader, Vechev 2021, supplement B.2, Figure 6b",
    run=run,
)
