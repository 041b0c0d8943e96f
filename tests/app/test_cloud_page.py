"""The Point cloud page as a script, the jobs behind it, its charts, and what its sentences promise."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app import clouds, navigation, runner
from app.clouds import ChosenShape, CloudOutcome, CloudRequest
from app.requests import Choice
from app.views import cloud_result, cloud_words, wording
from app.views.clouds import ABSTAINED, cloud_figure
from tests.bad_clouds import BAD_CLOUDS
from tests.tiny_models import PARTS, publish_part_model, toy_cloud_model
from tests.unit.clouds.cloud_files import CUBE, CUBE_TRIANGLES, off, rows, sphere

SCREEN = Path(__file__).resolve().parents[2] / "app" / "screens" / "cloud.py"
SMALL = {"shape_points": "64", "shape_n0": "3", "shape_n": "60", "sigma_so3": "0.05"}
SPACE = engine.LabelSpace(name="Ball", classes=("below", "above"), palette=((9, 9, 9), (200, 20, 20)))


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(SCREEN), default_timeout=120)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def certify(test: AppTest) -> AppTest:
    """Press the button and wait for the end of the run."""
    (button,) = [button for button in test.button if button.label == "Certify"]
    button.click().run()
    job = runner.find(test.session_state["cloud_job"])
    assert job is not None
    wait(job)
    return test.run()


def wait(job: engine.Job) -> None:
    while not job.state.final:
        runner.find(job.id)
        time.sleep(0.05)
    assert job.state is engine.State.DONE, job.error


def ball(points: int = 200) -> engine.Cloud:
    return engine.cloud_from_arrays(sphere(points), sphere(points), (sphere(points)[:, 2] > 0).astype(np.uint8))


def made(compute: engine.Compute, **changes: object) -> engine.Certificate:
    """Of a ball cut at height 0: certified but for a belt, whatever little noise there is."""
    settings = replace(engine.Settings(sigma=0.1, tau=0.75, n0=5, n=80, alpha=0.01, seed=3), **changes)  # type: ignore[arg-type]
    return engine.segcertify(toy_cloud_model(compute), ball(), settings)


@pytest.fixture
def zoo_with_parts(copied_assets: Path) -> None:
    publish_part_model(copied_assets)


def request_of(cloud: engine.Cloud, **changes: object) -> CloudRequest:
    settings = replace(engine.Settings(sigma=0.05, n0=3, n=60, seed=7), **changes)  # type: ignore[arg-type]
    return CloudRequest(
        name="ball.xyz", model="parts-tiny@Cup", settings=settings, stop=engine.StopRule(), fresh=False, cloud=cloud,
        truth=None,
    )  # fmt: skip


def test_the_page_is_in_the_menu_only_where_a_model_of_shapes_is(
    copied_assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation.st, "Page", lambda path, **_: path)
    monkeypatch.setattr(engine, "part_models", lambda: ())
    assert navigation.CLOUD not in navigation.pages()
    monkeypatch.undo()
    monkeypatch.setattr("engine.models.zoo.ASSETS", copied_assets.parent)
    monkeypatch.setattr(navigation.st, "Page", lambda path, **_: path)
    publish_part_model(copied_assets)
    assert navigation.CLOUD in navigation.pages()


def test_without_a_model_the_page_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "part_models", lambda: ())
    test = page()
    assert not test.exception
    assert "python -m engine train parts" in test.info[0].value


@pytest.mark.usefixtures("zoo_with_parts")
def test_what_a_run_would_mean_is_said_before_it() -> None:
    test = page(mode="fixed", shape_points="256")
    assert not test.exception
    metrics = {metric.label: metric.value for metric in test.metric}
    # METHOD section 5: sigma .25, tau .75 -> 0.1704 rad = 9.763 degrees; sigma * ppf(tau) = 0.16862 = 9.661 degrees.
    assert (metrics["Proved angle"], metrics["Published, not proved"]) == ("9.76°", "9.66°")
    assert metrics["Smallest useful n"] == "44"  # ln(0.001 / 256) / ln(0.75) = 43.3
    assert metrics["Points"] == "256"
    assert "Expected time" in metrics
    test.number_input(key="shape_n").set_value(40).run()
    assert any("n = 40 certifies nothing: 256 points need at least 44 draws." in box.value for box in test.warning)


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_sample_is_certified_and_verified(tmp_path: Path) -> None:
    test = certify(page(kind="Cup", shape="2", **SMALL))
    assert not test.exception
    outcome = runner.find(test.session_state["cloud_job"]).result  # type: ignore[union-attr]
    certificate = outcome.certificate
    assert certificate.kind == "cloud"
    assert certificate.certified_count > 0
    assert test.success[0].value == f"**{cloud_words.guarantee(certificate)}**"
    metrics = {metric.label: metric.value for metric in test.metric}
    assert metrics["Certified"] == wording.share(certificate.certified_count, 64)
    assert metrics["Abstained"] == wording.share_up(64 - certificate.certified_count, 64)
    truth = outcome.request.truth
    correct = int(((certificate.labels == truth) & (truth != engine.VOID)).sum())
    assert metrics["Certified and correct"] == wording.share(correct, int((truth != engine.VOID).sum()))
    assert any("1 run seen" in expander.label for expander in test.expander)

    path = tmp_path / outcome.request.name  # what the page gives away is enough to check it
    path.write_bytes(outcome.request.file)
    again = engine.decode_cloud(path.read_bytes(), suffix=".ply", points=64)
    told = engine.verify(engine.Certificate.load(certificate.to_bytes()), subject=again, resample=True)
    assert told.passed
    record = cloud_result.record(outcome, certificate)
    assert json.loads(json.dumps(record))["sentence"] == cloud_words.guarantee(certificate)
    assert sum(row["tested"] for row in record["parts"]) == 64


@pytest.mark.usefixtures("zoo_with_parts")
def test_another_setting_marks_the_result_as_old() -> None:
    test = certify(page(kind="Cup", mode="fixed", **SMALL))
    assert not test.warning
    test.number_input(key="sigma_so3").set_value(0.06).run()
    assert "belongs to the settings and shape it was made with" in test.warning[0].value
    test.number_input(key="sigma_so3").set_value(0.05).run()
    test.number_input(key="shape_tau").set_value(0.8).run()
    assert "does not cover the new settings" in test.warning[0].value


@pytest.mark.usefixtures("zoo_with_parts")
def test_an_upload_is_asked_for_its_category_and_certified() -> None:
    test = page(shapes="Upload", family="l2", **SMALL)
    assert "Choose a file" in test.info[0].value
    test.file_uploader(key="shape_file").set_value(("cube.off", off(CUBE, faces=CUBE_TRIANGLES), "model/mesh")).run()
    test.selectbox(key="category").set_value("Chair").run()
    certify(test)
    assert not test.exception
    job = runner.find(test.session_state["cloud_job"])
    assert job is not None
    assert job.result.certificate.provenance.classes == PARTS["Chair"]
    assert job.result.certificate.provenance.source_size == (8, 12)
    assert "Certified and correct" not in {metric.label for metric in test.metric}


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize("name", ["nan", "ply named obj", "fifteen points", "zip bomb", "text named stl"])
def test_a_bad_file_is_refused_in_a_sentence(name: str) -> None:
    (bad,) = [bad for bad in BAD_CLOUDS if bad.name == name]
    test = page(shapes="Upload", **SMALL)
    test.file_uploader(key="shape_file").set_value((bad.file_name, bad.make(), "model/mesh")).run()
    assert not test.exception
    (error,) = test.error
    assert bad.words.lower() in error.value.lower()
    (button,) = [button for button in test.button if button.label == "Certify"]
    assert button.disabled


@pytest.mark.usefixtures("zoo_with_parts")
@pytest.mark.parametrize(
    "query",
    [
        {"family": "so4"},
        {"kind": "Sofa", "shape": "-1"},
        {"shapes": ""},
        {"shapes": "Nowhere"},
        {"parts_model": "../../etc/passwd", "category": "<script>"},
        {"shape_points": "1e9"},
        {"shape_tau": "nan", "sigma_so3": "-1"},
        {"mode": "fixed", "correction": "k-step-down", "budget": "0.5"},
        {"run": "nothing"},
    ],
    ids=str,
)
def test_hostile_urls_never_break_the_page(query: dict[str, str]) -> None:
    assert not page(**query).exception


@pytest.mark.usefixtures("zoo_with_parts")
def test_another_pages_run_is_not_taken_for_a_shape(street_image: engine.Image) -> None:
    job = clouds.jobs.manager().submit("somebody", lambda _: street_image)
    wait(job)
    test = page(run=job.id)
    assert not test.exception
    assert not test.success


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_job_gives_what_the_engine_gives() -> None:
    asked = request_of(ball(64), family="rotation-axis")
    job = clouds.submit(asked)
    wait(job)
    assert isinstance(job.result, CloudOutcome)
    alone = engine.segcertify(engine.load_model(asked.model), asked.cloud, asked.settings)
    np.testing.assert_array_equal(job.result.certificate.hits, alone.hits)
    np.testing.assert_array_equal(job.result.certificate.labels, alone.labels)
    base = engine.base_prediction(engine.load_model(asked.model), asked.cloud)
    np.testing.assert_array_equal(job.result.base, base)
    assert clouds.expected_seconds(asked) > 0.0


def test_too_much_work_is_refused_but_the_papers_is_not() -> None:
    big = engine.cloud_from_arrays(sphere(2048))
    clouds.check_work(request_of(big, n0=100, n=10_000))
    with pytest.raises(engine.InvalidSetting, match="2,048 points with 20,003 draws are more than one run"):
        clouds.check_work(request_of(big, n=20_000))


def test_samples_are_files_that_anybody_could_upload() -> None:
    """The file reads back as the mesh: the same surface is sampled at the same places, with the same labels."""
    shape = engine.build_shape("Cup", 3)
    cloud = engine.decode_cloud(clouds.shape_ply(shape), suffix=".ply", points=500)
    mesh = engine.Mesh(vertices=shape.vertices, faces=shape.faces, face_labels=shape.face_labels)
    expected = engine.sample_mesh(mesh, 500)
    np.testing.assert_allclose(cloud.points, expected.points, atol=1e-5)
    np.testing.assert_array_equal(cloud.labels, expected.labels)


def test_labels_of_a_file_become_the_models_parts() -> None:
    labels = np.array([0, 1, 2, 255], dtype=np.uint8)
    by_name = clouds.truth_of(labels, ("handle", "body", "lid"), ("body", "handle"))
    np.testing.assert_array_equal(by_name, [1, 0, engine.VOID, engine.VOID])
    np.testing.assert_array_equal(clouds.truth_of(labels, (), ("a", "b", "c")), labels)
    assert clouds.truth_of(labels, (), ("a", "b")) is None  # 2 is none of its parts, so 0 and 1 may not be either
    assert clouds.truth_of(labels, ("x", "y", "z"), ("a", "b")) is None
    assert clouds.truth_of(None, (), ("a",)) is None


@pytest.mark.usefixtures("zoo_with_parts")
def test_files_are_decoded_as_the_command_line_does() -> None:
    chosen = ChosenShape(name="ball.xyz", data=rows(3.0 * sphere(100) + 5.0))
    settings = engine.Settings(points=64, seed=99)
    choice = Choice(values=settings, stop=engine.StopRule(), fresh_seed=True)
    asked = clouds.prepare(chosen, "parts-tiny@Cup", choice)
    assert asked.cloud.sha256 == engine.decode_cloud(chosen.data, suffix=".xyz", points=64).sha256
    assert asked.file is None  # an upload is not kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "no shift of the points of l2 size up to 0.0674 makes"),  # 0.1 * 0.67449
        ({"family": "l1-uniform"}, "no shift of the points of l1 size up to 0.05 makes"),  # 2 * 0.1 * 0.25
        ({"family": "so3", "sigma": 0.125}, "no rotation about any axis by up to 4.84 degrees makes"),  # 0.0845 rad
        ({"family": "rotation-axis"}, "no rotation about the z axis by up to 3.86 degrees makes"),  # 0.067449 rad
        ({"family": "rotation-axis", "sigma": 5.0}, "no rotation about the z axis makes"),  # 5 * 0.674 > pi
    ],
    ids=str,
)
def test_the_sentence_names_what_cannot_happen(compute: engine.Compute, changes: dict[str, object], words: str) -> None:
    certificate = made(compute, **changes)
    told = cloud_words.guarantee(certificate)
    assert told.startswith("With probability at least 99 %, ")
    assert words in told
    assert told.endswith(f"call any of the {certificate.certified_count:,} coloured points another part.")


def test_every_rotation_is_said_to_be_one(compute: engine.Compute) -> None:
    certificate = replace(made(compute, family="so3", sigma=0.125), radius=math.pi)
    assert "no rotation whatsoever makes the smoothed model" in cloud_words.guarantee(certificate)
    assert cloud_words.length(certificate.settings, math.pi) == "all angles"


def test_uniform_rotations_abstain_on_what_a_turn_decides(compute: engine.Compute) -> None:
    """Turned at random, each point of the ball is above as often as below: nothing may be certified."""
    certificate = made(compute, family="so3-uniform")
    assert cloud_words.guarantee(certificate) == (
        "Nothing is certified: under these settings no point could be shown to be safe."
    )


def test_weaker_claims_are_worded_as_weaker(compute: engine.Compute) -> None:
    budget = made(compute, correction="k-step-down", budget=3)
    assert f"more than 3 of the {budget.certified_count:,} coloured points" in cloud_words.guarantee(budget)
    assumed = cloud_words.guarantee(made(compute, correction="sidak"))
    assert assumed.startswith("If the points are independent or positively dependent, which nobody has checked, with")
    selected = made(compute, correction="fdr-by")
    assert cloud_words.guarantee(selected).startswith("No robustness certificate")
    assert not any("certified" in text for text in cloud_words.hover_texts(selected, SPACE))


def test_a_radius_in_plain_terms(compute: engine.Compute) -> None:
    cloud = ball()
    told = cloud_words.in_plain_terms(made(compute), cloud)
    assert "can move one point by 0.0674 (0.0674 in the file's unit)" in told  # the ball has radius 1 in its file too
    assert "every one of the 200 points by 0.0047" in told  # 0.067449 / sqrt(200) = 0.004769, rounded down
    turned = cloud_words.in_plain_terms(made(compute, family="so3", sigma=0.125), cloud)
    assert "Proved: 4.84°. As published, **not proved**: 4.83°" in turned  # 0.125 * 0.67449 = 0.084311 rad = 4.8307


def test_hovering_tells_votes_hits_and_radius(compute: engine.Compute) -> None:
    fixed = made(compute)
    for text, sure in zip(cloud_words.hover_texts(fixed, SPACE), fixed.certified, strict=True):
        assert ("certified up to 0.0674" in text) == sure
        assert ("abstains: nothing is promised" in text) != sure
        assert "an estimate" in text
    free = made(compute, mode="free", correction="bonferroni", tau=0.9, n=200)
    radii = free.radius_map()
    between = np.flatnonzero((radii > 0.0) & ~free.certified)
    assert len(between)  # some points are certified for a smaller tau only
    texts = cloud_words.hover_texts(free, SPACE)
    for point in between:
        assert texts[point].endswith(f"abstains at this τ, but certified up to {wording.floored(radii[point])}")


def points_of(figure: object, name: str) -> int:
    return sum(len(trace.x) for trace in figure.data if trace.name == name)  # type: ignore[attr-defined]


def test_every_point_is_drawn_in_its_colour_and_abstentions_hollow() -> None:
    cloud = ball()
    labels = np.where(np.abs(cloud.points[:, 2]) < 0.2, engine.ABSTAIN, (cloud.points[:, 2] > 0).astype(int))
    hover: Sequence[str] = [str(point) for point in range(200)]
    figure = cloud_figure(cloud, labels, SPACE, hover=hover, dark=False)
    assert [trace.name for trace in figure.data] == ["below", "above", ABSTAINED]
    assert [points_of(figure, name) for name in ("below", "above", ABSTAINED)] == [
        int((labels == part).sum()) for part in (0, 1, engine.ABSTAIN)
    ]
    assert figure.data[1].marker.color == "rgb(200, 20, 20)"
    assert figure.data[2].marker.color == "#FFFFFF"
    assert figure.data[2].marker.line.width > 0
    shown = {text: x for trace in figure.data for text, x in zip(trace.text, trace.x, strict=True)}
    np.testing.assert_array_equal([shown[text] for text in hover], cloud.points[:, 0])  # each text at its point


def test_the_frame_is_that_of_the_cloud_whatever_is_drawn_of_it() -> None:
    cloud = engine.cloud_from_arrays(sphere(200) * np.array([1.0, 2.0, 4.0]))
    none, every = (cloud_figure(cloud, np.full(200, label), SPACE).layout.scene for label in (engine.ABSTAIN, 0))
    assert none == every
    assert none.aspectratio.z == 1.0
    assert none.aspectratio.x < none.aspectratio.y < none.aspectratio.z
    # The longest side, z, has length 1, with 3 % of it free at either end; so x and y keep their true proportions.
    assert none.aspectratio.y == pytest.approx((0.5 + 0.06) / 1.06, abs=0.01)


def test_parts_are_counted_against_the_truth(compute: engine.Compute) -> None:
    certificate, cloud = made(compute), ball()
    truth = cloud.labels
    assert truth is not None
    outcome = SimpleNamespace(request=SimpleNamespace(truth=truth), base=1 - truth, space=SPACE)
    rows_of = {row.part: row for row in cloud_result.part_rows(outcome, certificate)}  # type: ignore[arg-type]
    above = rows_of["above"]
    assert above.true == int(truth.sum())
    assert above.certified_overlap == (above.certified, above.true)  # what is certified above is above: a subset
    assert above.base_overlap == (0, 200)  # a base model that is always wrong
    shown = cloud_result.table(list(rows_of.values()), certificate)
    assert wording.share(above.certified, above.true) in shown
