"""A ball cut at height 0, and certificates of it. No test in here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import engine
from app.runs.requests import Outcome, Request
from tests.material.cloud_files import sphere
from tests.material.pictures import plain_image
from tests.material.tiny_models import toy_cloud_model

SPACE = engine.inputs.LabelSpace(name="Ball", classes=("below", "above"), palette=((9, 9, 9), (200, 20, 20)))


def ball(points: int = 200) -> engine.inputs.Cloud:
    return engine.inputs.cloud_from_arrays(sphere(points), sphere(points), (sphere(points)[:, 2] > 0).astype(np.uint8))


def made(compute: engine.core.Compute, **changes: object) -> engine.Certificate:
    """Of a ball cut at height 0: certified but for a belt, whatever little noise there is."""
    settings = replace(engine.Settings(sigma=0.1, tau=0.75, n0=5, n=80, alpha=0.01, seed=3), **changes)  # type: ignore[arg-type]
    return engine.certify(toy_cloud_model(compute), ball(), settings)


def outcome_of(certificate: engine.Certificate) -> Outcome:
    """A finished run that gave a certificate of the ball, or of the image of `coin_certificate`, with no pictures."""
    request = Request(
        name="it", model="m", subject=ball() if certificate.kind == "cloud" else plain_image(16, 24), truth=None,
        settings=certificate.settings, stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip
    return Outcome(request=request, certificate=certificate, base=certificate.top, space=SPACE, pictures={})
