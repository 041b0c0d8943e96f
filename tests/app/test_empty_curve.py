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
        for share in (point.certified, point.abstained, point.outvoted):
            assert (share is None) == (clean is empty)
        assert (point.certified_bound == 0.0) == (clean is empty)
        assert 0.0 <= point.undefended <= 1.0


@pytest.mark.parametrize("bound", [0.0, 0.6])
def test_a_curve_of_nothing_has_no_certified_line(bound: float, compute: engine.core.Compute) -> None:
    lost = 0.0 if bound else None
    points = [
        engine.attacks.CurvePoint(
            share=share, undefended=share / 10, denoised=0.0, certified_bound=bound, outvoted=lost, certified=lost,
            abstained=lost, attacked=coin_certificate(compute),
        )
        for share in (0.0, 1.0, 2.0)
    ]  # fmt: skip
    figure = pictures.curve_chart(points)
    names = [trace.name for trace in figure.data]
    assert names[:2] == ["undefended: flipped", "behind the denoiser: changed"]
    assert len(names) == (6 if bound else 2)
    shapes = {trace.name: trace.line.shape for trace in figure.data}
    assert shapes.pop("certified: cannot be flipped", "vh") == "vh"  # no promise is drawn between R and the next budget
    assert set(shapes.values()) == {"linear"}
    (note,) = figure.layout.annotations
    assert note.text == ("R: certified up to here" if bound else "R: nothing was certified")
