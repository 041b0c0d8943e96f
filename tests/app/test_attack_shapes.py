"""The Attack page on shapes: shifts and turns to their verdict, what is shown, cancelling, hostile addresses."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.pictures import attack as pictures
from app.runs import attack, jobs
from app.runs.attack import AttackOutcome, AttackRequest
from app.runs.costs import LIMITS
from app.runs.queue import State
from app.runs.requests import Request
from app.views import attack as view
from app.views.report import attack_record
from app.words.attack import budget_line, how_it_was_made, sentences
from engine.attacks import Attempt
from engine.perturbations import Amounts, families_for
from tests.app.balls import ball
from tests.app.watching import ended, job_of, open_page
from tests.material.tiny_models import publish_part_model, toy_cloud_model

SMALL = {"attack_on": "Shapes", "shape_points": "64", "shape_n0": "3", "shape_n": "60", "sigma_so3": "0.05"}


def page(**query: str) -> AppTest:
    return open_page("attack", **query)


def asked(family: str = "so3", *, sigma: float = 0.05, tau: float = 0.6, n: int = 60, **how: Any) -> AttackRequest:
    settings = engine.Settings(sigma=sigma, n0=3, n=n, tau=tau, alpha=0.01, seed=7, family=family, points=64)
    certify = Request(
        name="<ball>.xyz", model="parts-tiny@Cup", settings=settings, stop=engine.certification.StopRule(), fresh=False,
        subject=ball(64), truth=None,
    )  # fmt: skip
    how = {"share": 1.0, "steps": 20, **how}
    return AttackRequest(certify=certify, undefended=certify.model, how=Attempt(**how))


def done(request: AttackRequest) -> AttackOutcome:
    job = ended(attack.submit(request))
    assert job.state is State.DONE, job.error
    assert isinstance(job.result, AttackOutcome)
    return job.result


def budget_of(request: AttackRequest) -> str:
    return budget_line(request.certify.settings, request.how.share, "cloud")


def told(outcome: AttackOutcome) -> str:
    return how_it_was_made(outcome.duel, outcome.request.how, outcome.request.undefended)


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
def test_the_loss_is_told(loss: str) -> None:
    outcome = done(asked("l2", loss=loss))
    assert outcome.duel.result.settings.loss == loss
    assert f"PGD within l2 on the {engine.attacks.losses[loss].title}, " in told(outcome)


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize("family", ["twist", "shear", "twist-turn"])
def test_known_changes_are_searched_and_told_by_their_amounts(family: str) -> None:
    assert not page(shape_attack=family, **SMALL).exception
    request = asked(family, share=0.95)
    outcome = done(request)
    region = outcome.duel.clean.region
    assert budget_of(request) == f"Budget 0.95 of the region in each direction; the region: any {region.sentence}."
    assert outcome.duel.verdict.inside
    assert "20 changes tried" in told(outcome)
    assert "of the way to the region's edge, of a budget of 0.95, checked in float64" in told(outcome)
    attacked = json.loads(attack_record(outcome))["attack"]
    assert attacked["change"] == family
    assert region.contains(attacked["amounts"])
    beyond = done(asked(family, share=2.0))
    if beyond.duel.result.size > 1.0:
        assert "times as far as the region's edge, where nothing was promised" in " ".join(sentences(beyond.duel))


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

    monkeypatch.setattr(sys.modules["engine.attacks.attempt"], searched, seen)
    duel = done(asked(family, victim="smoothed")).duel
    assert 0 < duel.clean.certified_count < 64
    undefended = done(asked(family, victim="base")).duel
    nothing = done(asked(family, victim="smoothed", n=5)).duel
    assert nothing.clean.certified_count == 0
    (aim, loss), (base, _), (instead, _) = aims
    assert loss == "flips"
    assert np.array_equal(aim.mask, duel.clean.certified)
    assert np.array_equal(aim.labels[aim.mask], duel.clean.labels[aim.mask])
    for other, made in ((base, undefended), (instead, nothing)):
        assert other.mask.all()
        assert np.array_equal(other.labels, made.before)


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(("family", "named"), [("so3", True), ("so3-uniform", False)])
def test_a_sigma_that_means_nothing_is_not_told(family: str, named: bool) -> None:
    assert ("@Cup, σ = 0.05, τ = 0.6, " in told(done(asked(family)))) == named


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize("family", sorted(families_for("cloud")))
@pytest.mark.parametrize("victim", ["base", "smoothed"])
def test_a_shape_is_attacked_to_its_verdict(family: str, victim: str) -> None:
    outcome = done(asked(family, victim=victim))
    duel, cloud = outcome.duel, outcome.request.certify.subject
    assert isinstance(cloud, engine.inputs.Cloud)
    assert isinstance(duel.changed, engine.inputs.Cloud)
    known = isinstance(engine.perturbations[family].measure, Amounts)
    assert duel.result.size <= (1.0 if known else duel.clean.radius)  # of the region, or in its unit
    assert duel.verdict.inside
    assert duel.verdict.violations == 0
    turned = engine.perturbations[family].turns
    plain = engine.attacks.ChangeResult if known else engine.attacks.AttackResult
    assert isinstance(duel.result, engine.attacks.RotationResult if turned else plain)
    lengths = np.linalg.norm(duel.changed.points, axis=1) / np.linalg.norm(cloud.points, axis=1)
    if not known:
        assert (np.abs(lengths - 1.0).max() < 1e-6) == turned  # a rotation keeps what shifts do not
    model = engine.load_model("parts-tiny@Cup")
    np.testing.assert_array_equal(duel.after, engine.certification.base_prediction(model, duel.changed))
    fell, stood = sentences(duel)
    moved = float(np.mean(duel.before != duel.after))
    assert fell == f"The undefended model changed its answer at {moved:.1%} of its points."
    verdict = duel.verdict
    assert stood == (
        f"Of its 64 points {verdict.certified:,} were certified; 0 of them were flipped, {verdict.now_abstain:,} now "
        "abstain."
    )


def _verdict_of(duel: object) -> None:
    from app.views.attack import show_verdict

    show_verdict(duel)  # type: ignore[arg-type]


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(("family", "words"), [("so3", "° is above θ* = "), ("l2", "its size ")])
def test_outside_the_certificate_nothing_is_claimed(family: str, words: str) -> None:
    request = asked(family, share=5.0)
    assert "**Outside the certificate**" in budget_of(request)
    duel = done(request).duel
    assert not duel.verdict.inside
    _, stood = sentences(duel)
    assert "This attack is outside the certificate" in stood
    assert words in stood
    boxes = AppTest.from_function(_verdict_of, args=(duel,)).run()
    shown = stood.replace("θ*", r"θ\*")  # a bare star would end the bold letters
    assert boxes.warning[0].value == f"**{shown}**"


def test_the_budget_is_told_before_the_attack_and_never_overstated() -> None:
    # METHOD section 5: sigma .25, tau .75 -> theta* = 0.1704 rad = 9.763 degrees; half of it is 4.881.
    at = asked("so3", sigma=0.25, tau=0.75, share=0.5)
    assert budget_of(at) == r"Budget 0.5 θ\* = 4.88° in the angle of the rotation."
    shifted = asked("l2", sigma=0.25, tau=0.75)
    assert budget_of(shifted).startswith("Budget 1 R = 0.168 in l2, over all coordinates")
    every = asked("rotation-axis", sigma=9.0, tau=0.9, share=2.0)
    assert every.certify.settings.radius == math.pi
    assert "Outside" not in budget_of(every)  # there is no rotation that is not certified


@pytest.mark.usefixtures("zoo_with_parts")
def test_everything_is_shown_side_by_side() -> None:
    outcome = done(asked())
    sides = view.sides_of(outcome)
    assert list(sides) == [
        pictures.SHAPE, pictures.BEFORE, pictures.AFTER, pictures.CERTIFIED, pictures.CERTIFIED_ATTACKED,
        pictures.FLIPS,
    ]  # fmt: skip
    clean, changed = outcome.request.certify.subject.sha256, outcome.duel.changed.sha256
    assert [side[0].sha256 for side in sides.values()] == [clean, clean, changed, clean, changed, changed]
    truth = ball(64).labels
    known = replace(outcome, request=replace(outcome.request, certify=replace(outcome.request.certify, truth=truth)))
    np.testing.assert_array_equal(view.sides_of(known)[pictures.TRUTH][1], truth)
    record = json.loads(attack_record(outcome))
    assert record["attack"]["size"] == pytest.approx(outcome.duel.result.size)
    assert np.array(record["attack"]["rotation"]).shape == (3, 3)
    assert record["verdict"]["certified"] == outcome.duel.clean.certified_count


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_sample_is_attacked_from_the_page() -> None:
    test = page(kind="Cup", shape="2", **SMALL)
    assert not test.exception
    test.slider(key="rotations").set_value(20)
    (button,) = [button for button in test.button if button.label == "Attack"]
    button.click().run()
    job = job_of(test, "attack")
    assert ended(job).state is State.DONE, job.error
    test.run()
    assert not test.exception
    assert any("changed its answer" in box.value for box in test.error)
    assert any("of them were flipped" in box.value for box in [*test.success, *test.warning])
    assert len(test.get("plotly_chart")) == 1 + 6 + 1  # the preview, the shapes, the steps
    assert job.result.request.certify.truth is not None
    again = page(run=job.id)  # found again by its address, whatever the form shows
    assert any("of them were flipped" in box.value for box in [*again.success, *again.warning])


@pytest.mark.usefixtures("zoo_with_parts")
def test_cancelling_and_too_much_work() -> None:
    job = attack.submit(asked(steps=1000))
    jobs.cancel(job)
    assert ended(job).state is State.CANCELLED
    test = page(run=job.id)
    assert not test.exception
    assert any("cancelled" in box.value for box in test.info)
    with pytest.raises(engine.core.InvalidSetting, match="more than one run here may take"):
        attack.submit(asked(n=50_000))
    limit = LIMITS["cloud"]
    most = limit.most // (64 + limit.beside)
    with pytest.raises(engine.core.InvalidSetting, match="more than one run here may take"):
        attack.submit(asked("l2", steps=most // 2))  # each a gradient, as long as three passes


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
