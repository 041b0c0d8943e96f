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
from app.forms.scenarios import values_of
from app.pictures import attack as pictures
from app.pictures import overlay
from app.runs import attack, jobs
from app.runs.attack import AttackOutcome, AttackRequest, Curve
from app.runs.prepare import prepare
from app.runs.queue import State
from app.runs.requests import Choice, Chosen
from app.views import attack as view
from app.views.report import attack_page
from app.words.attack import curve_promise, sentences
from engine.attacks import Target
from tests.app.attacking import changed, fought, ledger_of, small_attack
from tests.app.watching import ended, open_page


def page(**query: str) -> AppTest:
    return open_page("attack", **query)


@pytest.fixture(scope="module")
def asked(street_image: engine.inputs.Image) -> AttackRequest:
    return small_attack(street_image)


@pytest.fixture(scope="module")
def outcome(asked: AttackRequest) -> AttackOutcome:
    return fought(asked)


def test_the_settings_of_the_page_start_at_the_papers_figure() -> None:
    test, figure = page(), engine.papers.scenarios["figure-1"]
    assert not test.exception
    for key in ("undefended", "certified", "victim", "only", "attack", "loss", "towards", "attack_denoiser"):
        assert test.selectbox(key=key).value == values_of(figure)[key]
    for key in ("budget_share", "steps", "attack_across", "attack_down"):
        assert test.slider(key=key).value == values_of(figure)[key]
    for key in ("attack_sigma", "attack_tau", "attack_n", "attack_size"):
        assert test.number_input(key=key).value == values_of(figure)[key]
    (chosen,) = [button for button in test.button if button.icon == ":material/check:"]
    assert chosen.key == f"use_{figure.sample}"
    assert [button.label for button in test.button if button.label in ("Attack", "Robustness curve")] == [
        "Attack",
        "Robustness curve",
    ]


def test_an_attack_is_told_to_its_verdict(outcome: AttackOutcome) -> None:
    duel = outcome.duel
    assert duel.result.size <= duel.clean.radius
    assert duel.verdict.inside
    fell, stood = sentences(duel, outcome.request.target)
    moved = float(np.mean(duel.before != duel.after))
    assert fell == f"The undefended model changed its answer at {moved:.1%} of its pixels."
    assert stood == (
        f"Of its 3,072 pixels {duel.verdict.certified:,} were certified; 0 of them were flipped, "
        f"{duel.verdict.now_abstain:,} now abstain."
    )
    shown = outcome.view
    assert shown is not None
    assert [layer.name for layer in shown.layers] == [
        pictures.CLEAN, pictures.ATTACKED, pictures.CHANGE, pictures.BEFORE, pictures.AFTER, pictures.CERTIFIED,
        pictures.CERTIFIED_ATTACKED, pictures.FLIPS, "Certified radius", "Vote share", "p-value",
    ]  # fmt: skip
    assert [pane.title for pane in shown.panes] == ["Attacked image", "Clean image", "Undefended", "Certified"]
    assert shown.caption == f"<tiny>.png. {fell} {stood}"
    assert shown.budget == pytest.approx(duel.result.size)


def test_the_truth_takes_a_pane_where_it_is_known(asked: AttackRequest, outcome: AttackOutcome) -> None:
    truth = np.zeros(asked.certify.subject.shape, dtype=np.uint8)
    known = replace(asked, certify=replace(asked.certify, truth=truth))
    shown = AttackOutcome.of(known, outcome.duel, outcome.space).view
    assert shown is not None
    assert [pane.title for pane in shown.panes] == ["Attacked image", "Ground truth", "Undefended", "Certified"]
    assert shown.truth == pictures.TRUTH


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


def test_the_report_stands_alone(outcome: AttackOutcome) -> None:
    text = attack_page(outcome).decode()
    assert "&lt;tiny&gt;.png" in text
    assert "<tiny>" not in text
    assert text.count("data:image/png;base64,") == 8
    for sentence in sentences(outcome.duel, outcome.request.target):
        assert sentence in text
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
    assert any("0 of them were flipped" in box.value for box in test.success)
    assert any(text.value.startswith("**Direct** on the undefended model") for text in test.caption)
    assert len(test.get("bidi_component")) == 1
    assert len(ledger_of(test).entries) == 2  # both certificates count
    assert ledger_of(test).reused == 0


def test_a_curve_has_a_point_for_every_budget(asked: AttackRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attack, "_CURVE_STEPS", 4)  # a promise holds against weak attacks too
    job = ended(attack.submit_curve(asked))
    assert isinstance(job.result, Curve)
    assert [point.share for point in job.result.points] == [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0]
    for point in job.result.points:
        assert (point.certified is None) == (point.attacked is None) == (point.share != 1.0)
        promised = job.result.clean.certified_fraction if point.share <= 1.0 else 0.0
        assert point.certified_bound == pytest.approx(promised)
        assert point.denoised is not None
        assert point.outvoted is not None
    assert job.result.points[4].certified == 0.0
    figure = pictures.curve_chart(job.result.points)
    assert [line.name for line in figure.data] == [
        "undefended: flipped", "behind the denoiser: changed", "certified: cannot be flipped",
        "of the certified: outvoted, an estimate", "of the certified: flipped", "of the certified: now abstain",
    ]  # fmt: skip
    assert [list(line.x) for line in figure.data[4:]] == [[1.0], [1.0]]
    test = page(run=job.id)
    assert not test.exception
    assert len(test.get("plotly_chart")) == 1
    assert len(ledger_of(test).entries) == 2
    assert ledger_of(test).reused == 0
    (told,) = [text.value for text in test.caption if "The curve rests on" in text.value]
    # Eight budgets share one certificate of the clean image, and at R there is another: 2 x 0.001.
    assert "rests on 2 certificates" in told
    assert "With probability at least 99.8 %, all 2 certificates hold at once." in told
    assert told.endswith("nothing certified flips up to R. Nothing did.")


def test_a_curve_is_taken_away_as_a_table(outcome: AttackOutcome) -> None:
    measured = {
        "undefended": 0.125, "denoised": None, "certified_bound": 2.0 / 3.0, "outvoted": 0.0, "certified": None,
        "abstained": None, "attacked": None,
    }  # fmt: skip
    points = [engine.attacks.CurvePoint(share=0.5, **measured)]  # type: ignore[arg-type]
    at_r = measured | {"certified": 0.0, "abstained": 0.1, "denoised": 1.0, "attacked": outcome.duel.attacked}
    points.append(engine.attacks.CurvePoint(share=1.0, **at_r))  # type: ignore[arg-type]
    assert view.curve_csv(points).decode().splitlines() == [
        "share,undefended,denoised,certified_bound,outvoted,certified,abstained",
        "0.5,0.125,,0.666667,0,,",
        "1,0.125,1,0.666667,0,0,0.1",
    ]
    assert view.curve_csv([]).decode().count("\n") == 1


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
        "Something does at 1 of these budgets: so one of the certificates is false, which has probability 0.002 at "
        "most."
    )


def test_no_badge_where_nothing_is_certified(asked: AttackRequest) -> None:
    """Ten draws cannot certify anything: 0 of 0 flipped is no success."""
    few = replace(asked, certify=replace(asked.certify, settings=replace(asked.certify.settings, n=10)))
    job = ended(attack.submit(few))
    test = page(run=job.id)
    assert not test.exception
    assert not test.success
    assert not test.warning
    assert any("Nothing was certified, so nothing was promised." in box.value for box in test.info)


def test_models_of_other_classes_are_no_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    info, other = engine.models.model_info, engine.inputs.label_spaces["voc"]

    def told(name: str) -> engine.models.ModelInfo:
        found = info(name)
        return replace(found, labels=other) if name == engine.papers.scenarios["figure-1"].certified else found

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
