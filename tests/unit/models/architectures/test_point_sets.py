"""Point sets: each operation equals a slow one written here with NumPy loops, in float64, from its definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
import torch

from engine.models.architectures import _point_sets
from engine.models.architectures._point_sets import (
    carry,
    farthest_points,
    highest,
    inverse_distance_weights,
    nearest_points,
    take,
)

Array = npt.NDArray[np.float64]
Search = Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]


def cloud(batch: int, size: int, channels: int = 3, seed: int = 0) -> torch.Tensor:
    return torch.randn(batch, size, channels, generator=torch.Generator().manual_seed(seed))


def slow_farthest(points: Array, count: int) -> list[int]:
    chosen = [int(np.argmax([np.sum(p**2) for p in points]))]
    while len(chosen) < count:
        gaps = [min(np.sum((p - points[c]) ** 2) for c in chosen) for p in points]
        chosen.append(int(np.argmax(gaps)))
    return chosen


def slow_nearest(queries: Array, points: Array, count: int) -> list[list[int]]:
    distances = [[float(np.sum((q - p) ** 2)) for p in points] for q in queries]
    return [sorted(range(len(points)), key=row.__getitem__)[:count] for row in distances]


def slow_weights(queries: Array, points: Array, index: npt.NDArray[np.int64]) -> Array:
    rows = []
    for query, near in zip(queries, index, strict=True):
        raw = [1 / (np.sum((query - points[i]) ** 2) + 1e-4) for i in near]
        rows.append([value / sum(raw) for value in raw])
    return np.array(rows)


@pytest.mark.parametrize(("size", "count"), [(50, 20), (50, 50), (7, 20), (1, 1)])
def test_farthest_points(size: int, count: int) -> None:
    points = cloud(3, size)
    found = farthest_points(points, count)
    assert found.dtype == torch.int64
    assert found.tolist() == [slow_farthest(p.double().numpy(), min(count, size)) for p in points]


def test_a_beginning_of_the_farthest_points_is_what_fewer_would_be() -> None:
    # So the second level of centres needs no search: it is where a search among the first level would go.
    points = cloud(2, 80)
    many = farthest_points(points, 40)
    assert torch.equal(farthest_points(points, 15), many[:, :15])
    assert torch.equal(farthest_points(take(points, many), 15), torch.arange(15).expand(2, 15))


def test_farthest_points_of_permuted_points_are_the_same_points() -> None:
    points, order = cloud(1, 60), torch.randperm(60, generator=torch.Generator().manual_seed(1))
    moved = points[:, order]
    assert torch.equal(take(moved, farthest_points(moved, 25)), take(points, farthest_points(points, 25)))


def test_points_in_one_place_can_be_sampled() -> None:
    assert farthest_points(torch.zeros(2, 5, 3), 4).tolist() == [[0] * 4] * 2


@pytest.mark.parametrize("search", [nearest_points, _point_sets._all_to_all], ids=["trees", "all to all"])
@pytest.mark.parametrize(("asking", "size", "count"), [(9, 40, 5), (40, 9, 3), (4, 2, 2), (1, 1, 1)])
def test_nearest_points(search: Search, asking: int, size: int, count: int) -> None:
    queries, points = cloud(3, asking, seed=1), cloud(3, size, seed=2)
    found = search(queries, points, count)
    assert found.dtype == torch.int64
    pairs = zip(queries.double().numpy(), points.double().numpy(), strict=True)
    assert found.tolist() == [slow_nearest(q, p, count) for q, p in pairs]


def test_of_few_points_all_are_near() -> None:
    found = nearest_points(cloud(2, 4, seed=1), cloud(2, 2, seed=2), 3)
    assert found.shape == (2, 4, 2)
    assert found.sort(dim=-1).values.tolist() == [[[0, 1]] * 4] * 2


def test_points_in_one_place_are_all_near() -> None:
    assert set(nearest_points(torch.zeros(1, 3, 3), torch.zeros(1, 500, 3), 2).flatten().tolist()) <= set(range(500))


def test_searches_in_parts_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # As on a GPU, where several samples are searched at once: 5 samples, two at a time.
    queries, points = cloud(5, 6, seed=1), cloud(5, 10, seed=2)
    alone = _point_sets._all_to_all(queries, points, 4)
    monkeypatch.setattr(_point_sets, "_samples_at_once", lambda *_: 2)
    assert torch.equal(_point_sets._all_to_all(queries, points, 4), alone)


@pytest.mark.parametrize("shape", [(4,), (4, 3)])
def test_take(shape: tuple[int, ...]) -> None:
    values = cloud(2, 6, channels=5)
    index = torch.randint(0, 6, (2, *shape), generator=torch.Generator().manual_seed(3))
    expected = np.stack([values[b].numpy()[index[b].numpy()] for b in range(2)])
    assert np.array_equal(take(values, index).numpy(), expected)


def test_interpolation() -> None:
    queries, points, values = cloud(2, 12, seed=1).double(), cloud(2, 7, seed=2).double(), cloud(2, 7, 4).double()
    index = nearest_points(queries, points, 3)
    weights = inverse_distance_weights(queries, points, index)
    carried = carry(values, index, weights)
    for b in range(2):
        expected = slow_weights(queries[b].numpy(), points[b].numpy(), index[b].numpy())
        np.testing.assert_allclose(weights[b].numpy(), expected, rtol=1e-12)
        for q in range(12):
            total = sum(expected[q, j] * values[b, int(index[b, q, j])].numpy() for j in range(3))
            np.testing.assert_allclose(carried[b, q].numpy(), total, rtol=1e-12)


def test_values_carried_to_their_own_points_stay() -> None:
    # Neighbours are about 1 away, so the others' weights are about 1e-4.
    points, values = 3 * cloud(1, 8), cloud(1, 8, 2)
    index = nearest_points(points, points, 3)
    assert torch.equal(index[..., 0], torch.arange(8)[None])
    torch.testing.assert_close(
        carry(values, index, inverse_distance_weights(points, points, index)), values, rtol=0, atol=2e-3
    )


def test_gradients_are_those_of_differences() -> None:
    queries, points, values = (cloud(1, 5, seed=seed).double().requires_grad_() for seed in (1, 2, 3))
    index = nearest_points(queries, points, 3)
    assert torch.autograd.gradcheck(
        lambda q, p, v: carry(v, index, inverse_distance_weights(q, p, index)), (queries, points, values)
    )
    assert torch.autograd.gradcheck(lambda v: take(v, index), (values,))


def test_choices_take_no_gradient() -> None:
    points = cloud(1, 10).requires_grad_()
    assert not farthest_points(points, 4).requires_grad
    assert not nearest_points(points, points, 4).requires_grad


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_maximum_and_its_gradient_are_those_of_amax(dtype: torch.dtype) -> None:
    coarse = cloud(3, 4 * 6).mul(4).round().reshape(3, 4, 6, 3).to(dtype)  # few values, so that many are equal
    assert bool((coarse == coarse.amax(dim=2, keepdim=True)).sum(dim=2).gt(1).any())
    slopes = cloud(3, 4, seed=1).to(dtype)
    found, expected = coarse.clone().requires_grad_(), coarse.clone().requires_grad_()
    top, slow = highest(found), expected.amax(dim=2)
    top.backward(slopes)
    slow.backward(slopes)
    assert torch.equal(top, slow)
    assert found.grad is not None
    assert expected.grad is not None
    assert torch.equal(found.grad, expected.grad)
