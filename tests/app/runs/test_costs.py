"""Estimates of time: known at once or not at all; the trial that finds out stands aside in the queue."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import engine
from app.runs import costs, jobs
from app.runs.queue import JobQueue, State
from app.runs.requests import Request
from tests.app.runs.queued import PATIENCE, Gate, finished


@pytest.fixture
def request_of(street_image: engine.inputs.Image) -> Request:
    return Request(
        name="tiny", model="street-noise25", subject=street_image, truth=None, settings=engine.Settings(n0=4, n=20),
        stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip


@pytest.fixture
def own_queue(monkeypatch: pytest.MonkeyPatch) -> JobQueue:
    queue, pace = JobQueue(), costs.Pace()
    monkeypatch.setattr(jobs, "queue", lambda: queue)
    monkeypatch.setattr(costs, "pace", lambda: pace)
    monkeypatch.setattr(jobs, "session_id", lambda: "somebody")
    return queue


def test_a_pace_is_found_out_beside_the_pages(own_queue: JobQueue, request_of: Request) -> None:
    """While a trial takes its time nobody waits for it: every page is answered at once, and one trial is enough."""
    gate = Gate()
    other = own_queue.submit("other", gate)
    assert gate.started.wait(PATIENCE)
    answers: list[float | None] = []
    asking = [
        threading.Thread(target=lambda: answers.append(costs.expected_seconds(request_of)), daemon=True)
        for _ in range(4)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(PATIENCE)
    assert answers == [None] * 4
    assert len(own_queue._waiting) == 1
    (trial,) = own_queue._waiting
    gate.release.set()
    finished(own_queue, other)
    assert finished(own_queue, trial).state is State.DONE, trial.error
    seconds = costs.expected_seconds(request_of)
    assert seconds is not None
    double = replace(request_of, settings=replace(request_of.settings, n0=8, n=40))
    assert costs.expected_seconds(double) == pytest.approx(2 * seconds)


def test_a_trial_that_gave_way_is_tried_again(own_queue: JobQueue, request_of: Request) -> None:
    assert costs.expected_seconds(request_of) is None
    (trial,) = own_queue._jobs.values()
    own_queue.cancel(trial.id)
    finished(own_queue, trial)
    if trial.state is State.CANCELLED:
        assert costs.expected_seconds(request_of) is None
        assert len(own_queue._jobs) == 2


def test_a_run_teaches_the_pace(own_queue: JobQueue, request_of: Request) -> None:  # noqa: ARG001
    costs.pace().learn(request_of, request_of.subject, 100, 10.0)
    seconds = costs.expected_seconds(request_of)  # 24 draws of the same image, where 100 took 10 seconds
    assert seconds == pytest.approx(2.4)


def test_a_shape_s_pace_is_its_networks(own_queue: JobQueue, request_of: Request) -> None:  # noqa: ARG001
    cloud = engine.inputs.cloud_from_arrays(np.random.default_rng(0).normal(size=(64, 3)))
    asked: Any = replace(request_of, subject=cloud, model="parts@Chair")
    costs.pace().learn(asked, cloud, 10, 1.0)
    assert costs.expected_seconds(replace(asked, model="parts@Lamp")) == pytest.approx(2.4)
