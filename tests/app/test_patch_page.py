"""The Patch page as a script: its sentences beside the engine's numbers, stickers that are too large or optimised,
cancelling, hostile addresses. Dragging is for the browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.components.sticker import Place
from app.forms import sticker as form
from app.pictures import patch as pictures
from app.runs import jobs, patch, shared
from app.words import patch as words
from app.words.numbers import plain, share
from engine.attacks import contents, place_sticker
from engine.core import InvalidSetting
from engine.patches import Answers, PatchCertificate, PatchSettings, certify_patches, respond
from tests.app.watching import ended, open_page, texts

FEW = "128"  # 2 x 3 windows of the working picture
SAMPLE = engine.core.assets.ASSETS / "samples" / "images" / "street-92.jpg"


@pytest.fixture(scope="module")
def image() -> engine.inputs.Image:
    return engine.read_image(SAMPLE, size=320)


@pytest.fixture(scope="module")
def certificate(image: engine.inputs.Image) -> PatchCertificate:
    settings = PatchSettings(patch=32, stride=128, fill="smooth")
    return certify_patches(engine.load_model("street-clean"), image, settings)


def rested(test: AppTest) -> AppTest:
    """Run again until the page waits for no job."""
    while any(button.label == "Cancel" for button in test.button):
        for job_id in list(shared._known().values()):
            if (job := jobs.find(job_id)) is not None:
                ended(job)
        test.run()
    assert not test.exception
    return test


def page(**query: str) -> AppTest:
    return rested(open_page("patch", **{"patch_model": "street-clean", "patch_stride": FEW, **query}))


def put(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setattr(form, "placed", lambda *_: place)


def test_the_page_opens_on_a_result(image: engine.inputs.Image, certificate: PatchCertificate) -> None:
    test = page()
    green = [box.value for box in test.success]
    whole = certificate.answers.size
    assert green[0] == (
        f"**{share(certificate.certified_count, whole)} of all pixels cannot be changed unnoticed by any 32×32 patch "
        "anywhere, whatever is on it.**"
    )
    assert "no probability and no α" in texts(test)
    assert "6 passes, and 2 of the whole picture" in texts(test)
    stuck = place_sticker(image, contents["checkerboard"].make(32, 0), x=144, y=104)
    plain_model = engine.load_model("street-plain")
    before, after = (engine.certification.base_prediction(plain_model, one) for one in (image, stuck))
    outside = np.ones(image.shape, dtype=bool)
    outside[104:136, 144:176] = False
    changed = share(int(((before != after) & outside).sum()), whole - 32 * 32)
    (fell,) = [box.value for box in test.info if "Without defence" in box.value]
    assert plain(f"changed its answer at {changed} of the pixels outside the sticker") in fell
    response = respond(engine.load_model("street-clean"), certificate, stuck)
    rung = int((response.alarm & certificate.certified).sum())
    assert (
        f"Of the {certificate.certified_count:,} certified pixels 0 changed unnoticed: at {rung:,} the alarm"
        in green[1]
    )
    assert "verify patches.npz --image IMAGE" in texts(test)


def test_a_sticker_that_is_larger_is_promised_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, Place(x=100, y=90, size=40))
    test = page()
    (told,) = [box.value for box in test.info if "larger than 32×32 pixels, so nothing is promised" in box.value]
    assert "changed unnoticed" in told
    assert len(test.success) == 1  # what is promised about smaller ones


def test_an_optimised_sticker_says_what_it_was_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patch, "STEPS", 3)
    test = page(patch_content="optimised")
    assert any("Without defence" in box.value for box in test.error)
    assert any("Made for this place: 3 steps" in text.value for text in test.caption)
    put(monkeypatch, Place(x=100, y=90, size=24))
    rested(test.run())
    assert any("Made for 32×32 pixels at column 144, row 104, and moved since" in text.value for text in test.caption)
    assert not any("Without defence" in box.value for box in test.error)  # no attack on it any more
    (again,) = [button for button in test.button if button.label == "Optimise it here"]
    rested(again.click().run())
    assert any("Made for this place" in text.value for text in test.caption)


def test_what_certifies_nothing_is_not_celebrated(
    certificate: PatchCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = replace(certificate, against=np.ones_like(certificate.against))
    assert "Nothing is promised" in words.promise(nothing)
    monkeypatch.setattr(patch, "certify_patches", lambda *_, **__: nothing)
    test = page(patch_stride="120")
    assert not test.success
    assert any("Nothing is promised" in box.value for box in test.info)
    assert any("No pixel was certified" in box.value for box in test.info)


def test_a_broken_promise_is_said(certificate: PatchCertificate, monkeypatch: pytest.MonkeyPatch) -> None:
    other = (certificate.answers + 1) % 11
    silent = Answers(plain=other.astype(np.uint8), against=np.zeros_like(certificate.against))
    assert words.unnoticed(certificate, silent) == certificate.certified_count
    monkeypatch.setattr(patch, "respond", lambda *_, **__: silent)
    test = page(patch_stride="130")
    assert any("The promise is broken" in box.value for box in test.error)


def test_cancelled_work_is_begun_again_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    test = open_page("patch", patch_model="street-clean", patch_stride="20")
    (cancel,) = [button for button in test.button if button.key == "cancel_patch"]
    cancel.click().run()
    rested(test)
    assert any("The certificate was cancelled" in box.value for box in test.info)
    monkeypatch.setattr(patch, "certify_patches", lambda *_, **__: None)
    (again,) = [button for button in test.button if button.key == "again_patch"]
    again.click().run()
    assert not test.exception


def test_too_many_windows_are_refused(image: engine.inputs.Image) -> None:
    settings = PatchSettings(patch=16, stride=4)
    with pytest.raises(InvalidSetting, match="4,389 windows are more than the 400"):  # ceil(225 / 4) * ceil(305 / 4)
        patch.PatchRequest(name="it", image=image, model="street-clean", settings=settings, undefended="street-plain")
    test = page(patch_size="16", patch_stride="4")
    assert any("windows are more than the 400" in box.value for box in test.error)


@pytest.mark.parametrize(
    "query",
    [
        {"patch_model": "../../etc/passwd"},
        {"patch_fill": "<script>"},
        {"patch_content": "none"},
        {"patch_size": "-3"},
        {"patch_stride": "0"},
    ],
    ids=str,
)
def test_hostile_addresses_never_break_the_page(query: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patch, "certify_patches", lambda *_, **__: None)
    assert not open_page("patch", **query).exception


def test_the_page_prefers_the_model_that_was_trained_with_hidden_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    known = engine.models.available()
    clean = next(one for one in known if one.name == "street-clean")
    asked: list[str] = []
    monkeypatch.setattr(engine.models, "available", lambda: (*known, replace(clean, name="street-masked")))
    monkeypatch.setattr(patch, "certificate_job", lambda request: asked.extend((request.model, request.settings.fill)))
    monkeypatch.setattr(patch, "_weights", lambda _: "")
    open_page("patch")
    assert asked[:2] == ["street-masked", "mean"]  # filled as in its training


def test_what_the_viewer_shows() -> None:
    def large(*rows: list[int]) -> np.ndarray:
        return np.array(rows, dtype=np.int32).repeat(8, axis=0).repeat(8, axis=1)

    answers, against = large([0, 1], [2, 3]).astype(np.uint8), large([0, 0], [1, 1])
    base = certify_patches(
        engine.load_model("street-clean"), engine.read_image(SAMPLE, size=64), PatchSettings(patch=8, stride=40)
    )
    made = PatchCertificate(
        settings=PatchSettings(patch=1, stride=1), provenance=base.provenance, answers=answers, against=against
    )
    response = Answers(plain=answers, against=large([0, 2], [0, 2]))
    shown = pictures.watched_labels(made, response)
    assert shown[::8, ::8].tolist() == [[0, 11], [2, engine.inputs.ABSTAIN]]  # 11 classes: the twelfth is the alarm
    assert pictures.certified_labels(made)[::8, ::8].tolist() == [[0, 1], [-1, -1]]
    space = pictures.watched_space(engine.models.model_info("street-clean").labels)
    assert space.classes[11] == words.NEW
    tiny = engine.inputs.image_from_array(np.zeros((16, 16, 3), dtype=np.float32))
    for came in (None, response):
        view = pictures.patch_view(tiny, tiny, (answers, answers, space), made, came, space)
        assert [pane.layer for pane in view.panes] == [pictures.UNDEFENDED, pictures.WATCHED, pictures.CERTIFIED]
        assert view.as_data()["space"]["open"] == words.BEFORE
