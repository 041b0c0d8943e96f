"""The budgets: projection, steepest step, random start in each norm, and the one place where a budget is enforced."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.registry import Registry

_TINY = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """order: p of the l_p norm. size: of a change, float64. project: the change moved into the ball. steepest: the
    direction of unit size that raises a linear function most; zero for a zero gradient. start: a random change inside
    the unit ball."""

    name: str
    order: float
    size: Callable[[NDArray[np.float64]], float]
    project: Callable[[Tensor, float], Tensor]
    steepest: Callable[[Tensor], Tensor]
    start: Callable[[Tensor, torch.Generator], Tensor]


def _l2_project(change: Tensor, budget: float) -> Tensor:
    return change * min(1.0, budget / max(float(change.double().norm()), _TINY))


def _l2_steepest(gradient: Tensor) -> Tensor:
    largest = gradient.abs().max()
    if largest == 0:
        return torch.zeros_like(gradient)
    scaled = gradient / largest  # squares of tiny gradients would vanish
    return scaled / scaled.norm()


def _l2_start(like: Tensor, randomness: torch.Generator) -> Tensor:
    """Uniform in the ball: a uniform direction, at a distance u^(1/d)."""
    direction = torch.empty_like(like).normal_(generator=randomness)
    distance = float(torch.rand((), generator=randomness, device=like.device)) ** (1.0 / like.numel())
    return direction * (distance / direction.norm().clamp_min(_TINY))


def _linf_start(like: Tensor, randomness: torch.Generator) -> Tensor:
    return torch.empty_like(like).uniform_(-1.0, 1.0, generator=randomness)


def _l1_project(change: Tensor, budget: float) -> Tensor:
    """The nearest point of the l1 ball (Duchi et al. 2008)."""
    sizes = change.abs().double().flatten()
    if float(sizes.sum()) <= budget:
        return change
    if budget == 0.0:
        return torch.zeros_like(change)
    ordered = sizes.sort(descending=True).values
    places = torch.arange(1, len(ordered) + 1, device=sizes.device, dtype=sizes.dtype)
    excess = (ordered.cumsum(0) - budget) / places
    kept = int(torch.nonzero(ordered > excess)[-1]) + 1
    return change.sign() * (change.abs() - float(excess[kept - 1])).clamp_min(0.0)


def _l1_steepest(gradient: Tensor) -> Tensor:
    """The largest hundredth of the entries, by sign: one entry alone would take too many steps."""
    sizes = gradient.abs().flatten()
    if sizes.max() == 0:
        return torch.zeros_like(gradient)
    count = max(1, len(sizes) // 100)
    chosen = torch.zeros_like(sizes)
    chosen[sizes.topk(count).indices] = 1.0 / count
    return gradient.sign() * chosen.reshape(gradient.shape)


def _l1_start(like: Tensor, randomness: torch.Generator) -> Tensor:
    sizes = torch.empty_like(like).exponential_(generator=randomness)
    signs = torch.empty_like(like).uniform_(-1.0, 1.0, generator=randomness).sign()
    distance = float(torch.rand((), generator=randomness, device=like.device)) ** (1.0 / like.numel())
    return signs * sizes * (distance / sizes.sum().clamp_min(_TINY))


_NORMS = (
    Norm(
        name="l2", order=2.0, size=lambda change: float(np.linalg.norm(change.ravel())), project=_l2_project,
        steepest=_l2_steepest, start=_l2_start,
    ),
    Norm(
        name="linf", order=math.inf, size=lambda change: float(np.abs(change).max(initial=0.0)),
        project=lambda change, budget: change.clamp(-budget, budget), steepest=torch.sign, start=_linf_start,
    ),
    Norm(
        name="l1", order=1.0, size=lambda change: float(np.abs(change).sum()), project=_l1_project,
        steepest=_l1_steepest, start=_l1_start,
    ),
)  # fmt: skip

norms = Registry("norm", lambda: {norm.name: norm for norm in _NORMS})
"""All norms by name."""


def enforced(
    x: NDArray[np.float32], wanted: NDArray[np.float32], name: str, budget: float, low: float, high: float
) -> tuple[NDArray[np.float32], float]:
    """The float32 input nearest to `wanted` on the way from x that keeps budget and range exactly, and its norm.

    The norm is that of the difference of the float32 values, computed in float64, and is at most `budget`: rounding to
    float32 can push a change out of its ball, so the change is shrunk until it does not. x itself is inside the range.
    Entries that are not finite do not move. Every attack ends here.
    """
    kind = norms[name]
    base = x.astype(np.float64)
    target = np.where(np.isfinite(wanted), wanted, x).astype(np.float64).clip(low, high)
    change, keep = target - base, 1.0
    size = kind.size(change)
    if size > budget:
        keep = budget / size
    for _ in range(64):
        moved = (base + keep * change).astype(np.float32).clip(np.float32(low), np.float32(high))
        size = kind.size(moved.astype(np.float64) - base)
        if size <= budget:
            return moved, size
        keep *= min(1.0 - 2.0**-20, budget / size) * (1.0 - 2.0**-24)
    return x.copy(), 0.0
