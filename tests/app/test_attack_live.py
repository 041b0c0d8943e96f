"""An attack that is watched: what is seen while it runs, and Stop, which keeps what it has found."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.runs import attack, jobs
from app.runs.attack import AttackLook, AttackOutcome, AttackRequest
from app.runs.queue import Job, State
from app.words.attack import how_it_was_made
from tests.app.attacking import changed, fought, small_attack
from tests.app.watching import ended, open_page, texts, work_of


@pytest.fixture(scope="module")
def asked(street_image: engine.inputs.Image) -> AttackRequest:
    return small_attack(street_image)


@pytest.fixture(scope="module")
def outcome(asked: AttackRequest) -> AttackOutcome:
    return fought(asked)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[AttackLook]:
    """All that is shown of attacks in this test."""
    seen: list[AttackLook] = []
    show = Job.show

    def kept(job: Job, view: Any) -> None:
        seen.append(view)
        show(job, view)

    monkeypatch.setattr(Job, "show", kept)
    return seen


def stopped_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody presses Stop once an attack has shown so many steps."""
    show = Job.show

    def then_stop(job: Job, view: Any) -> None:
        show(job, view)
        if len(view.steps) == steps:
            jobs.finish(job)

    monkeypatch.setattr(Job, "show", then_stop)


@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_the_victims_answer_is_seen_every_few_steps(asked: AttackRequest, looks: list[AttackLook], victim: str) -> None:
    request = changed(asked, steps=7, victim=victim)
    made = fought(request)
    assert [len(look.steps) for look in looks] == list(range(1, 9))
    assert [step.number for step in looks[-1].steps] == list(range(8))
    answers = [look.answer for look in looks]
    for number, (look, answer) in enumerate(zip(looks, answers, strict=True)):
        assert isinstance(look, AttackLook)
        assert answer is not None
        assert answer.shape == request.certify.subject.shape
        assert (answer is answers[number - 1]) == (number % 3 != 0)  # a new one every third step
        assert all(step.answer is None for step in look.steps)  # what a job holds is bounded
        if victim == "base":
            assert look.changed == pytest.approx(float(np.mean(answer != made.duel.before)))
            assert look.changed == pytest.approx(look.steps[3 * (number // 3)].share, abs=1e-6)
        else:
            assert look.changed is None
    assert all(step.answer is None for step in made.duel.result.history)


@pytest.mark.parametrize("steps", [1, 4])
def test_stop_keeps_what_was_found(asked: AttackRequest, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_after(steps, monkeypatch)
    job = ended(attack.submit(changed(asked, steps=200)))
    assert job.state is State.DONE, job.error
    made = job.result
    assert isinstance(made, AttackOutcome)
    assert len(made.duel.result.history) == steps
    assert made.duel.result.share == max(step.share for step in made.duel.result.history)
    assert made.duel.result.size <= made.duel.clean.radius
    assert made.duel.verdict.inside
    assert made.duel.attacked.provenance.input_sha256 == made.duel.changed.sha256
    assert made.view is not None
    told = how_it_was_made(made.duel, made.request.how, made.request.undefended)
    assert f", {steps - 1} steps on street-clean; " in told
    test = open_page("attack", run=job.id)
    assert not test.exception
    assert any("of them were flipped" in box.value for box in test.success)


def test_stop_ends_attacks_with_all_losses_too(asked: AttackRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped_after(3, monkeypatch)
    made = fought(changed(asked, loss="all", steps=50))
    assert made.duel.result.size <= made.duel.clean.radius
    assert len(made.duel.result.history) <= 3


def test_an_attack_in_shrinking_budgets_is_stopped_with_a_result(
    asked: AttackRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins in twice the budget: what it shows there is moved back and kept."""
    stopped_after(5, monkeypatch)
    made = fought(changed(asked, name="sapgd", steps=50))
    assert 0.0 < made.duel.result.size <= made.duel.clean.radius
    assert 0.0 <= made.duel.result.share <= 1.0


def _steps_of(job: object) -> None:
    from app.views.attack import show_steps

    show_steps(job)  # type: ignore[arg-type]


@pytest.mark.parametrize("known", [True, False])
def test_the_answer_is_drawn_with_what_has_changed(outcome: AttackOutcome, known: bool) -> None:
    job = Job(session="s", work=None, grace=9.0)
    steps = outcome.duel.result.history
    job.view = AttackLook(
        steps=steps, space=outcome.space, answer=outcome.duel.after, changed=0.125 if known else None
    )  # fmt: skip
    test = AppTest.from_function(_steps_of, args=(job,)).run()
    assert not test.exception
    assert [button.label for button in test.button] == ["Stop and keep it"]
    assert len(test.get("image")) == 1
    assert len(test.get("plotly_chart")) == 1
    said = "The victim's answer now: 12.5% of it changed." if known else "The victim's answer now: one draw of it."
    assert said in texts(test)
    assert f"Step {len(steps)}: {steps[-1].share:.1%} of what is attacked is as the attacker wants it." in texts(test)


def test_of_a_shape_the_share_is_told_without_a_picture(outcome: AttackOutcome) -> None:
    job = Job(session="s", work=None, grace=9.0)
    points = np.zeros(64, dtype=np.uint8)
    job.view = AttackLook(steps=outcome.duel.result.history, space=outcome.space, answer=points, changed=0.5)
    test = AppTest.from_function(_steps_of, args=(job,)).run()
    assert not test.exception
    assert len(test.get("image")) == 0
    assert "The victim's answer now: 50.0% of it changed." in texts(test)


def test_stop_on_the_page_ends_the_run(outcome: AttackOutcome) -> None:
    look = AttackLook(steps=outcome.duel.result.history, space=outcome.space, answer=outcome.duel.after, changed=0.1)

    def work(job: Job) -> AttackOutcome:
        job.show(look)
        while not job.enough_requested():
            assert not job.cancel_requested()
            time.sleep(0.01)
        return outcome

    job = work_of("attack", work)
    while job.view is None:
        time.sleep(0.01)
    test = open_page("attack", run=job.id)
    assert not test.exception
    test.button(key="stop_attack").click().run()
    assert ended(job).state is State.DONE
    test.run()
    assert not test.exception
    assert any("changed its answer" in box.value for box in test.error)
