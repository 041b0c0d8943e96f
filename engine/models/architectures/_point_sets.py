"""Geometry of point sets: spread-out centres, nearest neighbours, and values carried between sets of points.

Choices (which point, which neighbours) are constants to autograd, made by arithmetic that treats every sample alone and
element by element, so they do not depend on the batch around it.

Source: Qi et al. 2017, "PointNet++", sections 3.2 and 3.4.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from torch import Tensor
from torch.autograd.function import FunctionCtx

NEAREST = 3
_DISTANCES_AT_ONCE = 2**26  # 256 MB of float32
_SOFTENING = 1e-4


@torch.no_grad()
def farthest_points(points: Tensor, count: int) -> Tensor:
    """Indices, int64 (B, min(count, P)), of points spread over each set (B, P, 3): each the farthest from all before.

    The first is the farthest from the origin: no sum over the points decides, so apart from ties the same points are
    chosen in whatever order they come. A beginning of the answer is what a smaller `count` would have given; points in
    the same place are chosen again only when no others are left. Ties go to the smallest index.
    """
    axes = points.detach().permute(2, 0, 1).contiguous()
    batch, size = axes.shape[1:]
    chosen = torch.empty((min(count, size), batch, 1), dtype=torch.int64, device=axes.device)
    squared, apart = axes.new_empty(batch, size), axes.new_empty(batch, size)
    nearest = axes.new_full((batch, size), torch.inf)
    farthest = _squares(axes, axes.new_zeros(3, batch, 1), squared, apart).max(dim=1, keepdim=True)
    value, place = farthest.values, farthest.indices
    for turn in chosen:
        turn.copy_(place)
        centre = axes.gather(2, place.expand(3, batch, 1))
        torch.minimum(nearest, _squares(axes, centre, squared, apart), out=nearest)
        torch.max(nearest, dim=1, keepdim=True, out=(value, place))
    return chosen[..., 0].transpose(0, 1).contiguous()


@torch.no_grad()
def nearest_points(queries: Tensor, points: Tensor, count: int) -> Tensor:
    """For each of `queries` (B, Q, 3) its nearest among `points` (B, P, 3): indices, int64 (B, Q, min(count, P)).

    The nearest comes first; the order of equally near ones is not specified. On CPUs trees are searched, in float64;
    on GPUs all distances are laid out.
    """
    queries, points, count = queries.detach(), points.detach(), min(count, points.shape[1])
    return _in_trees(queries, points, count) if points.device.type == "cpu" else _all_to_all(queries, points, count)


def _in_trees(queries: Tensor, points: Tensor, count: int) -> Tensor:
    asked, given, ranks = queries.double().numpy(), points.double().numpy(), range(1, count + 1)

    def search(sample: int) -> NDArray[np.int64]:
        tree = cKDTree(given[sample], balanced_tree=False, compact_nodes=False)
        index: NDArray[np.int64] = tree.query(asked[sample], ranks)[1]
        return index

    with ThreadPoolExecutor(max_workers=max(1, min(len(asked), torch.get_num_threads()))) as pool:
        return torch.from_numpy(np.stack(list(pool.map(search, range(len(asked))))))


def _all_to_all(queries: Tensor, points: Tensor, count: int) -> Tensor:
    asked = queries.permute(2, 0, 1).contiguous()[..., None]
    given = points.permute(2, 0, 1).contiguous()[:, :, None]
    (batch, asking), size = asked.shape[1:3], given.shape[-1]
    step = _samples_at_once(asking * size)
    squared = points.new_empty(min(step, batch), asking, size)
    apart, found = torch.empty_like(squared), []
    for start in range(0, batch, step):
        part = slice(start, min(start + step, batch))
        space = slice(0, part.stop - start)
        distances = _squares(asked[:, part], given[:, part], squared[space], apart[space])
        found.append(distances.topk(count, dim=-1, largest=False).indices)
    return torch.cat(found)


def take(values: Tensor, index: Tensor) -> Tensor:
    """values[b, index[b, ...]]: from (B, P, C) and int64 (B, ...) to (B, ..., C)."""
    batch, size, width = values.shape
    return functional.embedding(_flat(index, size), values.reshape(batch * size, width))


def inverse_distance_weights(queries: Tensor, points: Tensor, index: Tensor) -> Tensor:
    """Weights (B, Q, k), summing to one, of points[index], int64 (B, Q, k): in proportion to 1 / (distance^2 + 1e-4).

    The term keeps the weights smooth where a query lies on a point: 0.01 is a fraction of the distance between
    neighbours on a shape of radius 1.
    """
    squared = (take(points, index) - queries[:, :, None]).square().sum(dim=-1)
    weights = (squared + _SOFTENING).reciprocal()
    return weights / weights.sum(dim=-1, keepdim=True)


def carry(values: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """The weighted sums of values[index]: from (B, P, C), int64 (B, Q, k) and (B, Q, k) to (B, Q, C)."""
    batch, size, width = values.shape
    queries, near = index.shape[1:]
    sums = functional.embedding_bag(
        _flat(index, size).reshape(batch * queries, near),
        values.reshape(batch * size, width),
        mode="sum",
        per_sample_weights=weights.to(values.dtype).reshape(batch * queries, near),
    )
    return sums.reshape(batch, queries, width)


def highest(values: Tensor) -> Tensor:
    """The maximum over the neighbours, from (B, M, k, C) to (B, M, C); those that share it share its gradient evenly.

    What `amax` gives, bit for bit, but for the time its gradient takes on CPUs: a seventh to a tenth.
    """
    top: Tensor = _Highest.apply(values)  # type: ignore[no-untyped-call]
    return top


class _Highest(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, values: Tensor) -> Tensor:
        top = values.amax(dim=2)
        ctx.save_for_backward(values, top)
        return top

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        values, top = ctx.saved_tensors
        shares = torch.eq(values, top[:, :, None], out=torch.empty_like(values))
        return shares.mul_((gradients[0] / shares.sum(dim=2))[:, :, None])


def _samples_at_once(distances: int) -> int:
    """How many samples to search together that have so many distances each."""
    return max(1, _DISTANCES_AT_ONCE // distances)


def _flat(index: Tensor, size: int) -> Tensor:
    """Indices into all the samples' points, one sample after the other."""
    starts = torch.arange(0, len(index) * size, size, device=index.device)
    return index + starts.reshape(-1, *(1,) * (index.dim() - 1))


def _squares(points: Tensor, others: Tensor, out: Tensor, apart: Tensor) -> Tensor:
    """Squared distances between (3, ...) and (3, ...), which broadcast to the shape of `out`; `apart` is scratch."""
    torch.sub(points[0], others[0], out=apart)
    torch.mul(apart, apart, out=out)
    for axis in (1, 2):
        torch.sub(points[axis], others[axis], out=apart)
        out.addcmul_(apart, apart)
    return out
