"""The sentences on screen never overstate. Expected numbers are computed by hand in the comments."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image as Pillow

import engine
from app.pictures import overlay
from app.pictures.certificate import hits_chart
from app.views.report import certificate_page
from app.views.tables import class_rows, legend
from app.words.fine_print import fine_print
from app.words.numbers import plain
from app.words.promise import guarantee
from app.words.radius import levels
from engine.inputs.labels import CAMVID


@pytest.fixture(scope="module")
def certificate() -> engine.Certificate:
    image = engine.inputs.image_from_array(np.full((32, 48, 3), 0.5, dtype=np.float32))
    settings = engine.Settings(n0=4, n=60, size=64)
    return engine.certify(engine.load_model("street-noise25"), image, settings)


def with_settings(certificate: engine.Certificate, **changes: object) -> engine.Certificate:
    from dataclasses import replace

    return replace(certificate, settings=replace(certificate.settings, **changes))


@pytest.mark.parametrize(
    ("alpha", "words"),
    [(0.001, "99.9 %"), (0.05, "95 %"), (0.0001, "99.99 %"), (0.003, "99.7 %"), (0.0015, "99.85 %"), (0.5, "50 %")],
)
def test_probability_is_one_minus_alpha_rounded_down(certificate: engine.Certificate, alpha: float, words: str) -> None:
    if certificate.certified_count == 0:
        pytest.fail("the fixture must certify something")
    assert f"at least {words}," in guarantee(with_settings(certificate, alpha=alpha))


@pytest.mark.parametrize("alpha", [0.00123456, 0.0456789, 0.333, 1e-7])
def test_probability_is_never_overstated(certificate: engine.Certificate, alpha: float) -> None:
    sentence = guarantee(with_settings(certificate, alpha=alpha))
    stated = float(sentence.split("at least ")[1].split(" %")[0]) / 100.0
    assert stated <= 1.0 - alpha + 1e-12
    assert stated >= 1.0 - 2.0 * alpha


def test_guarantee_counts_certified_pixels_and_promises_no_more(certificate: engine.Certificate) -> None:
    sentence = guarantee(certificate)
    assert f"none of the {certificate.certified_count:,} coloured pixels" in sentence
    assert "unchanged" not in sentence
    assert "may abstain" in fine_print(certificate)


def test_the_fine_print_says_what_computed_noise_is_charged(certificate: engine.Certificate) -> None:
    assert 0.0 < certificate.misplaced < 1e-5  # 32 x 48 pixels: rounded up, never down
    said = fine_print(certificate)
    assert "rounded to a multiple of 2⁻¹⁶" in said
    assert "at most 0.00001 is added to it" in said


def test_names_from_outside_are_shown_letter_by_letter() -> None:
    # Markdown takes a backslash before any ASCII punctuation as "this sign itself".
    assert plain("street 1") == "street 1"
    assert plain("**b** <img src=x>") == r"\*\*b\*\* \<img src\=x\>"
    assert plain("a\nb\u202ec") == "abc"
    assert len(plain("x" * 300)) == 80


def test_nothing_certified_promises_nothing(certificate: engine.Certificate) -> None:
    from dataclasses import replace

    empty = replace(certificate, labels=np.full_like(certificate.labels, engine.inputs.ABSTAIN))
    assert guarantee(empty).startswith("Nothing is certified")


def test_radius_in_plain_terms() -> None:
    # One grey pixel: three channels change by R / sqrt(3) = 0.1732 / 1.732 = 0.1, or 25.5 levels. All of 100 pixels:
    # R / sqrt(300) = 0.01, or 2.55 levels.
    text = levels(0.1 * math.sqrt(3.0), 100)
    assert "by 25.4 of 255 grey levels" in text or "by 25.5 of 255 grey levels" in text  # rounded down, never up
    assert "100 pixels by 2.5 levels" in text


def test_report_escapes_names_and_holds_the_pictures(certificate: engine.Certificate) -> None:
    pictures = {"Certified": engine.export.labels_png(certificate.labels, CAMVID)}
    page = certificate_page(
        certificate, title="<script>alert(1)</script>", pictures=pictures, space=CAMVID, scores={}
    ).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count("data:image/png;base64,") == 1
    assert guarantee(certificate) in page


def test_class_table_adds_up(certificate: engine.Certificate) -> None:
    rows = class_rows(certificate, CAMVID)
    assert sum(row.tested for row in rows) == certificate.labels.size
    assert sum(row.passed for row in rows) == certificate.certified_count
    assert f"{certificate.labels.size - certificate.certified_count:,}" in legend(certificate, rows)


def test_hits_chart_shows_every_pixel(certificate: engine.Certificate) -> None:
    assert sum(sum(trace.y) for trace in hits_chart(certificate).data) == certificate.labels.size


def test_abstention_is_white_and_classes_keep_their_colours() -> None:
    labels = np.array([[0, 3], [engine.inputs.ABSTAIN, engine.inputs.ABSTAIN]])
    picture = engine.export.colour_labels(labels, CAMVID)
    assert tuple(picture[0, 0]) == CAMVID.palette[0]
    assert tuple(picture[0, 1]) == CAMVID.palette[3]
    assert picture[1].min() >= 220


def test_pictures_are_enlarged_without_smoothing(certificate: engine.Certificate) -> None:
    small = engine.export.colour_labels(certificate.labels, CAMVID)
    large = overlay.enlarge(small, 480)
    assert large.shape == (320, 480, 3)
    assert np.array_equal(large[::10, ::10], small)
    assert np.array_equal(np.asarray(Pillow.fromarray(large).resize((48, 32), Pillow.Resampling.NEAREST)), small)


def test_truth_picture_blackens_void() -> None:
    truth = np.array([[0, engine.inputs.VOID]], dtype=np.uint8)
    picture = overlay.truth_picture(truth, CAMVID)
    assert tuple(picture[0, 0]) == CAMVID.palette[0]
    assert tuple(picture[0, 1]) == (0, 0, 0)
