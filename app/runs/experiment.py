"""Recomputing an experiment of the paper."""

import engine
from app.runs import jobs
from app.runs.queue import Job


def submit(name: str, *, seed: int, quality: engine.papers.Quality) -> Job:
    """Queue a recomputation for this session; its result is an `ExperimentResult`. Raises QueueFull, or UnknownName."""
    entry = engine.papers.experiments[name]

    def work(job: Job) -> engine.papers.ExperimentResult:
        return entry.run(seed=seed, quality=quality, progress=job.progress, cancelled=job.cancel_requested)

    return jobs.submit(work, page="experiments")
