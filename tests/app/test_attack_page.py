"""The Attack page as a script: an attack to its verdict, a curve, cancelling, the report, hostile addresses."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.pictures import attack as pictures
from app.pictures import overlay
from app.runs import attack, jobs
from app.runs.attack import AttackOutcome, AttackRequest, Curve, Target
from app.runs.prepare import prepare
from app.runs.queue import State
from app.runs.requests import Choice, Chosen, Request
from app.session import state
from app.views import attack as view
from app.views.report import attack_page
from app.words.attack import curve_promise, sentences
from engine.attacks import Attempt
from tests.app.watching import ended, open_page


def page(**query: str) -> AppTest:
    return open_page("attack", **query)


def state_of(test: AppTest) -> engine.certification.Ledger:
    """What the session's account holds."""
    ledger = test.session_state[state._LEDGER]
    assert isinstance(ledger, engine.certification.Ledger)
    return ledger


@pytest.fixture(scope="module")
def asked(street_image: engine.inputs.Image) -> AttackRequest:
    certify = Request(
        name="<tiny>.png", model="street-noise25", subject=street_image, truth=None,
        settings=engine.Settings(n0=3, n=40, tau=0.6, seed=7, size=64),
        stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip
    return AttackRequest(
        certify=certify, undefended="street-clean", how=Attempt(name="pgd", loss="ce", steps=5), target=Target()
    )  # fmt: skip


def changed(asked: AttackRequest, **how: Any) -> AttackRequest:
    return replace(asked, how=replace(asked.how, **how))


@pytest.fixture(scope="module")
def outcome(asked: AttackRequest) -> AttackOutcome:
    result = ended(attack.submit(asked)).result
    assert isinstance(result, AttackOutcome)
    return result


def test_the_settings_of_the_page_start_at_the_papers() -> None:
    test = page()
    assert not test.exception
    assert test.slider(key="budget_share").value == 0.95
    assert [button.label for button in test.button if button.label in ("Attack", "Robustness curve")] == [
        "Attack",
        "Robustness curve",
    ]


def test_an_attack_is_told_to_its_verdict(outcome: AttackOutcome) -> None:
    duel = outcome.duel
    assert duel.result.size <= duel.clean.radius
    assert duel.verdict.inside
    fell, stood = sentences(duel)
    moved = float(np.mean(duel.before != duel.after))
    assert fell == f"The undefended model changed its answer at {moved:.1%} of its pixels."
    assert stood.startswith(f"0 of {duel.verdict.certified:,} certified pixels were flipped")
    assert list(outcome.pictures) == [
        pictures.CLEAN, pictures.ATTACKED, pictures.CHANGE, pictures.BEFORE, pictures.AFTER, pictures.CERTIFIED,
        pictures.CERTIFIED_ATTACKED, pictures.FLIPS,
    ]  # fmt: skip


def test_the_worst_of_all_losses_on_a_part_of_the_image_towards_a_class(
    asked: AttackRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    attack_input = engine.attacks.attack_input

    def watched(*arguments: Any, **options: Any) -> engine.attacks.AttackResult:
        tried.append(arguments[3].loss)
        return attack_input(*arguments, **options)

    monkeypatch.setattr(sys.modules["engine.attacks.attempt"], "attack_input", watched)
    half = Target(region=(0.0, 0.0, 50.0, 100.0), towards=1)
    request = replace(changed(asked, loss="all", steps=2), target=half)
    job = ended(attack.submit(request))
    made = job.result
    assert isinstance(made, AttackOutcome)
    assert tried == list(engine.attacks.losses)
    own, after = made.duel.before[:, :32], made.duel.after[:, :32]
    assert made.duel.result.share == pytest.approx(float((after == 1)[own != 1].mean()), abs=1e-6)
    assert any(f"the worst of {len(engine.attacks.losses)} losses" in text.value for text in page(run=job.id).caption)


def test_too_much_to_attack_is_refused(asked: AttackRequest) -> None:
    large = replace(asked.certify, subject=engine.inputs.image_from_array(np.zeros((480, 640, 3), dtype=np.float32)))
    heavy = replace(changed(asked, victim="smoothed", loss="all", steps=200), certify=large)
    with pytest.raises(
        engine.core.InvalidSetting, match="more than one run here may take; choose a smaller working size"
    ):
        attack.submit(heavy)


def test_the_page_says_what_is_outside_and_offers_a_denoiser() -> None:
    test = page(budget_share="2.0")
    assert any("outside the certificate" in text.value for text in test.caption)
    (around,) = [box for box in test.selectbox if box.key == "attack_denoiser"]
    assert around.options[0] == "none"
    assert any("single" in option for option in around.options)
    test.slider(key="attack_across").set_value((50, 50)).run()
    assert not test.exception
    assert any("each side before the other" in box.value for box in test.error)


def test_outside_the_radius_nothing_is_claimed(asked: AttackRequest) -> None:
    result = ended(attack.submit(changed(asked, share=2.5))).result
    assert isinstance(result, AttackOutcome)
    assert not result.duel.verdict.inside
    _, stood = sentences(result.duel)
    assert "outside the certificate" in stood


def test_a_broken_promise_would_be_said(outcome: AttackOutcome) -> None:
    broken = replace(outcome.duel, verdict=replace(outcome.duel.verdict, violations=3))
    _, stood = sentences(broken)
    assert stood.startswith("3 of ")
    assert "breaks the promise" in stood


def test_an_assumption_is_said_with_the_verdict(outcome: AttackOutcome) -> None:
    clean = outcome.duel.clean
    assumed = replace(outcome.duel, clean=replace(clean, settings=replace(clean.settings, correction="sidak")))
    _, stood = sentences(assumed)
    assert stood.endswith("if the pixels are independent or positively dependent, which nobody has checked.")


def test_the_report_stands_alone(outcome: AttackOutcome) -> None:
    text = attack_page(outcome).decode()
    assert "&lt;tiny&gt;.png" in text
    assert "<tiny>" not in text
    assert text.count("data:image/png;base64,") == len(outcome.pictures)
    assert not re.search(r"https?://|<script", text)


def test_the_attacked_image_is_saved_exactly(outcome: AttackOutcome) -> None:
    exact = np.asarray(outcome.duel.changed.values)
    np.testing.assert_array_equal(np.load(io.BytesIO(view.npy(exact)), allow_pickle=False), exact)
    result = outcome.duel.result
    assert isinstance(result, engine.attacks.AttackResult)
    np.testing.assert_array_equal(result.adversarial, exact)


def test_the_page_shows_a_finished_attack_again(asked: AttackRequest) -> None:
    job = ended(attack.submit(asked))
    test = page(run=job.id)
    assert not test.exception
    assert any("changed its answer" in box.value for box in test.error)
    assert any("certified pixels were flipped" in box.value for box in [*test.success, *test.warning])
    assert len(state_of(test).entries) == 2  # both certificates count
    assert state_of(test).reused == 0


def test_a_curve_has_a_point_for_every_budget(asked: AttackRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attack, "_CURVE_STEPS", 4)  # a promise holds against weak attacks too
    job = ended(attack.submit_curve(asked))
    assert isinstance(job.result, Curve)
    assert [point.share for point in job.result.points] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
    assert all(point.certified == 0.0 for point in job.result.points if point.share <= 1.0)
    figure = pictures.curve_chart(job.result.points)
    assert len(figure.data) == 4
    test = page(run=job.id)
    assert not test.exception
    assert len(test.get("plotly_chart")) == 1
    assert len(state_of(test).entries) == 9
    assert state_of(test).reused == 0  # other noise for every budget
    (told,) = [text.value for text in test.caption if "The curve rests on" in text.value]
    # Eight budgets share one certificate of the clean image: 9 x 0.001, so 99.1 % for all of them.
    assert "rests on 9 certificates" in told
    assert "With probability at least 99.1 %, all 9 certificates hold at once." in told
    assert told.endswith("It does not.")


def test_a_curve_that_rises_within_the_radius_would_be_said_to(outcome: AttackOutcome) -> None:
    points = [
        engine.attacks.CurvePoint(
            share=share,
            undefended=0.0,
            denoised=None,
            certified_bound=0.0,
            outvoted=0.0,
            certified=0.1,
            abstained=0.0,
            attacked=outcome.duel.attacked,
        )
        for share in (1.0, 1.5)
    ]
    told = curve_promise(outcome.duel.clean, points)
    # Beyond R nothing is promised; the two certificates have alpha 0.001 each.
    assert told.endswith(
        "rises at 1 of these budgets: so one of the certificates is false, which has probability 0.002 at most."
    )


def test_no_badge_where_nothing_is_certified(asked: AttackRequest) -> None:
    """Ten draws cannot certify anything: 0 of 0 flipped is no success."""
    few = replace(asked, certify=replace(asked.certify, settings=replace(asked.certify.settings, n=10)))
    job = ended(attack.submit(few))
    test = page(run=job.id)
    assert not test.exception
    assert not test.success
    assert any("Nothing is certified" in box.value for box in test.warning)


def test_models_of_other_classes_are_no_pair(asked: AttackRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    info, other = engine.models.model_info, engine.inputs.label_spaces["voc"]

    def told(name: str) -> engine.models.ModelInfo:
        found = info(name)
        return replace(found, labels=other) if name == asked.certify.model else found

    monkeypatch.setattr(engine.models, "model_info", told)
    test = page()
    assert any("name other classes: choose two models that name the same" in box.value for box in test.error)


def test_truth_of_other_classes_is_left_out() -> None:
    image = np.zeros((48, 64, 3), dtype=np.uint8)
    labels = np.zeros((48, 64), dtype=np.uint8)
    choice = Choice(values=engine.Settings(size=64), stop=engine.certification.StopRule(), fresh_seed=True)
    chosen = Chosen(kind="image", name="a", data=engine.export.png(image), labels=labels)
    own = engine.inputs.label_spaces["camvid"].classes
    for classes, kept in ((own, True), (("a", "b"), False)):
        request = prepare(replace(chosen, classes=classes), "street-noise25", choice)
        assert (request.truth is not None) == kept


def test_cancelling(asked: AttackRequest) -> None:
    job = attack.submit(changed(asked, steps=200))
    jobs.cancel(job)
    ended(job)
    assert job.state is State.CANCELLED
    test = page(run=job.id)
    assert not test.exception
    assert any("cancelled" in box.value for box in test.info)


def test_flips_are_told_by_what_they_mean() -> None:
    before, after = np.zeros((1, 5), dtype=np.uint8), np.array([[0, 1, 0, 0, 0]], dtype=np.uint8)
    clean = np.array([[2, 2, 2, 2, engine.inputs.ABSTAIN]], dtype=np.int16)
    attacked = np.array([[2, 2, engine.inputs.ABSTAIN, 3, 2]], dtype=np.int16)
    (row,) = overlay.flips(before, after, clean, attacked)
    assert [overlay.FLIPS.classes[number] for number in row] == [
        "certified", "undefended: flipped", "certified: now abstains", "certified: flipped", "open",
    ]  # fmt: skip
    assert len(set(overlay.FLIPS.palette)) == 5


@pytest.mark.parametrize("query", [{"undefended": "x"}, {"victim": "<b>"}, {"run": "nothing"}, {"budget_share": "9e9"}])
def test_hostile_addresses_do_not_crash(query: dict[str, str]) -> None:
    assert not page(**query).exception
