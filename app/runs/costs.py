"""What runs cost: how much a server takes at once, and how long a run will take, from earlier runs or a trial."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import streamlit as st

import engine
from app.runs import jobs
from app.runs.models import load
from app.runs.queue import Job, State
from app.runs.requests import Request, Subject
from app.words.kinds import VOCABULARIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """beside: a draw takes as long as its components and so many more, what a network does only once. most: components
    times draws of a bare model. advice: what to choose less of."""

    beside: int
    most: int
    advice: str


LIMITS: Mapping[str, Limit] = {
    # about ten minutes on two CPU cores
    "image": Limit(
        beside=0, most=4_000_000_000, advice="a smaller working size, fewer draws or steps or a faster denoiser"
    ),
    # 2,048 points with the paper's 10,000 draws, 20 slow minutes
    "cloud": Limit(beside=2000, most=45_000_000, advice="fewer points, draws or steps"),
}

_TRIAL_DRAWS = 4
_TRIAL_SIZE = (120, 160)


def check_work(request: Request, *models: str, passes: float = 0.0) -> None:
    """Raises InvalidSetting for more work than a server takes at once; each model makes its own draws.

    passes: what else there is to do, in forward passes of a bare model.
    """
    subject, draws = request.subject, request.settings.n0 + request.settings.n
    limit, words = LIMITS[subject.kind], VOCABULARIES[subject.kind]
    cost = sum(engine.models.model_cost(name) for name in models)
    if work_of(subject, cost * draws + passes) > limit.most:
        raise engine.core.InvalidSetting(
            f"{subject.components:,} {words.many} with {draws:,} draws are more than one run here may take; "
            f"choose {limit.advice}, or use the command line"
        )


def work_of(subject: Subject, draws: float) -> float:
    """Components times draws, by which the time of a model grows."""
    return (subject.components + LIMITS[subject.kind].beside) * draws


def network_of(model: str) -> str:
    """The name of a model of shapes without the category that it is asked about: what a draw costs does not depend on
    it, but on how it is asked."""
    network, _, asked = model.partition("@")
    return "+".join([network, *asked.split("+")[1:]])


def expected_seconds(request: Request) -> float | None:
    """About how long a run takes; None until the pace of its model is known, which a trial in the queue finds out."""
    seconds = pace().of(request)
    if seconds is None:
        return None
    return seconds * work_of(request.subject, request.settings.n0 + request.settings.n)


class Pace:
    """Seconds of work of every model, as last measured, and the trials that are to measure others."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._trials: dict[str, Job] = {}
        self._asking = Lock()

    def learn(self, request: Request, subject: Subject, draws: int, seconds: float) -> None:
        """A run took so long."""
        self._seconds[network_of(request.model)] = seconds / work_of(subject, draws)

    def of(self, request: Request) -> float | None:
        """Seconds for a unit of work, at once; where they are not known, a trial is begun when nothing else waits."""
        name = network_of(request.model)
        with self._asking:  # several pages at once begin one trial
            trial = self._trials.get(name)
            if name not in self._seconds and (trial is None or not self._stands(trial)):
                with suppress(engine.core.QueueFull):
                    self._trials[name] = jobs.submit_aside(lambda job: self._try(request, job))
        return self._seconds.get(name)

    @staticmethod
    def _stands(trial: Job) -> bool:
        """Whether it is under way, or failed: then the run itself will say why."""
        return jobs.find(trial.id) is not None and trial.state is not State.CANCELLED

    def _try(self, request: Request, job: Job) -> None:
        """Few draws of the shape, or of a small plain image; twice, since the first also makes ready what is kept."""
        few = replace(request.settings, n0=1, n=_TRIAL_DRAWS - 1, mode="fixed", correction="holm", budget=0)
        subject = request.subject
        if subject.kind == "image":
            subject = engine.inputs.image_from_array(np.full((*_TRIAL_SIZE, 3), 0.5, dtype=np.float32))
        model = load(request.model)
        for _ in range(2):
            made = engine.certify(model, subject, few, cancelled=job.cancel_requested)
        self.learn(request, subject, _TRIAL_DRAWS, made.provenance.seconds_sampling)


@st.cache_resource
def pace() -> Pace:
    """What this process has measured."""
    return Pace()
