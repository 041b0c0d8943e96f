"""Who is served next: a session's next job waits until every other session's first one had its turn.

Expected orders are worked out from that rule, which is the one in the docstring of `app.runs.queue`.
"""

from __future__ import annotations

from app.runs.queue import JobQueue
from tests.app.runs.queued import PATIENCE, Gate, finished, noting


def test_one_session_runs_in_order(manager: JobQueue, busy) -> None:
    order: list[str] = []
    jobs = [manager.submit("b", noting(order, str(number))) for number in range(5)]
    assert [manager.get(job.id).ahead for job in jobs] == [1, 2, 3, 4, 5]
    busy[0].release.set()
    for job in jobs:
        finished(manager, job)
    assert order == list("01234")
    assert {manager.get(job.id).ahead for job in jobs} == {0}


def run_in_order(manager: JobQueue, gate: Gate, names: list[str]) -> tuple[list[str], dict[str, int]]:
    """Submit jobs (first letter: session), let them run; the order they ran in, and what each was told was ahead."""
    order: list[str] = []
    jobs = {name: manager.submit(name[0], noting(order, name)) for name in names}
    ahead = {name: manager.get(job.id).ahead for name, job in jobs.items()}
    gate.release.set()
    for job in jobs.values():
        finished(manager, job)
    return order, ahead


def test_sessions_take_turns(manager: JobQueue, busy) -> None:
    order, _ = run_in_order(manager, busy[0], ["b1", "b2", "b3", "c1", "c2", "d1"])
    assert order == ["b1", "c1", "d1", "b2", "c2", "b3"]


def test_a_session_that_had_its_turn_waits_for_one_that_had_none(manager: JobQueue) -> None:
    gate, order = Gate(), []
    first = manager.submit("a", gate)  # the turn of a
    assert gate.started.wait(PATIENCE)
    jobs = [manager.submit("a", noting(order, "a2")), manager.submit("b", noting(order, "b1"))]
    gate.release.set()
    for job in (first, *jobs):
        finished(manager, job)
    assert order == ["b1", "a2"]


def test_jobs_ahead_are_those_that_run_before(manager: JobQueue, busy) -> None:
    order, ahead = run_in_order(manager, busy[0], ["b1", "b2", "c1", "c2", "d1"])
    assert ahead == {name: 1 + order.index(name) for name in order}  # 1: the job that was running
