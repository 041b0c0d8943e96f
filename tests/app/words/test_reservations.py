"""Wherever something is called certified, an error budget and an assumption are said with it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.pictures import overlay
from app.pictures.certificate import hits_chart
from app.views.report import certificate_page, record
from app.views.tables import class_rows, legend
from app.words.fine_print import fine_print, hover_texts
from app.words.promise import left_open, reserved
from tests.app.balls import SPACE, made, outcome_of
from tests.material.pictures import coin_certificate

BUDGET = {"correction": "k-step-down", "budget": 3}
SIDAK = {"correction": "sidak"}
FREE = {"mode": "free", "correction": "k-single-step", "budget": 3, "n": 150}
SHORT = {
    "budget": (BUDGET, " (up to 3 of these {many} may be false)"),
    "budget where tau is free": (FREE, " (up to 3 of these {many} may be false)"),
    "assumption": (SIDAK, " (if the {many} are independent or positively dependent)"),
}
CASES = pytest.mark.parametrize(("changes", "short"), SHORT.values(), ids=SHORT)
HEADS = engine.inputs.LabelSpace(name="Coins", classes=("tails", "heads"), palette=((9, 9, 9), (200, 20, 20)))


@CASES
def test_of_an_image(compute: engine.core.Compute, changes: dict[str, Any], short: str) -> None:
    certificate = coin_certificate(compute, **changes)
    but = short.format(many="pixels")
    assert reserved(certificate) == but
    assert hits_chart(certificate).data[0].name == f"certified{but}"
    assert f"<caption>Certified{but}.</caption>" in legend(certificate, class_rows(certificate, HEADS))
    assert fine_print(certificate).endswith(left_open(certificate))
    pictures = overlay.certified_pictures(certificate, HEADS)
    scores = {"Certified": engine.evaluation.score(certificate.labels, certificate.top, 2)}
    page = certificate_page(certificate, title="it", pictures=pictures, space=HEADS, scores=scores).decode()
    assert f"<b>Certified.</b> {left_open(certificate)}" in page
    assert f"<td>Certified{but}</td>" in page
    assert (f"<b>{overlay.RADIUS}.</b> {left_open(certificate)}" in page) == certificate.settings.testing.tau_free


@CASES
def test_of_a_shape(compute: engine.core.Compute, changes: dict[str, Any], short: str) -> None:
    certificate = made(compute, **changes)
    but = short.format(many="points")
    texts = hover_texts(certificate, SPACE)
    certified = [text for text in texts if "certified" in text]
    assert len(certified) >= certificate.certified_count > 0
    assert all(text.endswith(but) for text in certified)
    assert not any(but in text for text in texts if "certified" not in text)
    assert json.loads(record(outcome_of(certificate), certificate))["left_open"] == left_open(certificate) != ""


def test_nothing_is_added_where_nothing_is_open(compute: engine.core.Compute) -> None:
    certificate = coin_certificate(compute)
    assert (reserved(certificate), left_open(certificate)) == ("", "")
    assert hits_chart(certificate).data[0].name == "certified"
    assert "<caption>" not in legend(certificate, class_rows(certificate, HEADS))
    few = coin_certificate(compute, correction="k-step-down", budget=0)
    assert reserved(few) == ""


def _page() -> None:
    import streamlit as st

    from app.views.result import show_result

    show_result(st.session_state["outcome"], current=None, offer_free_mode=lambda: None)


@CASES
@pytest.mark.parametrize("kind", ["image", "cloud"])
def test_on_the_page(
    compute: engine.core.Compute, changes: dict[str, Any], short: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = coin_certificate(compute, **changes) if kind == "image" else made(compute, **changes)
    outcome = outcome_of(certificate)
    if isinstance(image := outcome.request.subject, engine.inputs.Image):
        pictures = overlay.fixed_pictures(image, certificate, outcome.base, None, HEADS)
        outcome = replace(outcome, space=HEADS, pictures=pictures)
    test = AppTest.from_function(_page, default_timeout=120)
    test.session_state["outcome"] = outcome
    monkeypatch.setattr("app.views.inspector.pick_point", lambda *_, **__: (0.1, 0.1))  # in the certified half
    test.run()
    assert not test.exception
    captions = [text.value for text in test.caption]
    assert f"Certified{short.format(many='pixels' if kind == 'image' else 'points')}." in captions
    places = ["The smallest radius", "controls the"] if kind == "image" else ["controls the"]
    for place in places:
        (told,) = [text for text in captions if place in text]
        assert told.endswith(left_open(certificate))
    if kind == "image":
        (told,) = [text.value for text in test.markdown if "is certified heads**" in text.value]
        assert told.endswith(left_open(certificate))
        assert left_open(certificate) in captions  # under the pictures over each other
