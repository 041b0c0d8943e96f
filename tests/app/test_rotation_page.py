"""The Rotation page as a script: its figures are the engine's, its sentences never overstate.

Expected angles are the engine's own or METHOD's (section 5), and matrices are SciPy's.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from streamlit.testing.v1 import AppTest

import engine
from app.pictures.space import ball_figure, shape_figure
from app.runs import rotate
from app.runs.queue import State
from app.words.rotation import verdict
from engine.perturbations import published_angle
from tests.app.watching import ended, job_of, open_page, texts
from tests.material.tiny_models import publish_part_model


def page(**query: str) -> AppTest:
    test = open_page("rotation", **query)
    assert not test.exception
    return test


def metrics(test: AppTest) -> dict[str, str]:
    assert not test.exception
    return {metric.label: metric.value for metric in test.metric}


def three_digits_down(angle: float) -> float:
    degrees = math.degrees(angle)
    unit = 10.0 ** (math.floor(math.log10(degrees)) - 2)
    return float(f"{math.floor(degrees / unit) * unit:.6g}")


@pytest.mark.parametrize(("sigma", "tau"), [(0.05, 0.999), (0.25, 0.75), (0.5, 0.9), (1.0, 0.6), (2.5, 0.6)])
def test_the_headline_is_the_engines_angle_rounded_down(sigma: float, tau: float) -> None:
    shown = metrics(page(rotation_sigma=str(sigma), rotation_tau=str(tau)))
    angle = engine.perturbations["so3"].radius(sigma=sigma, tau=tau)
    assert float(shown["Certified angle θ*"].removesuffix("°")) == three_digits_down(angle)
    published = published_angle(sigma, tau)
    assert float(shown["σ·ppf(τ), as published, not proved"].removesuffix("°")) == three_digits_down(published)


def test_known_angles() -> None:
    # METHOD, section 5: 0.1704 rad = 9.76 degrees. 0.25 * qnorm(0.75) = 0.16862 rad = 9.66 degrees.
    shown = metrics(page(rotation_sigma="0.25", rotation_tau="0.75"))
    assert (shown["Certified angle θ*"], shown["σ·ppf(τ), as published, not proved"]) == ("9.76°", "9.66°")


def test_every_rotation() -> None:
    test = page(rotation_sigma="1.5", rotation_tau="0.75")
    assert metrics(test)["Certified angle θ*"] == "every rotation"
    assert "**The whole ball is certified.**" in texts(test)
    test.slider(key="rotation_angle").set_value(-180).run()
    assert "**Inside**: every rotation is certified." in texts(test)


@pytest.mark.parametrize(("tau", "shown"), [(0.5, "0°"), (0.501, "0.0348°")])  # published: 0.25 qnorm(0.501) = 0.0359°
def test_near_one_half_nothing_is_overstated(tau: float, shown: str) -> None:
    test = page(rotation_sigma="0.25", rotation_tau=str(tau))
    assert metrics(test)["Certified angle θ*"] == shown
    assert ("**nothing is promised** about turned" in texts(test)) == (tau == 0.5)
    assert ("refuted" in texts(test)) is False


def test_the_sliders_move_the_headline() -> None:
    test = page()
    before = metrics(test)["Certified angle θ*"]
    test.slider(key="rotation_sigma").set_value(1.0).run()
    after = metrics(test)["Certified angle θ*"]
    assert after == f"{three_digits_down(engine.perturbations['so3'].radius(sigma=1.0, tau=0.75))}°" != before


@pytest.mark.parametrize(
    ("sigma", "tau", "kind", "words"),
    [
        (0.25, 0.75, "careful", "true here, and too careful"),
        (0.05, 0.75, "same", "agree to a tenth of a degree"),
        (0.05, 0.52, "same", "within the rounding"),
        (1.5, 0.75, "careful", "stops at 57.9°"),  # 1.5 * qnorm(0.75) = 1.01174 rad = 57.97 degrees
        (1.5, 0.999, "same", "No rotation is by more than 180°"),
        (3.0, 0.6, "refuted", "refuted"),
        (2.8, 0.8, "open", "more than is proved"),  # near "every rotation" the curve is flat in tau
        (1.0, 0.5, "same", "nothing is promised"),
    ],
)
def test_what_is_said_of_the_published_figure(sigma: float, tau: float, kind: str, words: str) -> None:
    refuted = rotate.refuted(sigma, tau, published_angle(sigma, tau))
    found = verdict(sigma, tau, engine.perturbations["so3"].radius(sigma=sigma, tau=tau), refuted=refuted)
    assert found[0] == kind
    assert words in found[1]
    test = page(rotation_sigma=str(sigma), rotation_tau=str(tau))
    shown = {"same": test.info, "careful": test.success, "open": test.warning, "refuted": test.error}[kind]
    assert found[1] in [block.value for block in shown]


def test_what_is_called_refuted_is_refuted_by_simulation() -> None:
    # No quadrature: draw turns, give the class to those of the lowest ratio of densities, of mass tau, and attack.
    from tests.material.worst_rotation import attacked_mass

    published = published_angle(3.0, 0.6)
    assert rotate.refuted(3.0, 0.6, published)
    assert attacked_mass(3.0, 0.6, published) < 0.48
    for sigma, tau in ((0.25, 0.75), (1.0, 0.9), (1.5, 0.6), (2.0, 0.501), (0.05, 0.52)):
        assert not rotate.refuted(sigma, tau, published_angle(sigma, tau))


def test_the_chart_over_sigma_grows_until_all_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    known: set[float] = set()
    monkeypatch.setattr(rotate, "SWEEP", (0.25, 0.5))
    monkeypatch.setattr(rotate, "swept", lambda: known)
    assert rotate.sweep_on()
    assert known == {0.25}
    assert rotate.sweep_on()
    assert known == {0.25, 0.5}
    assert not rotate.sweep_on()
    assert "Computed at the dots" in texts(page())


def test_the_sweep_has_every_strength_once() -> None:
    assert len(set(rotate.SWEEP)) == len(rotate.SWEEP) == 31
    assert (min(rotate.SWEEP), max(rotate.SWEEP)) == (0.05, 3.0)


@pytest.mark.parametrize(("a", "b"), [(90, 90), (30, -120), (180, 0), (1, 1), (0, 45), (180, 180)])
def test_the_order_of_turns_against_matrices(a: int, b: int) -> None:
    test = page()
    test.slider(key="rotation_a").set_value(a)
    test.slider(key="rotation_b").set_value(b).run()
    about_x, about_z = Rotation.from_euler("x", a, degrees=True), Rotation.from_euler("z", b, degrees=True)
    apart = ((about_z * about_x) * (about_x * about_z).inv()).magnitude()
    shown = float(metrics(test)["Angle between the two results"].removesuffix("°"))
    assert shown == pytest.approx(math.degrees(apart), abs=0.0501)
    together = math.degrees((about_z * about_x).magnitude())
    assert any(f"one turn by **{together:.1f}°**" in text.value for text in test.markdown)


def test_the_share_of_rotations_is_haars() -> None:
    # The angle's density is (1 - cos w) / pi, so half of all turns are by more than about 132 degrees.
    assert rotate.share_of_turns(math.pi) == 1.0
    angles = Rotation.random(20_000, random_state=1).magnitude()
    for angle in (1.0, 2.0, 3.0):
        assert rotate.share_of_turns(angle) == pytest.approx(np.mean(angles <= angle), abs=0.02)


def test_the_ball_has_the_certified_radius_and_the_turn() -> None:
    figure = ball_figure(0.5, np.array([0.0, 0.0, 1.0]))
    reaches = [float(np.abs(trace.z).max()) for trace in figure.data if trace.type == "surface"]
    assert reaches == pytest.approx([180.0, math.degrees(0.5)])
    (turn,) = [trace for trace in figure.data if trace.type == "scatter3d" and trace.mode == "markers"]
    assert turn.z[0] == pytest.approx(math.degrees(1.0))


def test_a_shape_is_turned_about_its_centroid_and_keeps_its_scale() -> None:
    cloud = rotate.shape("Chair", 3)
    rotation = rotate.matrix(np.array([0.0, 0.0, math.pi / 2]))
    turned = engine.inputs.turned_cloud(cloud, rotation)
    np.testing.assert_allclose(turned.points[:, 1], cloud.points[:, 0], atol=1e-6)  # x goes to y
    assert cloud.components == rotate.POINTS
    assert cloud.labels is not None
    figure = shape_figure(turned, cloud.labels, rotate.parts_of("Chair"), name="a", ghost=cloud, axis=np.eye(3)[2])
    assert sum(len(trace.x) for trace in figure.data) == 2 * rotate.POINTS + 2
    plain = shape_figure(cloud, cloud.labels, rotate.parts_of("Chair"), name="a")
    assert figure.layout.scene.xaxis.range == plain.layout.scene.xaxis.range


@pytest.mark.parametrize("category", list(engine.synthetic.shape_categories()))
def test_every_sample_shape_has_colours_of_its_own(category: str) -> None:
    palette = rotate.parts_of(category).palette
    assert len(set(palette)) == len(palette)


def test_inside_and_outside() -> None:
    test = page(rotation_sigma="0.25", rotation_tau="0.75")
    test.slider(key="rotation_angle").set_value(9).run()
    assert "**Inside**: 9° is within 9.76°." in texts(test)
    test.slider(key="rotation_angle").set_value(-10).run()
    assert "**Outside**: 10° is more than 9.76°. Nothing is promised" in texts(test)


def test_without_a_model_nothing_is_said_of_predictions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.models, "part_models", lambda: ())
    test = page()
    assert "base model changes" not in texts(test)
    assert not test.button


def test_a_model_answers_and_certifies(copied_assets: Path) -> None:
    publish_part_model(copied_assets)
    test = page(rotation_shape="Cup", rotation_sigma="0.1")
    name = "parts-tiny@Cup"
    cloud = rotate.shape("Cup", 0)
    test.slider(key="rotation_angle").set_value(120).run()
    turned = engine.inputs.turned_cloud(cloud, rotate.matrix(np.array([0.0, 0.0, math.radians(120)])))
    model = engine.load_model(name)
    moved = int(
        (
            engine.certification.base_prediction(model, cloud) != engine.certification.base_prediction(model, turned)
        ).sum()
    )
    assert f"**{1000 * moved // 1000 / 10:.1f} %** of the 1,000 points" in texts(test)
    (button,) = test.button
    assert button.label == "Certify this shape with n = 100"
    button.click().run()
    job = ended(job_of(test, "rotation"))
    assert job.state is State.DONE
    test.run()
    certificate = job.result.certificate
    assert certificate.radius == pytest.approx(engine.perturbations["so3"].radius(sigma=0.1, tau=0.75), rel=1e-12)
    assert certificate.provenance.input_sha256 == cloud.sha256
    count = certificate.certified_count
    assert (f"{count:,} coloured points" if count else "Nothing is certified") in texts(test)
    assert len(test.session_state["certiscope_ledger"].entries) == 1
    test.slider(key="rotation_tau").set_value(0.8).run()  # the certificate is not for this threshold
    assert not test.exception
    assert "coloured points" not in texts(test)


def test_too_many_draws_are_not_begun(copied_assets: Path) -> None:
    publish_part_model(copied_assets)
    test = page(rotation_shape="Cup", rotation_tau="0.999")
    assert not test.button
    assert "takes more than 1,000 draws" in texts(test)


def test_damaged_weights_are_told_in_a_sentence(copied_assets: Path) -> None:
    publish_part_model(copied_assets, "parts-damaged")
    file = copied_assets / "parts-damaged.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    test = page(rotation_shape="Cup")
    (told,) = test.error
    assert "weights of parts-damaged have sha256" in told.value


def test_the_text_keeps_to_the_words_of_the_house() -> None:
    shown = texts(page())
    assert "unchanged" not in shown
    assert "cannot be flipped to another class" in shown
    assert "may abstain" in shown
    assert "**centroid**" in shown
    assert "Points keep their identity" in shown
    assert "Normals turn too" in shown
    assert "is no proof for rotations in space" in shown


@pytest.mark.parametrize(
    "query",
    [
        {"rotation_sigma": "nan"}, {"rotation_sigma": "-1"}, {"rotation_sigma": "1e9"}, {"rotation_sigma": "0.0731"},
        {"rotation_tau": "1"}, {"rotation_tau": "0.2"}, {"rotation_tau": "<script>"}, {"rotation_shape": "../Chair"},
        {"rotation_shape": ""}, {"run": "not-a-job"},
    ],
    ids=str,
)  # fmt: skip
def test_hostile_urls_never_break_the_page(query: dict[str, str]) -> None:
    page(**query)
