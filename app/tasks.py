"""Long work other than certifying an image, queued beside it; watched and cancelled through `app.runner`."""

from __future__ import annotations

import engine
from app import jobs
from app.state import session_id


def submit_experiment(name: str, *, seed: int, quality: engine.Quality) -> engine.Job:
    """Queue a recomputation for this session; its result is an `engine.ExperimentResult`.

    Raises QueueFull, or UnknownName.
    """
    entry = engine.experiment(name)

    def work(job: engine.Job) -> engine.ExperimentResult:
        return entry.run(seed=seed, quality=quality, progress=job.progress, cancelled=job.cancel_requested)

    return jobs.manager().submit(session_id(), work)
