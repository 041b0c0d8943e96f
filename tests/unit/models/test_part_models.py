"""Models of shapes by MODEL@CATEGORY: each category has its own slice of the network's answers."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.certification import base_prediction
from engine.core import Compute
from engine.inputs import sample_mesh
from engine.models import load_model, model_info, part_models, zoo
from engine.models.part_models import of_category
from engine.synthetic import build_shape, shape_categories
from tests.material.tiny_models import PARTS, publish_part_model


def test_every_category_has_its_own_answers(copied_assets: Path, compute: Compute) -> None:
    publish_part_model(copied_assets)
    assert ("parts-tiny", "Tiny parts", tuple(PARTS)) in part_models()
    values = torch.randn(2, 50, 6, generator=torch.Generator().manual_seed(0))
    network = zoo.load_network("parts-tiny", zoo.PARTS, compute)
    for number, (category, own) in enumerate({"Cup": slice(0, 2), "Chair": slice(2, 5)}.items()):
        name = f"parts-tiny@{category}"
        assert model_info(name).labels.classes == PARTS[category]
        whole = network(values, torch.full((2,), number))
        assert torch.equal(load_model(name, compute).logits(values), whole[:, own])


def test_voting_averages_the_shape_and_its_two_turns_about_the_diagonal(copied_assets: Path, compute: Compute) -> None:
    publish_part_model(copied_assets)
    name = of_category("parts-tiny+voted", "Cup")
    assert name == "parts-tiny@Cup+voted"
    alone, voted = load_model("parts-tiny@Cup", compute), load_model(name, compute)
    assert voted.info.kind == "cloud"
    assert voted.info.weights_sha256 != alone.info.weights_sha256
    values = torch.randn(2, 50, 6, generator=torch.Generator().manual_seed(0))
    third = torch.tensor([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # 120 degrees about (1, 1, 1)
    assert torch.equal(third.matrix_power(3), torch.eye(3))
    positions = [values @ torch.block_diag(*[third.matrix_power(turn)] * 2).T for turn in range(3)]
    assert torch.equal(positions[1][..., 3], values[..., 5])
    expected = torch.stack([alone.logits(turned).softmax(dim=1) for turned in positions]).mean(dim=0)
    assert torch.allclose(voted.logits(values).exp(), expected, atol=1e-6)
    for turned in positions[1:]:  # so the vote cannot be turned about the diagonal
        assert torch.allclose(voted.logits(turned).exp(), expected, atol=1e-5)


SHIPPED = [(name, category) for name, _, categories in part_models() for category in categories]


@pytest.mark.parametrize(("name", "category"), SHIPPED)
def test_a_model_that_ships_answers_each_of_its_categories(name: str, category: str, compute: Compute) -> None:
    model = load_model(of_category(name, category), compute)
    assert {parameter.dtype for parameter in model.network.parameters()} == {torch.float32}
    shape = build_shape(category, 3) if category in shape_categories() else build_shape("Cup", 3)
    for points in (16, 300):
        answers = base_prediction(model, sample_mesh(shape, points))
        assert answers.shape == (points,)
        assert answers.max() < len(model.info.labels)


@pytest.mark.parametrize("name", sorted({name for name, _ in SHIPPED}))
def test_a_model_that_ships_knows_the_projects_own_shapes(name: str, compute: Compute) -> None:
    """Shapes of seeds it was not trained on: most points get their part. Far above chance, far below the measured."""
    shares = []
    for category, parts in shape_categories().items():
        model = load_model(of_category(name, category), compute)
        assert model.info.labels.classes == parts
        cloud = sample_mesh(build_shape(category, 900_001), 1024)
        shares.append(float((base_prediction(model, cloud) == cloud.labels).mean()))
    assert sum(shares) / len(shares) > 0.8
