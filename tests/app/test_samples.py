"""The bundled samples and the home page's example are what they say: labelled scenes, and a certificate that holds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image as Pillow

import engine
from app.forms.samples import SAMPLES
from engine.synthetic.scenes.gallery import SEEDS

ROWS = json.loads((SAMPLES / "index.json").read_text())


def test_the_index_lists_the_gallery() -> None:
    assert [row["name"] for row in ROWS] == [f"street-{seed}" for seed in SEEDS]
    assert len({row["title"] for row in ROWS}) == len(ROWS) == 8


def test_they_are_a_dataset_for_every_command_that_takes_one() -> None:
    source = engine.inputs.datasets["folder"].open(SAMPLES, ".")
    assert sorted(item.image_path for item in source.items()) == sorted(SAMPLES / row["image"] for row in ROWS)
    assert source.labels.classes == engine.inputs.label_spaces["camvid"].classes


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_labels_belong_to_the_picture(row: dict[str, str]) -> None:
    image = engine.inputs.decode_image((SAMPLES / row["image"]).read_bytes(), size=1024)
    labels = np.asarray(Pillow.open(SAMPLES / row["labels"]))
    assert engine.inputs.reduce_labels(labels, image).shape == (image.height, image.width)
    assert len(np.unique(labels)) >= 6
    assert labels.max() < 11


def test_the_example_holds_for_the_bundled_model_and_sample() -> None:
    certificate = engine.Certificate.load(SAMPLES / "example.npz")
    image = engine.inputs.decode_image((SAMPLES / ROWS[0]["image"]).read_bytes(), size=certificate.settings.size)
    outcome = engine.verify(certificate, subject=image, resample=True, seed=20_260)
    assert outcome.passed, outcome.checks
    assert certificate.certified_fraction > 0.5
