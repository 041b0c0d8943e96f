"""The job queue: bounded, cancellable, and one job's end is no other's. Events order the threads, not sleeps."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from app.runs.queue import Job, JobQueue, State
from engine.core import InvalidSetting, QueueFull
from tests.app.runs.queued import PATIENCE, Gate, finished, noting


def test_result_and_states(manager: JobQueue) -> None:
    gate = Gate()
    job = manager.submit("a", gate)
    assert gate.started.wait(PATIENCE)
    assert job.state is State.RUNNING
    assert manager.get(job.id) is job
    gate.release.set()
    assert finished(manager, job).state is State.DONE
    assert job.result == "let go"
    assert job.error == ""


def test_ids_cannot_be_guessed(manager: JobQueue) -> None:
    ids = {manager.submit("a", lambda _: None).id for _ in range(4)}
    assert len(ids) == 4
    assert all(len(name) >= 20 for name in ids)
    assert manager.get("nope") is None
    manager.cancel("nope")


@pytest.mark.usefixtures("busy")
def test_the_queue_is_bounded(manager: JobQueue) -> None:
    for number in range(6):
        manager.submit(f"session {number % 3}", lambda _: None)
    with pytest.raises(QueueFull, match="6 runs are waiting"):
        manager.submit("one more", lambda _: None)


def test_no_session_takes_more_than_its_share() -> None:
    manager, gate = JobQueue(capacity=16, share=3), threading.Event()
    manager.submit("other", lambda _: gate.wait(60))
    for _ in range(3):
        manager.submit("greedy", lambda _: None)
    with pytest.raises(QueueFull, match="3 runs of yours are waiting"):
        manager.submit("greedy", lambda _: None)
    manager.submit("modest", lambda _: None)
    gate.set()


def test_the_worker_outlives_even_a_system_exit(manager: JobQueue) -> None:
    def leave(_: Job) -> None:
        raise SystemExit

    assert finished(manager, manager.submit("a", leave)).state is State.FAILED
    assert finished(manager, manager.submit("a", lambda _: "still here")).result == "still here"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")], ids=str)
def test_running_out_of_memory_is_said(manager: JobQueue, error: Exception) -> None:
    def work(_: Job) -> None:
        raise error

    assert "choose a smaller working size" in finished(manager, manager.submit("a", work)).error


@pytest.mark.usefixtures("busy")
def test_a_cancelled_job_makes_room(manager: JobQueue) -> None:
    waiting = [manager.submit("b", lambda _: None) for _ in range(6)]
    manager.cancel(waiting[2].id)
    manager.submit("c", lambda _: None)


def test_progress_view_and_seconds_left(manager: JobQueue) -> None:
    gate = Gate()

    def work(job: Job) -> str:
        job.progress(30, 120)
        job.show("a picture")
        return gate(job)

    job = manager.submit("a", work)
    assert gate.started.wait(PATIENCE)
    assert (job.done, job.total, job.view) == (30, 120, "a picture")
    left = job.seconds_left()
    assert left is not None
    assert left > 0
    gate.release.set()
    finished(manager, job)
    assert job.seconds_left() is None
    assert job.view is None  # pictures of finished jobs are not kept


def test_seconds_left_by_its_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sys.modules["app.runs.queue"], "time", type("Clock", (), {"monotonic": staticmethod(lambda: 110.0)})
    )
    job = Job(session="a", work=lambda _: None, grace=1.0)
    job.state, job.started, job.total = State.RUNNING, 100.0, 50
    assert job.seconds_left() is None  # nothing done: no pace
    job.done = 20
    assert job.seconds_left() == 15.0  # 20 in 10 seconds, 30 to go
    job.state = State.QUEUED
    assert job.seconds_left() is None


def test_cancel_a_waiting_job(manager: JobQueue, busy) -> None:
    ran: list[str] = []
    job = manager.submit("b", noting(ran, "b"))
    other = manager.submit("b", noting(ran, "c"))
    manager.cancel(job.id)
    assert job.state is State.CANCELLED
    assert manager.get(other.id).ahead == 1
    busy[0].release.set()
    finished(manager, other)
    assert ran == ["c"]


def test_cancel_a_running_job(manager: JobQueue, busy) -> None:
    gate, job = busy
    after = manager.submit("b", lambda _: "next")
    manager.cancel(job.id)
    assert finished(manager, job).state is State.CANCELLED
    assert not gate.release.is_set()
    assert job.result is None
    assert finished(manager, after).result == "next"


def test_cancel_a_finished_job_changes_nothing(manager: JobQueue) -> None:
    job = finished(manager, manager.submit("a", lambda _: 7))
    manager.cancel(job.id)
    assert (job.state, job.result) == (State.DONE, 7)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (InvalidSetting("tau must lie in [0.5, 1), got 0.4"), "tau must lie in"),
        (MemoryError(), "ran out of memory"),
        (RuntimeError("secret path"), "an unexpected error"),
        (ZeroDivisionError(), "an unexpected error"),
    ],
)
def test_a_failing_job_ends_alone(manager: JobQueue, error: Exception, words: str) -> None:
    def fail(_: Job) -> Any:
        raise error

    job, after = manager.submit("a", fail), manager.submit("a", lambda _: "fine")
    assert finished(manager, job).state is State.FAILED
    assert words in job.error
    assert "secret" not in job.error
    assert finished(manager, after).result == "fine"


def test_a_job_nobody_looks_at_is_stopped(busy) -> None:
    gate, job = busy
    job.seen -= 2000.0  # as if the last look was longer ago than the grace of 1,000 seconds
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.002)):  # not by get(), which would keep it alive
        if job.state.final:
            break
        pause.wait(0.002)
    assert job.state is State.CANCELLED
    assert not gate.release.is_set()


def test_looking_at_a_job_keeps_it_alive(manager: JobQueue, busy) -> None:
    job = Job(session="a", work=lambda _: None, grace=1000.0)
    job.seen -= 2000.0
    assert job.cancel_requested()
    waiting = manager.submit("b", lambda _: "ran")
    waiting.seen -= 2000.0
    manager.get(waiting.id)
    busy[0].release.set()
    assert finished(manager, waiting).result == "ran"


@pytest.mark.usefixtures("busy")
def test_a_waiting_orphan_makes_room(manager: JobQueue) -> None:
    waiting = [manager.submit("b", lambda _: None) for _ in range(6)]
    waiting[3].seen -= 2000.0
    manager.submit("c", lambda _: None)
    assert waiting[3].state is State.CANCELLED


def test_finished_jobs_are_bounded(manager: JobQueue) -> None:
    """The queue keeps 50,000 bytes: of results that count for 4,096 each, the newest twelve."""
    jobs = [finished(manager, manager.submit("a", lambda _, n=number: n)) for number in range(20)]
    assert [job for job in jobs if manager.get(job.id) is not None] == jobs[-12:]


def test_results_are_kept_by_their_bytes_and_fairly(manager: JobQueue) -> None:
    """Six small results, and one session that makes large ones: only that one loses any."""
    pupils = [finished(manager, manager.submit(f"pupil {n}", lambda _: bytes(100))) for n in range(6)]
    greedy = [finished(manager, manager.submit("greedy", lambda _: bytes(20_000))) for _ in range(3)]
    assert all(manager.get(job.id) is job for job in pupils)
    assert [manager.get(job.id) is not None for job in greedy] == [
        False,
        False,
        True,
    ]  # 6 x 4,096 + 20,000 fit, once more does not


def test_the_newest_result_is_kept_however_large(manager: JobQueue) -> None:
    small = finished(manager, manager.submit("a", lambda _: bytes(10)))
    large = finished(manager, manager.submit("b", lambda _: bytes(1_000_000)))
    assert manager.get(large.id) is large
    assert manager.get(small.id) is None


def test_what_a_job_held_to_be_made_is_let_go(manager: JobQueue) -> None:
    job = finished(manager, manager.submit("a", lambda _: "done"))
    assert job.work is None


def test_what_stands_aside_runs_last_and_gives_way(manager: JobQueue, busy) -> None:
    order: list[str] = []
    trial = manager.submit("b", noting(order, "trial"), aside=True)
    asked = manager.submit("a", noting(order, "asked"))
    busy[0].release.set()
    finished(manager, trial)
    assert order == ["asked", "trial"]
    assert finished(manager, asked).state is State.DONE
    gate = Gate()
    trial = manager.submit("b", gate, aside=True)
    assert gate.started.wait(PATIENCE)
    asked = manager.submit("a", noting(order, "asked again"))
    assert finished(manager, trial).state is State.CANCELLED
    assert trial.error == ""
    assert finished(manager, asked).state is State.DONE


def test_finished_jobs_out_of_sight_are_forgotten(manager: JobQueue) -> None:
    old = finished(manager, manager.submit("a", lambda _: "a picture"))
    new = finished(manager, manager.submit("a", lambda _: "a picture"))
    old.seen -= 4000.0  # beyond the hour that results are kept
    assert manager.get(old.id) is None
    assert manager.get(new.id) is new


def test_sessions_leave_nothing_behind(manager: JobQueue) -> None:
    for number in range(20):
        finished(manager, manager.submit(f"session {number}", lambda _: None))
    finished(manager, manager.submit("last", lambda _: None))
    assert not manager._waiting
    assert len(manager._served) <= len(manager._jobs) <= 13  # what 50,000 bytes hold, and one under way


def test_submitting_from_many_threads_runs_everything() -> None:
    manager, done, lock = JobQueue(capacity=200, share=200), [], threading.Lock()

    def work(_: Job) -> None:
        with lock:
            done.append(1)

    def submit(name: str) -> None:
        for _ in range(10):
            jobs.append(manager.submit(name, work))

    jobs: list[Job] = []
    threads = [threading.Thread(target=submit, args=(f"session {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for job in jobs:
        finished(manager, job)
    assert len(done) == 80
