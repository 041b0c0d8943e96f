"""Sentences about known changes say what the region holds, rounded inwards, and no more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import engine
from app.words.amounts import interval, strengths, within_amounts
from app.words.changes import phrases, told_bands, would_cover
from app.words.fine_print import fine_print, settings_line
from app.words.promise import guarantee
from app.words.radius import of_image, radii
from app.words.real_pictures import RealPictures, covered
from engine.changes import Parameter
from tests.material.pictures import coin_certificate

GAMMA = Parameter(name="gamma", title="Gamma", neutral=1.0, low=0.4, high=2.5, multiplies=True)
TURN = Parameter(name="turn", title="Turn", neutral=0.0, low=-1.0, high=1.0, unit=" m")
BLUR = Parameter(name="blur", title="Blur", neutral=0.0, low=0.0, high=9.0, unit=" px²")


def made(compute: engine.core.Compute, family: str, **changes: object) -> engine.Certificate:
    """A certificate whose settings are of that family; what it covers is told from these."""
    certificate = coin_certificate(compute, tau=0.75)
    return replace(certificate, settings=replace(certificate.settings, family=family, **changes))


@pytest.mark.parametrize(
    ("one", "ends", "words"),
    [
        (GAMMA, (0.81686, 1.22413), "0.817–1.22"),
        (TURN, (-0.13489, 0.13489), "±0.134 m"),
        (TURN, (-0.05325, 0.004355), "−0.0532 to 0.00435 m"),
        (BLUR, (0.0, 4.1588), "up to 4.15 px²"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_intervals_are_rounded_inwards(one: Parameter, ends: tuple[float, float], words: str) -> None:
    assert interval(one, ends) == words


@pytest.mark.parametrize(
    ("family", "sigma", "words"),
    [
        # exp(-+0.6 * 0.67449) = 0.66719, 1.49883
        ("gamma", 0.6, "by any gamma between 0.668 and 1.49 of this 24×16 image."),
        ("blur", 6.0, "by any blur up to 4.15 px² of this 24×16 image."),  # 6 ln 2 = 4.1588
        # 0.2 * 0.67449 and 0.25 * 0.67449
        ("brightness", 0.25, "by any change with (brightness / 0.134)² + (l2 size of any other change / 0.168)² ≤ 1"),
        ("l2", 0.25, "by any change of l2 size up to 0.168 of this 24×16 image."),
    ],
)
def test_the_guarantee_names_the_region(compute: engine.core.Compute, family: str, sigma: float, words: str) -> None:
    certificate = made(compute, family, sigma=sigma)
    said = guarantee(certificate)
    assert said.startswith(f"With probability at least 90 %, none of the {certificate.certified_count:,} coloured pix")
    assert words in said


def test_a_known_change_is_not_told_as_an_l2_size(compute: engine.core.Compute) -> None:
    certificate = made(compute, "gamma", sigma=0.6)
    assert of_image(certificate) == within_amounts(certificate.settings) == "Gamma 0.668–1.49."
    assert radii(certificate.settings, "image")["Gamma"][0] == "0.668–1.49"
    assert "under random changes (Gamma, by a log-normal power: σ = 0.6)" in fine_print(certificate)
    assert "Gamma, by a log-normal power, " in settings_line(certificate)
    both = made(compute, "brightness", sigma=0.25, strength=0.4)
    assert strengths(both.settings) == "σ = 0.25 and standard deviation of the brightness 0.4"
    assert of_image(both).startswith("Alone, brightness ±0.269, or any change of l2 size up to 0.168. Together as far")


def test_what_is_said_in_the_browser(compute: engine.core.Compute) -> None:
    certificate = made(compute, "gamma", sigma=0.6)
    settings = certificate.settings
    change = settings.noise.change
    told = phrases(change, certificate, undefended="a", certified="b")
    assert told["promise"] == f"{certificate.certified_count:,} of 384 pixels."
    assert told["outside"] == "Nothing is promised here"
    assert told_bands(settings) == ["0.668–1.49"]
    assert would_cover(settings) == "**Certify** finds the pixels that no gamma between 0.668 and 1.49 can flip."
    empty = replace(certificate, labels=np.full_like(certificate.labels, engine.inputs.ABSTAIN))
    assert phrases(change, empty, undefended="a", certified="b")["promise"] == ""
    assert phrases(change, None, undefended="a", certified="b")["promise"] == ""
    both = engine.Settings(family="contrast-brightness", sigma=0.4)
    assert told_bands(both)[1] == "±0.134, alone"


def test_real_pictures_are_told_as_computed_for_the_picture_at_hand() -> None:
    wide = engine.Settings(family="brightness", sigma=1.0, tau=0.9, strength=0.4)
    said = covered(wide, RealPictures(unclipped=((-0.1, 0.1),), rounding=0.5, levels=(12, 7)))
    assert "from 12 of 255 levels darker to 7 levels brighter" in said
    said = covered(replace(wide, sigma=0.25), RealPictures(unclipped=((-0.1, 0.02),), rounding=0.5421, levels=(0, 0)))
    assert "Rounding this picture alone is a change of l2 size 0.543" in said  # up
    assert "room for 0.32 beside its brightness" in said  # 0.25 * 1.28155, down
    assert "Brightness alone clips nothing of this picture at −0.1 to 0.02, and something beyond." in said
    gamma = engine.Settings(family="gamma", sigma=0.6)
    said = covered(gamma, RealPictures(unclipped=(gamma.region.bounds["gamma"],), rounding=0.5, levels=None))
    assert said.endswith("not rounded to 8 bits. Gamma clips nothing of this picture anywhere in the region.")
