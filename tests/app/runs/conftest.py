"""A job queue, idle and held up."""

from __future__ import annotations

import pytest

from app.runs.queue import JobQueue
from tests.app.runs.queued import PATIENCE, Gate, finished


@pytest.fixture
def manager() -> JobQueue:
    return JobQueue(capacity=6, share=6, grace=1000.0, keep=50_000)


@pytest.fixture
def busy(manager: JobQueue):
    """The worker held up by a job of session `first`, let go at the end."""
    gate = Gate()
    job = manager.submit("first", gate)
    assert gate.started.wait(PATIENCE)
    yield gate, job
    gate.release.set()
    finished(manager, job)
