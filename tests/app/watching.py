"""Pages as scripts and the jobs that they start, in tests. No test in here."""

from __future__ import annotations

import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from app.runs import jobs
from app.runs.queue import Job, Work
from app.session import state

SCREENS = Path(__file__).resolve().parents[2] / "app" / "screens"
_PATIENCE = 300.0  # seconds: a limit against hanging, no claim about speed


def open_page(screen: str, **query: str) -> AppTest:
    """The screen of that name, run once, with an address."""
    test = AppTest.from_file(str(SCREENS / f"{screen}.py"), default_timeout=240)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def texts(test: AppTest) -> str:
    """All sentences on the page."""
    kinds = (test.markdown, test.caption, test.success, test.info, test.warning, test.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def job_of(test: AppTest, page: str) -> Job:
    """The job that the session remembers of a page."""
    job = jobs.find(test.session_state[state._RUNS][page])
    assert job is not None
    return job


def work_of(page: str, work: Work) -> Job:
    """Work that some session has begun on a page."""
    return jobs.queue().submit("somebody", work, page=page)


def ended(job: Job) -> Job:
    """Wait until a job is in a final state."""
    deadline = time.monotonic() + _PATIENCE
    while not job.state.final:
        assert time.monotonic() < deadline, f"the job is still {job.state}"
        jobs.find(job.id)
        time.sleep(0.05)
    return job
