"""Models of shapes by MODEL@CATEGORY: each category has its own slice of the network's answers."""

from __future__ import annotations

from pathlib import Path

import torch

from engine import Compute, load_model, model_info, part_models
from engine.models import zoo
from tests.tiny_models import PARTS, publish_part_model


def test_every_category_has_its_own_answers(copied_assets: Path, compute: Compute) -> None:
    publish_part_model(copied_assets)
    assert ("parts-tiny", "Tiny parts", tuple(PARTS)) in part_models()
    values = torch.randn(2, 50, 6, generator=torch.Generator().manual_seed(0))
    network = zoo.load_part("parts-tiny", zoo.PARTS, compute)
    for number, (category, own) in enumerate({"Cup": slice(0, 2), "Chair": slice(2, 5)}.items()):
        name = f"parts-tiny@{category}"
        assert model_info(name).labels.classes == PARTS[category]
        whole = network(values, torch.full((2,), number))
        assert torch.equal(load_model(name, compute).logits(values), whole[:, own])
