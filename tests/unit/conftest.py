"""Fixtures of several unit tests: a job queue, idle and held up."""

from __future__ import annotations

import pytest

from app.jobs.manager import JobManager
from tests.unit.jobs_at_work import PATIENCE, Gate, finished


@pytest.fixture
def manager() -> JobManager:
    return JobManager(capacity=6, share=6, grace=1000.0, keep=5)


@pytest.fixture
def busy(manager: JobManager):
    """The worker held up by a job of session `first`, let go at the end."""
    gate = Gate()
    job = manager.submit("first", gate)
    assert gate.started.wait(PATIENCE)
    yield gate, job
    gate.release.set()
    finished(manager, job)
