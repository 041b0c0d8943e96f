"""Jobs that pages have started, in tests. No test in here."""

from __future__ import annotations

import time

from streamlit.testing.v1 import AppTest

from app import runner
from app.jobs.manager import Job

_PATIENCE = 300.0  # seconds: a limit against hanging, no claim about speed


def job_of(test: AppTest, key: str) -> Job:
    """The job that a page keeps under a key of the session."""
    job = runner.find(test.session_state[key])
    assert job is not None
    return job


def ended(job: Job) -> Job:
    """Wait until a job is in a final state."""
    deadline = time.monotonic() + _PATIENCE
    while not job.state.final:
        assert time.monotonic() < deadline, f"the job is still {job.state}"
        runner.find(job.id)
        time.sleep(0.05)
    return job
