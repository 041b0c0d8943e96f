"""What every model of the manifest must bring: a label space that can be drawn, a card, and answers of the right kind.

Nothing here depends on what a model answers, only on the kind of answer.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from engine.certification import Settings, base_prediction, certify
from engine.core import Compute
from engine.inputs import Image
from engine.models import ModelInfo, available, full_name, load_model, part_models, wrapper_choices
from engine.models.coupling import refuse_coupled

EVERY = available()
every = pytest.mark.parametrize("info", EVERY, ids=[info.name for info in EVERY])


def test_there_is_a_model_and_names_are_unique() -> None:
    assert EVERY
    assert len({info.name for info in EVERY}) == len(EVERY)


@every
def test_labels_can_be_drawn(info: ModelInfo) -> None:
    space = info.labels
    assert len(space) == len(space.classes) == len(space.palette) > 1
    assert len(set(space.classes)) == len(space)
    assert len(set(space.palette)) == len(space)
    assert (255, 255, 255) not in space.palette  # white is abstention
    assert space.colours().shape == (len(space), 3)


@every
def test_the_card_is_there(info: ModelInfo) -> None:
    assert info.card.lstrip().startswith("# ")
    assert len(info.card.strip().splitlines()) > 1


@every
def test_facts_are_plausible(info: ModelInfo) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", info.weights_sha256)
    assert 0 <= info.trained_sigma <= 10
    assert info.title.strip()


@every
def test_answers_are_repeatable_class_ids(info: ModelInfo, compute: Compute, street_image: Image) -> None:
    model = load_model(info.name, compute)
    answer = base_prediction(model, street_image)
    assert answer.shape == (48, 64)
    assert answer.dtype == np.uint8
    assert answer.max() < len(info.labels)
    np.testing.assert_array_equal(answer, base_prediction(model, street_image))


@every
def test_a_certificate_can_be_made(info: ModelInfo, compute: Compute, street_image: Image) -> None:
    made = certify(load_model(info.name, compute), street_image, Settings(n0=3, n=12, size=64))
    assert made.votes.shape == (len(info.labels), 48, 64)
    assert made.provenance.weights_sha256 == info.weights_sha256
    assert made.provenance.classes == info.labels.classes


SHIPPED = [info.name for info in EVERY] + [full_name("street-clean", choice.name) for choice in wrapper_choices()]
SHIPPED += [f"{name}@{categories[0]}{around}" for name, _, categories in part_models() for around in ("", "+voted")]


@pytest.mark.parametrize("name", SHIPPED)
def test_no_network_that_ships_couples_its_batch(name: str, compute: Compute) -> None:
    """Certificates leave out this trial for all of these (`coupling.trust`)."""
    model = load_model(name, compute).for_noise(0.25)
    shape = (4, 64, 6) if model.info.kind == "cloud" else (4, 48, 64, 3)
    batch = 0.5 + 0.25 * torch.randn(shape, generator=torch.Generator().manual_seed(0))
    refuse_coupled(model.network, model.inputs(batch), name)
