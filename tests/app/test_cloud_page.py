"""The Point cloud page as a script, and the jobs behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app import navigation
from app.runs import certify as run
from app.runs import costs
from app.runs.prepare import prepare, truth_of
from app.runs.queue import Job, State
from app.runs.requests import Choice, Chosen, Outcome, Request
from app.views.report import record as record_of
from app.words.numbers import share, share_up
from app.words.promise import guarantee
from tests.app.balls import ball
from tests.app.watching import ended, job_of, open_page, work_of
from tests.material.bad_clouds import BAD_CLOUDS
from tests.material.cloud_files import CUBE, CUBE_TRIANGLES, off, rows, sphere
from tests.material.tiny_models import PARTS, publish_part_model

SMALL = {"shape_points": "64", "shape_n0": "3", "shape_n": "60", "sigma_so3": "0.05"}


def page(**query: str) -> AppTest:
    return open_page("cloud", **query)


def certify(test: AppTest) -> AppTest:
    """Press the button and wait for the end of the run."""
    (button,) = [button for button in test.button if button.label == "Certify"]
    button.click().run()
    job = job_of(test, "cloud")
    wait(job)
    return test.run()


def wait(job: Job) -> None:
    ended(job)
    assert job.state is State.DONE, job.error


@pytest.fixture
def zoo_with_parts(copied_assets: Path) -> None:
    publish_part_model(copied_assets)


def request_of(cloud: engine.inputs.Cloud, **changes: object) -> Request:
    settings = replace(engine.Settings(sigma=0.05, n0=3, n=60, seed=7), **changes)  # type: ignore[arg-type]
    return Request(
        name="ball.xyz", model="parts-tiny@Cup", settings=settings, stop=engine.certification.StopRule(), fresh=False,
        subject=cloud, truth=None,
    )  # fmt: skip


def test_the_page_is_in_the_menu_only_where_a_model_of_shapes_is(
    copied_assets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation.st, "Page", lambda path, **_: path)
    monkeypatch.setattr(engine.models, "part_models", lambda: ())
    assert navigation.CLOUD not in navigation.pages()
    monkeypatch.undo()
    monkeypatch.setattr("engine.models.zoo.FOLDER", copied_assets)
    monkeypatch.setattr(navigation.st, "Page", lambda path, **_: path)
    publish_part_model(copied_assets)
    assert navigation.CLOUD in navigation.pages()


def test_without_a_model_the_page_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.models, "part_models", lambda: ())
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
    # 1 - 0.25 / 10 = 0.975 is certified nine times out of ten with 80 draws: see tests/unit/stats/test_planner.py
    assert any("n raised from 40 to 80: with fewer than 44 draws nothing can be" in box.value for box in test.info)


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_shape_is_asked_in_three_positions_if_wanted() -> None:
    test = certify(page(kind="Cup", shape="2", parts_around="voted", **SMALL))
    assert not test.exception
    outcome = job_of(test, "cloud").result
    assert outcome.certificate.provenance.model == "parts-tiny@Cup+voted"
    test.selectbox(key="parts_around").set_value("").run()
    assert "parts_around" not in test.query_params
    test.selectbox(key="parts_around").set_value("voted").run()
    assert "voted" in test.query_params["parts_around"]  # the name, not the label that is shown
    assert not page(parts_around="twice").exception


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_sample_is_certified_and_verified(tmp_path: Path) -> None:
    test = certify(page(kind="Cup", shape="2", **SMALL))
    assert not test.exception
    outcome = job_of(test, "cloud").result
    certificate = outcome.certificate
    assert certificate.kind == "cloud"
    assert certificate.certified_count > 0
    assert test.success[0].value == f"**{guarantee(certificate)}**"
    metrics = {metric.label: metric.value for metric in test.metric}
    assert metrics["Certified"] == share(certificate.certified_count, 64)
    assert metrics["Abstained"] == share_up(64 - certificate.certified_count, 64)
    truth = outcome.request.truth
    correct = int(((certificate.labels == truth) & (truth != engine.inputs.VOID)).sum())
    assert metrics["Certified and correct"] == share(correct, int((truth != engine.inputs.VOID).sum()))
    assert any("1 run seen" in expander.label for expander in test.expander)

    path = tmp_path / outcome.request.name  # what the page gives away is enough to check it
    path.write_bytes(outcome.request.file)
    again = engine.inputs.decode_cloud(path.read_bytes(), suffix=".ply", points=64)
    told = engine.verify(engine.Certificate.load(certificate.to_bytes()), subject=again, resample=True)
    assert told.passed
    record = json.loads(record_of(outcome, certificate))
    assert record["sentence"] == guarantee(certificate)
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
@pytest.mark.parametrize(
    ("name", "category"),
    [("my-CUP_12.off", "Cup"), ("hiccup.off", "Chair"), ("x.off", "Chair"), ("no lamp, a cup.off", "Cup")],
)
def test_a_file_s_name_may_say_what_it_is(name: str, category: str) -> None:
    test = page(shapes="Upload")
    test.file_uploader(key="shape_file").set_value((name, off(CUBE, faces=CUBE_TRIANGLES), "model/mesh")).run()
    assert not test.exception
    (chosen,) = [box for box in test.selectbox if box.label == "What it is"]
    assert chosen.value == category
    other = {"Cup": "Chair", "Chair": "Cup"}[category]
    chosen.set_value(other).run()  # a person knows better
    assert [box.value for box in test.selectbox if box.label == "What it is"] == [other]


@pytest.mark.usefixtures("zoo_with_parts")
def test_an_upload_is_asked_for_its_category_and_certified() -> None:
    test = page(shapes="Upload", family="l2", **SMALL)
    assert "Choose a file" in test.info[0].value
    test.file_uploader(key="shape_file").set_value(("cube.off", off(CUBE, faces=CUBE_TRIANGLES), "model/mesh")).run()
    test.selectbox(key="category").set_value("Chair").run()
    certify(test)
    assert not test.exception
    job = job_of(test, "cloud")
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
def test_another_pages_run_is_not_taken_for_a_shape(street_image: engine.inputs.Image) -> None:
    job = work_of("certify", lambda _: street_image)
    wait(job)
    test = page(run=job.id)
    assert not test.exception
    assert not test.success


@pytest.mark.usefixtures("zoo_with_parts")
def test_a_job_gives_what_the_engine_gives() -> None:
    asked = request_of(ball(64), family="rotation-axis")
    job = run.submit(asked, page="cloud")
    wait(job)
    assert isinstance(job.result, Outcome)
    alone = engine.certify(engine.load_model(asked.model), asked.subject, asked.settings)
    np.testing.assert_array_equal(job.result.certificate.hits, alone.hits)
    np.testing.assert_array_equal(job.result.certificate.labels, alone.labels)
    base = engine.certification.base_prediction(engine.load_model(asked.model), asked.subject)
    np.testing.assert_array_equal(job.result.base, base)
    seconds = costs.expected_seconds(asked)  # its pace is known from that run
    assert seconds is not None
    assert seconds > 0.0


def test_too_much_work_is_refused_but_the_papers_is_not() -> None:
    big = engine.inputs.cloud_from_arrays(sphere(2048))
    costs.check_work(request_of(big, n0=100, n=10_000), "parts-tiny@Cup")
    with pytest.raises(engine.core.InvalidSetting, match="2,048 points with 20,003 draws are more than one run"):
        costs.check_work(request_of(big, n=20_000), "parts-tiny@Cup")


def test_a_model_asked_three_times_costs_three_times() -> None:
    plain, voted = request_of(engine.inputs.cloud_from_arrays(sphere(2048)), n=5_000), "parts-tiny@Cup+voted"
    costs.check_work(plain, plain.model)
    with pytest.raises(engine.core.InvalidSetting, match="2,048 points with 5,003 draws are more than one run"):
        costs.check_work(plain, voted)
    assert costs.network_of(plain.model) == "parts-tiny"
    assert costs.network_of(voted) == "parts-tiny+voted"  # its pace is not that of the plain model


def test_samples_are_files_that_anybody_could_upload() -> None:
    """The file reads back as the mesh: the same surface is sampled at the same places, with the same labels."""
    shape = engine.synthetic.build_shape("Cup", 3)
    cloud = engine.inputs.decode_cloud(engine.export.shape_ply(shape), suffix=".ply", points=500)
    expected = engine.inputs.sample_mesh(shape, 500)
    np.testing.assert_allclose(cloud.points, expected.points, atol=1e-5)
    np.testing.assert_array_equal(cloud.labels, expected.labels)


def test_labels_of_a_file_become_the_models_parts() -> None:
    labels = np.array([0, 1, 2, 255], dtype=np.uint8)
    by_name = truth_of(labels, ("handle", "body", "lid"), ("body", "handle"))
    np.testing.assert_array_equal(by_name, [1, 0, engine.inputs.VOID, engine.inputs.VOID])
    np.testing.assert_array_equal(truth_of(labels, (), ("a", "b", "c")), labels)
    assert truth_of(labels, (), ("a", "b")) is None  # 2 is none of its parts, so 0 and 1 may not be either
    assert truth_of(labels, ("x", "y", "z"), ("a", "b")) is None
    assert truth_of(None, (), ("a",)) is None


@pytest.mark.usefixtures("zoo_with_parts")
def test_files_are_decoded_as_the_command_line_does() -> None:
    chosen = Chosen(kind="cloud", name="ball.xyz", data=rows(3.0 * sphere(100) + 5.0))
    settings = engine.Settings(points=64, seed=99)
    choice = Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)
    asked = prepare(chosen, "parts-tiny@Cup", choice)
    assert asked.subject.sha256 == engine.inputs.decode_cloud(chosen.data, suffix=".xyz", points=64).sha256
    assert asked.file is None  # an upload is not kept
