"""The bundled weights are the ones their card describes: scores stay near those measured when they were trained.

The card's figures (accuracy): rendered scenes 0.925 clean and 0.875 certified, CamVid val 0.924 and 0.866. The bounds
leave room for few images, other hardware and precision.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import engine


def test_rendered_scenes() -> None:
    model = engine.load_model("street-noise25")
    clean, certified = engine.evaluation.Scorer(11), engine.evaluation.Scorer(11)
    for seed in range(5000, 5004):
        scene = engine.synthetic.render_street(seed, 320, 240)
        image = engine.inputs.image_from_array(scene.pixels.astype(np.float32) / 255.0)
        clean.add(engine.certification.base_prediction(model, image), scene.labels)
        certificate = engine.certify(model, image, engine.Settings(seed=seed))
        certified.add(certificate.labels, scene.labels)
    assert clean.scores().accuracy > 0.85
    assert certified.scores().accuracy > 0.75
    assert certified.scores().abstention < 0.25


def test_camvid(shared_data: Path) -> None:
    dataset = engine.inputs.datasets["camvid"].open(shared_data / "camvid", "val")
    result = engine.evaluation.evaluate(engine.load_model("street-noise25"), dataset, engine.Settings(), limit=4)
    assert result.base_clean.accuracy > 0.86
    assert result.base_noisy.accuracy > 0.84
    assert result.certified.accuracy > 0.77
    assert result.radius == engine.perturbations["l2"].radius(sigma=0.25, tau=0.75)
