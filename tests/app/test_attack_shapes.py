"""The Attack page on shapes: shifts and turns to their verdict, what is shown, cancelling, hostile addresses."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app import cloud_attacking, clouds, runner
from app.cloud_attack_controls import describe
from app.cloud_attacking import CloudAttackOutcome, CloudAttackRequest
from app.clouds import CloudRequest
from app.jobs.manager import State
from app.views import cloud_attack as view
from app.views.verdict import sentences
from engine.perturbations import families_for
from tests.app.balls import ball
from tests.app.jobs import ended, job_of
from tests.material.tiny_models import publish_part_model, toy_cloud_model

SCREEN = Path(__file__).resolve().parents[2] / "app" / "screens" / "attack.py"
SMALL = {"attack_on": "Shapes", "shape_points": "64", "shape_n0": "3", "shape_n": "60", "sigma_so3": "0.05"}


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(SCREEN), default_timeout=240)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def asked(family: str = "so3", *, sigma: float = 0.05, **changes: object) -> CloudAttackRequest:
    cloud = ball(64)
    certify = CloudRequest(
        name="<ball>.xyz", model="parts-tiny@Cup",
        settings=engine.Settings(sigma=sigma, n0=3, n=60, tau=0.6, alpha=0.01, seed=7, family=family, points=64),
        stop=engine.certification.StopRule(), fresh=False, cloud=cloud, truth=None,
    )  # fmt: skip
    request = CloudAttackRequest(certify=certify, victim="base", budget_share=1.0, steps=20)
    return replace(request, **changes)  # type: ignore[arg-type]


def done(request: CloudAttackRequest) -> CloudAttackOutcome:
    job = ended(cloud_attacking.submit(request))
    assert job.state is State.DONE, job.error
    assert isinstance(job.result, CloudAttackOutcome)
    return job.result


@pytest.fixture
def zoo_with_parts(copied_assets: Path) -> None:
    publish_part_model(copied_assets)


def test_shapes_are_offered_only_where_a_model_of_shapes_is(
    monkeypatch: pytest.MonkeyPatch, copied_assets: Path
) -> None:
    monkeypatch.setattr(engine.models, "part_models", lambda: ())
    test = page(attack_on="Shapes")
    assert not test.exception
    assert test.selectbox(key="undefended")  # the form for images
    with pytest.raises(KeyError):
        test.selectbox(key="shape_attack")
    monkeypatch.undo()
    monkeypatch.setattr("engine.models.zoo.FOLDER", copied_assets)
    publish_part_model(copied_assets)
    test = page(attack_on="Shapes")
    assert not test.exception
    assert test.selectbox(key="shape_attack").value == "so3"
    assert test.slider(key="shape_budget_share").value == 0.95


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize("loss", ["flips", "ce"])
def test_the_loss_is_told(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("app.cloud_attacking", "app.views.cloud_words"):
        monkeypatch.setattr(f"{module}.LOSS", loss)
    outcome = done(asked("l2"))
    assert outcome.result.settings.loss == loss
    assert f"PGD within l2 on the {engine.attacks.losses[loss].title}, " in view._how(outcome)


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(("family", "searched"), [("so3", "worst_rotation"), ("l2", "attack_input")])
def test_the_smoothed_model_is_driven_from_what_is_certified(
    family: str, searched: str, monkeypatch: pytest.MonkeyPatch, compute: engine.core.Compute
) -> None:
    """A ball cut at height 0, where noise leaves a belt that is not certified."""
    monkeypatch.setattr(engine, "load_model", lambda _: toy_cloud_model(compute))
    aims: list[tuple[engine.attacks.Aim, str]] = []
    real = getattr(engine.attacks, searched)

    def seen(model: object, subject: object, aim: engine.attacks.Aim, settings: Any, **more: object) -> object:
        aims.append((aim, settings.loss))
        return real(model, subject, aim, settings, **more)

    monkeypatch.setattr(engine.attacks, searched, seen)
    outcome = done(asked(family, victim="smoothed"))
    assert 0 < outcome.clean.certified_count < 64
    undefended = done(asked(family, victim="base"))
    hopeless = asked(family, victim="smoothed")
    few = replace(hopeless.certify.settings, n=5)
    nothing = done(replace(hopeless, certify=replace(hopeless.certify, settings=few)))
    assert nothing.clean.certified_count == 0
    (aim, loss), (base, _), (instead, _) = aims
    assert loss == "flips"
    assert np.array_equal(aim.mask, outcome.clean.certified)
    assert np.array_equal(aim.labels[aim.mask], outcome.clean.labels[aim.mask])
    for other, made in ((base, undefended), (instead, nothing)):
        assert other.mask.all()
        assert np.array_equal(other.labels, made.before)


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(("family", "told"), [("so3", True), ("so3-uniform", False)])
def test_a_sigma_that_means_nothing_is_not_told(family: str, told: bool) -> None:
    assert ("@Cup, σ = 0.05, τ = 0.6, " in view._how(done(asked(family)))) == told


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize("family", sorted(families_for("cloud")))
@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_a_shape_is_attacked_to_its_verdict(family: str, victim: str) -> None:
    outcome = done(asked(family, victim=victim))
    cloud = outcome.request.certify.cloud
    assert outcome.result.size <= outcome.clean.radius
    assert outcome.verdict.inside
    assert outcome.verdict.violations == 0
    turned = engine.perturbations[family].turns
    assert isinstance(outcome.result, engine.attacks.RotationResult if turned else engine.attacks.AttackResult)
    lengths = np.linalg.norm(outcome.changed.points, axis=1) / np.linalg.norm(cloud.points, axis=1)
    assert (np.abs(lengths - 1.0).max() < 1e-6) == turned  # a rotation keeps what shifts do not
    model = engine.load_model("parts-tiny@Cup")
    np.testing.assert_array_equal(outcome.after, engine.certification.base_prediction(model, outcome.changed))
    fell, stood = sentences(outcome)
    changed = float(np.mean(outcome.before != outcome.after))
    assert fell == f"The undefended model changed its answer at {changed:.1%} of its points."
    verdict = outcome.verdict
    assert stood == f"0 of {verdict.certified:,} certified points were flipped ({verdict.now_abstain:,} now abstain)."


def _verdict_of(outcome: object) -> None:
    from app.views.verdict import show_verdict

    show_verdict(outcome)  # type: ignore[arg-type]


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(("family", "words"), [("so3", "° is above θ* = "), ("l2", "its size ")])
def test_outside_the_certificate_nothing_is_claimed(family: str, words: str) -> None:
    request = asked(family, budget_share=5.0)
    assert "**Outside the certificate**" in describe(request)
    outcome = done(request)
    assert not outcome.verdict.inside
    _, stood = sentences(outcome)
    assert "This attack is outside the certificate" in stood
    assert words in stood
    boxes = AppTest.from_function(_verdict_of, args=(outcome,)).run()
    shown = stood.replace("θ*", r"θ\*")  # a bare star would end the bold letters
    assert boxes.warning[0].value == f"**{shown}**"


@pytest.mark.usefixtures("zoo_with_parts")
def test_the_budget_is_told_before_the_attack_and_never_overstated() -> None:
    # METHOD section 5: sigma .25, tau .75 -> theta* = 0.1704 rad = 9.763 degrees; half of it is 4.881.
    at = asked("so3", sigma=0.25, budget_share=0.5)
    at = replace(at, certify=replace(at.certify, settings=replace(at.certify.settings, tau=0.75)))
    assert describe(at) == r"Budget 0.5 θ\* = 4.88° in the angle of the rotation."
    shifted = asked("l2", sigma=0.25, budget_share=1.0)
    shifted = replace(shifted, certify=replace(shifted.certify, settings=replace(shifted.certify.settings, tau=0.75)))
    assert describe(shifted).startswith("Budget 1 R = 0.168 in l2, over all coordinates")
    every = asked("rotation-axis", sigma=9.0, budget_share=2.0)
    every = replace(every, certify=replace(every.certify, settings=replace(every.certify.settings, tau=0.9)))
    assert every.radius == math.pi
    assert "Outside" not in describe(every)  # there is no rotation that is not certified


@pytest.mark.usefixtures("zoo_with_parts")
def test_everything_is_shown_side_by_side() -> None:
    outcome = done(asked())
    sides = view.sides_of(outcome)
    assert list(sides) == [
        view.CLEAN, view.BEFORE, view.AFTER, view.CERTIFIED, view.CERTIFIED_ATTACKED, view.FLIPS,
    ]  # fmt: skip
    clean, changed = outcome.request.certify.cloud.sha256, outcome.changed.sha256
    assert [side[0].sha256 for side in sides.values()] == [clean, clean, changed, clean, changed, changed]
    truth = ball(64).labels
    known = replace(outcome, request=replace(outcome.request, certify=replace(outcome.request.certify, truth=truth)))
    np.testing.assert_array_equal(view.sides_of(known)[view.TRUTH][1], truth)
    record = json.loads(json.dumps(view.record(outcome)))
    assert record["attack"]["size"] == outcome.result.size
    assert np.array(record["attack"]["rotation"]).shape == (3, 3)
    assert record["verdict"]["certified"] == outcome.clean.certified_count


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_sample_is_attacked_from_the_page() -> None:
    test = page(kind="Cup", shape="2", **SMALL)
    assert not test.exception
    test.slider(key="rotations").set_value(20)
    (button,) = [button for button in test.button if button.label == "Attack"]
    button.click().run()
    job = job_of(test, "attack_job")
    assert ended(job).state is State.DONE, job.error
    test.run()
    assert not test.exception
    assert any("changed its answer" in box.value for box in test.error)
    assert any("certified points were flipped" in box.value for box in [*test.success, *test.warning])
    assert len(test.get("plotly_chart")) == 1 + 6 + 1  # the preview, the shapes, the steps
    assert job.result.request.certify.truth is not None
    again = page(run=job.id)  # found again by its address, whatever the form shows
    assert any("certified points were flipped" in box.value for box in [*again.success, *again.warning])


@pytest.mark.usefixtures("zoo_with_parts")
def test_cancelling_and_too_much_work() -> None:
    job = cloud_attacking.submit(asked(steps=1000))
    runner.cancel(job)
    assert ended(job).state is State.CANCELLED
    test = page(run=job.id)
    assert not test.exception
    assert any("cancelled" in box.value for box in test.info)
    big = asked()
    big = replace(big, certify=replace(big.certify, settings=replace(big.certify.settings, n=50_000)))
    with pytest.raises(engine.core.InvalidSetting, match="more than one run here may take"):
        cloud_attacking.submit(big)
    most = clouds._MOST_WORK // (len(asked().certify.cloud.points) + clouds._POINTS_BESIDE)
    with pytest.raises(engine.core.InvalidSetting, match="more than one run here may take"):
        cloud_attacking.submit(asked("l2", steps=most // 2))  # each a gradient, as long as three passes


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(
    "query",
    [{"shape_attack": "l7"}, {"shape_victim": "<b>"}, {"shape_budget_share": "9e9"}, {"shape_tau": "0.2"},
     {"shape_points": "1e9"}, {"kind": "Sofa"}, {"shapes": ""}, {"shapes": "Upload"}],
    ids=str,
)  # fmt: skip
def test_hostile_addresses_do_not_crash(query: dict[str, str]) -> None:
    assert not page(**({"attack_on": "Shapes"} | query)).exception
    assert not page(attack_on="").exception
