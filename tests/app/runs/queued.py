"""Work for job queues in tests that starts, waits and ends on command. No test in here."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.runs.queue import Job, JobQueue
from engine.core import Cancelled

PATIENCE = 20.0  # only a broken queue waits this long


class Gate:
    """Work that starts, says so, and waits until it is let go or cancelled."""

    def __init__(self) -> None:
        self.started, self.release = threading.Event(), threading.Event()

    def __call__(self, job: Job) -> str:
        self.started.set()
        for _ in range(int(PATIENCE / 0.005)):
            if self.release.wait(0.005):
                return "let go"
            if job.cancel_requested():
                raise Cancelled("cancelled")
        raise AssertionError("nobody opened the gate")


def finished(manager: JobQueue, job: Job) -> Job:
    """Wait until a job is in a final state."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.002)):
        if job.state.final:
            return job
        manager.get(job.id)
        pause.wait(0.002)
    raise AssertionError(f"job is still {job.state}")


def noting(order: list[str], name: str) -> Callable[[Job], None]:
    return lambda _: order.append(name)
