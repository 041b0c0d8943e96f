"""One attacked input given to other models: those with the same classes, each by its own answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attacks import flipped, peers, transfer, transfers
from engine.certification import base_prediction
from engine.core import Compute, InvalidInput
from engine.inputs import Image, label_spaces
from engine.inputs.images import image_from_array
from engine.models import available, catalogue, load_model
from tests.material.tiny_models import toy_model


@pytest.fixture
def other(street_image: Image) -> Image:
    noise = np.random.default_rng(0).normal(0.0, 0.2, street_image.pixels.shape)
    return image_from_array((street_image.pixels + noise).clip(0.0, 1.0).astype(np.float32))


def test_models_with_other_classes_are_no_peers(monkeypatch: pytest.MonkeyPatch, compute: Compute) -> None:
    shown = [info for info in available() if info.kind == "image"]
    strange = replace(shown[0], name="strange", labels=label_spaces["voc"])
    monkeypatch.setattr("engine.attacks.other_models.available", lambda: (*shown, strange))
    assert peers(toy_model(compute).info) == tuple(info.name for info in shown if len(info.labels) == 11)
    assert peers(strange) == ("strange",)


def test_every_peer_answers_for_itself(street_image: Image, other: Image, compute: Compute) -> None:
    rows = list(transfers(load_model("street-clean", compute).info, street_image, other, compute))
    assert [row.model for row in rows] == list(peers(load_model("street-clean", compute).info))
    for row in rows[:2]:
        model = load_model(row.model, compute)
        before, after = base_prediction(model, street_image), base_prediction(model, other)
        assert row.flipped == flipped(before, after)
    assert transfer(toy_model(compute), street_image, other).flipped > 0.0


def test_a_model_that_cannot_be_loaded_is_left_out(
    street_image: Image, compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = load_model("street-clean", compute).info

    def refusing(name: str, compute: Compute | None) -> object:
        if name != info.name:
            raise InvalidInput("its file is missing")
        return catalogue.load_model(name, compute)

    monkeypatch.setattr("engine.attacks.other_models.load_model", refusing)
    assert [row.model for row in transfers(info, street_image, street_image, compute)] == [info.name]
