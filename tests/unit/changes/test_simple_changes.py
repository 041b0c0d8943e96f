"""What fog, turns, noise and jitter are, value by value."""

from __future__ import annotations

import math

import pytest
import torch

from engine.changes import changes, random_changes
from engine.core.rng import Stage, Streams


def values(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def test_fog_hides_the_top_and_leaves_the_bottom() -> None:
    fog, black = changes["fog"].apply, torch.zeros(5, 2, 3, dtype=torch.float64)
    rows = fog(black, values(1.0))[:, 0, 0]
    expected = [0.8 * (1 - math.exp(-depth)) for depth in (1.0, 0.75, 0.5, 0.25, 0.0)]
    torch.testing.assert_close(rows, values(*expected))
    torch.testing.assert_close(fog(torch.full_like(black, 0.8), values(2.0)), torch.full_like(black, 0.8))


def test_amounts_of_fog_add_up() -> None:
    fog, picture = changes["fog"].apply, torch.rand(6, 4, 3, generator=torch.Generator().manual_seed(1)).double()
    torch.testing.assert_close(fog(fog(picture, values(0.4)), values(1.1)), fog(picture, values(1.5)))
    assert fog(picture, values(3.0)).min() >= 0
    assert fog(picture, values(3.0)).max() <= 1


def test_a_quarter_turn_brings_x_to_y() -> None:
    shape = values(1, 0, 0, 0, 1, 0, 0, 0, 1).reshape(3, 3)
    expected = values(0, 1, 0, -1, 0, 0, 0, 0, 1).reshape(3, 3)
    torch.testing.assert_close(changes["turn"].apply(shape, values(90.0)), expected)
    both = torch.cat([shape, shape], dim=1)
    torch.testing.assert_close(changes["turn"].apply(both, values(90.0)), torch.cat([expected, expected], dim=1))


@pytest.mark.parametrize(("name", "shape"), [("noise", (100, 100, 3)), ("jitter", (10_000, 3))])
def test_fields_are_gaussian_of_the_deviation_asked_for(name: str, shape: tuple[int, ...]) -> None:
    clean = torch.full(shape, 0.5, dtype=torch.float64)
    source = Streams(4).source(Stage.OTHER, 0, clean.device)
    field = random_changes[name].apply(clean, values(0.05), source) - 0.5
    count = field.numel()  # five standard errors
    assert abs(float(field.mean())) < 5 * 0.05 / math.sqrt(count)
    assert abs(float((field**2).mean()) / 0.05**2 - 1) < 5 * math.sqrt(2 / count)


def test_jitter_leaves_normals() -> None:
    cloud = torch.rand(50, 6, generator=torch.Generator().manual_seed(1)).double()
    moved = random_changes["jitter"].apply(cloud, values(0.05), Streams(4).source(Stage.OTHER, 0, cloud.device))
    assert torch.equal(moved[:, 3:], cloud[:, 3:])
    assert (moved[:, :3] != cloud[:, :3]).all()
