"""What is sent to the viewer is what the engine decided: every tau, every number of hits, every mode and correction."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

import engine
from app.pictures.packed import packed, packed_certificate, thresholds
from app.pictures.view_data import Pane, View, certificate_layer, classes_layer, picture_layer
from tests.material.views import CAMVID, CHANGES, certificate_named, view_named


def unpacked(sent: dict) -> np.ndarray:
    """The array again, by zlib alone."""
    raw = zlib.decompress(base64.b64decode(sent["data"]), wbits=-15)
    return np.frombuffer(raw, dtype=np.dtype(sent["type"]).newbyteorder("<")).reshape(sent["shape"])


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16", "float32"])
def test_arrays_come_through_exactly(dtype: str) -> None:
    array = np.random.default_rng(3).integers(0, 120, (7, 5)).astype(dtype)[:, ::-1]  # not contiguous
    np.testing.assert_array_equal(unpacked(packed(array)), array)


@pytest.mark.parametrize("name", CHANGES)
def test_every_pixel_can_be_decided_from_what_is_sent(name: str) -> None:
    certificate = certificate_named(name)
    sent = packed_certificate(certificate)
    level, hits = unpacked(sent["level"]), np.array(sent["hits"])
    np.testing.assert_array_equal(hits[level], certificate.hits)
    np.testing.assert_array_equal(unpacked(sent["top"]), certificate.top)
    assert len(sent["taus"]) == (100 if certificate.settings.testing.tau_free else 1)
    for number, tau in enumerate(sent["taus"]):
        at = certificate.at(tau) if certificate.settings.testing.tau_free else certificate
        passed = hits[level] >= sent["cutoffs"][number]
        np.testing.assert_array_equal(np.where(passed, certificate.top.astype(int), engine.inputs.ABSTAIN), at.labels)
        assert (sent["radii"][number], sent["counts"][number]) == (at.radius, at.selected_count)
        np.testing.assert_allclose(unpacked(sent["p_values"])[number][level], at.p_values(), rtol=1e-6, atol=1e-37)
    assert sent["taus"][sent["own"]] == certificate.settings.tau


@pytest.mark.parametrize("name", CHANGES)
def test_stories_are_the_engines(name: str) -> None:
    certificate = certificate_named(name)
    sent, (height, width) = packed_certificate(certificate), certificate.labels.shape
    level, votes = unpacked(sent["level"]), unpacked(sent["votes"])
    for row, column in np.random.default_rng(5).integers(0, (height, width), (25, 2)).tolist():
        story = engine.certification.pixel_story(certificate, row, column)
        one = int(level[row, column])
        assert (sent["hits"][one], sent["rank"][one]) == (story.hits, story.rank)
        assert sent["threshold"][one] == pytest.approx(story.threshold, rel=1e-12)
        assert sent["radius"][one] == pytest.approx(story.radius, rel=1e-12)
        assert sent["bound"][one] == pytest.approx(story.bound, rel=1e-12)
        given = np.zeros(len(CAMVID), dtype=int)
        given[sent["voted"]] = votes[:, row, column]
        np.testing.assert_array_equal(given, story.votes)


def test_selections_have_no_radius_and_promise_nothing() -> None:
    sent = packed_certificate(certificate_named("selection"))
    assert not sent["certifies"]
    assert set(sent["radius"]) == {0.0}
    assert sent["words"]["outcome"] == "Selected"
    assert "nothing is promised" in sent["words"]["stay"]
    assert "cannot be flipped" not in json.dumps(sent["words"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("explore", "With probability at least 99 %, {count} of {all} pixels cannot be flipped to another class"),
        ("explore-budget", "With probability at least 99 %, of {count} coloured pixels of {all}, at most 40 can be"),
    ],
)
def test_the_sentence_keeps_what_the_promise_leaves_open(name: str, said: str) -> None:
    assert packed_certificate(certificate_named(name))["words"]["stay"].startswith(said)


def test_a_tau_of_ones_own_is_on_the_slider_once() -> None:
    base = certificate_named("explore")
    assert 0.77 in thresholds(base.at(0.77))
    assert len(thresholds(base.at(0.77))) == 100
    odd = thresholds(base.at(0.7712))
    assert len(odd) == 101
    assert odd == sorted(odd)
    assert 0.7712 in odd


def test_shapes_are_refused() -> None:
    image = certificate_named("fixed")
    flat = {
        name: getattr(image, name).reshape(*getattr(image, name).shape[:-2], -1) for name in ("labels", "top", "hits")
    }
    shape = replace(image, **flat, votes=image.votes.reshape(len(image.votes), -1))
    with pytest.raises(ValueError, match="not of shapes"):
        packed_certificate(shape)


def test_the_hash_follows_the_content() -> None:
    view = view_named("explore")
    assert view.as_data()["hash"] == view.as_data()["hash"]
    assert replace(view, budget=0.2).as_data()["hash"] != view.as_data()["hash"]
    assert json.loads(json.dumps(view.as_data())) == view.as_data()


def test_views_that_do_not_fit_together_are_refused() -> None:
    picture = picture_layer("Input", np.zeros((4, 6, 3), dtype=np.uint8))
    pane, other = Pane(title="A", layer="Input"), classes_layer("Other", np.zeros((4, 5), dtype=int))
    for panes, layers, words in (
        ((), (picture,), "1 to 4 panes"),
        ((pane,) * 5, (picture,), "1 to 4 panes"),
        ((pane,), (picture, picture), "names of their own"),
        ((Pane(title="A", layer="B"),), (picture,), "no layer"),
        ((pane,), (picture, other), "one size"),
        ((pane,), (picture, certificate_layer("C", "certified", "clean")), "no certificate"),
    ):
        with pytest.raises(ValueError, match=words):
            View(panes=panes, layers=layers, space=CAMVID)
    with pytest.raises(ValueError, match="two dimensions"):
        classes_layer("Points", np.zeros(5, dtype=int))
