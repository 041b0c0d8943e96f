"""The page of everyday changes as a script: every family of known changes is there, and a run to its sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine
from app.pictures import change_frames
from app.runs import changes as runs
from app.runs.queue import State
from app.runs.requests import Outcome
from app.views import changes as views
from tests.app.attacking import ledger_of
from tests.app.watching import ended, job_of, open_page, texts, work_of

FEW = {1: (2, 1.5), 2: (1, 2.0)}
QUICK = {"change_tau": "0.6", "change_n": "40"}  # ln(0.001 / 76800) / ln(0.6) = 35.5: 36 draws can certify


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the component was given, on grids of few frames."""
    given: list[Any] = []
    monkeypatch.setattr(change_frames, "_STEPS", FEW)
    monkeypatch.setattr(views, "show_changes", lambda data, key: given.append(data))  # noqa: ARG005
    views._region.clear()
    return given


@pytest.mark.parametrize("family", list(runs.changing_families()))
def test_every_known_change_of_pictures_has_its_sliders(family: str, shown: list[Any]) -> None:
    test = open_page("changes", change=family)
    assert not test.exception
    assert not test.error
    (data,) = shown
    change = engine.perturbations[family].change
    assert [one["title"] for one in data["shown"]["sliders"]] == [one.title for one in change.parameters]
    frames = data["shown"]["frames"]
    assert len(frames) == (5 if len(change.parameters) == 1 else 9)
    assert frames[data["shown"]["neutral"]]["flipped"] == 0.0
    assert data["region"]["inside"][data["shown"]["neutral"]]
    assert max(frame["flipped"] for frame in frames) >= 0.1  # the contrast can be seen
    assert data["certified"] is None
    assert "finds the pixels that no " in texts(test)
    assert family in runs.STARTS


def test_a_run_to_its_sentence_and_the_answer_that_stands(shown: list[Any]) -> None:
    test = open_page("changes", change="gamma", **QUICK)
    test.button(key="certify_change").click().run()
    job = ended(job_of(test, "changes"))
    assert job.state is State.DONE, job.error
    outcome = job.result
    assert isinstance(outcome, Outcome)
    shown.clear()
    test.run()
    assert not test.exception
    count = f"{outcome.certificate.certified_count:,}"
    (promise,) = [box.value for box in test.success]
    assert f"none of the {count} coloured pixels of the smoothed model can be flipped" in promise
    assert f"by any {outcome.certificate.region.sentence} of this 320×240 image." in promise
    (data,) = shown
    assert data["certified"] is not None
    assert data["words"]["promise"] == f"{count} of 76,800 pixels."
    assert len(ledger_of(test).entries) == 1
    assert test.button(key="certify_change").label == "Certify again"
    assert {button.label for button in test.get("download_button")} >= {"Certificate", "Report"}
    checked = engine.verify(engine.Certificate.load(outcome.certificate.to_bytes()), subject=outcome.request.subject)
    assert checked.passed

    test.slider(key="change_tau").set_value(0.7).run()  # the old certificate says nothing of it
    assert not test.exception
    assert not test.success
    assert "The last certificate is for another picture or other settings" in texts(test)
    assert shown[-1]["certified"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"change": "l2"},
        {"change": "<script>"},
        {"change_tau": "nan"},
        {"sigma_gamma": "-1", "change": "gamma"},
        {"sigma_brightness": "1e99"},
        {"strength_brightness": "0"},
        {"change_n": "999999"},
        {"changes_undefended": "nobody"},
        {"certified_brightness": "../../etc/passwd"},
        {"reach_brightness": "inf"},
        {"sample": "nope"},
        {"source": ""},
        {"run": "not-a-job"},
    ],
    ids=str,
)
def test_hostile_urls_never_break_the_page(query: dict[str, str]) -> None:
    assert not open_page("changes", **query).exception


def test_a_run_that_failed_says_why() -> None:
    def work(_: object) -> None:
        raise engine.core.InvalidInput("the noise ran out")

    job = ended(work_of("changes", work))
    test = open_page("changes", run=job.id)
    assert not test.exception
    assert "The run was stopped: the noise ran out. Nothing was certified." in texts(test)


def test_what_would_be_clipped_is_computed() -> None:
    """A picture from 0.2 to 0.9: brightness alone clips below -0.2 and above 0.1."""
    pixels = np.linspace(0.2, 0.9, 16 * 16 * 3).reshape(16, 16, 3)
    image = engine.inputs.image_from_array(pixels.astype(np.float32))
    settings = engine.Settings(family="brightness", sigma=0.1, strength=1.0, tau=0.75, size=64)
    real = runs._real_pictures(settings, image.sha256, image)
    ((low, high),) = real.unclipped
    assert low == pytest.approx(-0.2, abs=1e-4)
    assert high == pytest.approx(0.1, abs=1e-4)
    assert real.rounding == pytest.approx(
        np.linalg.norm(np.rint(image.pixels * 255.0) / 255.0 - image.pixels), rel=1e-5
    )
    assert real.levels is not None
    gamma = engine.Settings(family="gamma", sigma=0.6, size=64)
    assert runs._real_pictures(gamma, image.sha256, image).unclipped == (gamma.region.bounds["gamma"],)
