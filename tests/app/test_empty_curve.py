"""A curve over the budget tells of what was certified, and of nothing where nothing was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import engine
from app.pictures import attack as pictures
from tests.material.pictures import coin_certificate


def test_no_share_of_nothing_is_told(
    street: engine.models.BaseModel, street_image: engine.inputs.Image, street_certificate: engine.Certificate
) -> None:
    empty = replace(street_certificate, labels=np.full_like(street_certificate.labels, engine.inputs.ABSTAIN))
    for clean in (empty, street_certificate):
        (point,) = engine.attacks.robustness_curve(
            street, street, street_image, clean, engine.attacks.Attempt(steps=1), shares=(1.0,)
        )
        assert np.isnan(point.certified) == np.isnan(point.abstained) == (clean is empty)
        assert 0.0 <= point.undefended <= 1.0


@pytest.mark.parametrize("certified", [float("nan"), 0.0])
def test_a_curve_of_nothing_has_no_certified_line(certified: float, compute: engine.core.Compute) -> None:
    points = [
        engine.attacks.CurvePoint(
            share=share, undefended=share / 10, denoised=0.0, certified=certified, abstained=certified,
            attacked=coin_certificate(compute),
        )
        for share in (0.0, 1.0, 2.0)
    ]  # fmt: skip
    figure = pictures.curve_chart(points)
    names = [trace.name for trace in figure.data]
    assert names[:2] == ["undefended: flipped", "behind the denoiser: changed"]
    assert len(names) == (2 if np.isnan(certified) else 4)
    (note,) = figure.layout.annotations
    assert note.text == ("R: nothing was certified" if np.isnan(certified) else "R: certified up to here")
