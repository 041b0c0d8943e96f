"""What an attack on a segmentation raises: one number a component from its logits, weighted and averaged.

Every loss is a function of (logits, labels, mask, progress, targeted): logits float32 (draws, classes, *N), labels
int64 (*N) in range, mask float32 (*N), progress from 0 at the first step to 1 at the last. It returns a scalar that
grows as the components in the mask are driven away from their labels, and that a targeted attack lowers. Weights say
where there is still something to do, which for a targeted attack is where the label is not yet reached; they are
constants for the gradient.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor

from engine.core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A registry entry. Source: who proposed it for segmentation."""

    name: str
    title: str
    source: str
    value: Callable[[Tensor, Tensor, Tensor, float, bool], Tensor]


def _cross_entropies(logits: Tensor, labels: Tensor) -> Tensor:
    """float32 (draws, *N)."""
    return functional.cross_entropy(logits, labels.expand(len(logits), *labels.shape), reduction="none")


def _to_do(logits: Tensor, labels: Tensor, targeted: bool) -> Tensor:
    """1 where the attack has not yet what it wants, else 0, float32 (draws, *N)."""
    same = logits.detach().argmax(dim=1) == labels
    return (same != targeted).to(logits.dtype)


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    """Over the mask's components and the draws; 0 for an empty mask."""
    return (values * weights).sum() / (weights.sum() * len(values)).clamp_min(1.0)


def cross_entropy(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    _ = progress, targeted
    return _mean(_cross_entropies(logits, labels), mask)


def segpgd(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """What is still to do first, the rest with a weight that grows from 0 to a half."""
    share = progress / 2.0
    open_ = _to_do(logits, labels, targeted)
    weights = open_ * (1.0 - share) + (1.0 - open_) * share
    return _mean(_cross_entropies(logits, labels) * weights, mask)


def cospgd(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """Weighted by the cosine between the probabilities and the label; towards a target by what it lacks to 1."""
    _ = progress
    probabilities = logits.detach().softmax(dim=1)
    own = probabilities.gather(1, labels.expand(len(logits), *labels.shape)[:, None])[:, 0]
    cosine = own / probabilities.norm(dim=1).clamp_min(1e-12)
    return _mean(_cross_entropies(logits, labels) * (1.0 - cosine if targeted else cosine), mask)


def masked_cross_entropy(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """Only where there is still something to do."""
    _ = progress
    return _mean(_cross_entropies(logits, labels) * _to_do(logits, labels, targeted), mask)


def balanced_cross_entropy(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """The same, every class counting alike however many components it has."""
    _ = progress
    counts = torch.zeros(logits.shape[1], device=logits.device).index_add_(0, labels.flatten(), mask.flatten())
    present = (counts > 0).sum().clamp_min(1)
    weights = (mask.sum() / (present * counts.clamp_min(1.0)))[labels]
    return _mean(_cross_entropies(logits, labels) * _to_do(logits, labels, targeted) * weights, mask)


def jensen_shannon(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """The Jensen-Shannon divergence between probabilities and label: bounded, so lost components stop pulling."""
    _ = progress, targeted
    own = logits.log_softmax(dim=1).gather(1, labels.expand(len(logits), *labels.shape)[:, None])[:, 0].exp()
    half = own * (2.0 * own / (1.0 + own)).clamp_min(1e-12).log() + (1.0 - own) * math.log(2.0)
    return _mean(0.5 * (half + (2.0 / (1.0 + own)).log()), mask)


_SOFT, _SHARP = 0.5, 0.1  # logits; found on three images of CamVid val at the radius of a certificate


def flipped_count(logits: Tensor, labels: Tensor, mask: Tensor, progress: float, targeted: bool) -> Tensor:
    """The share of lost components itself, made smooth: the sigmoid of how far another class is ahead.

    It grows sharper from 0.5 to 0.1 logits, so a small budget goes where a little more flips a component: neither to
    those that are lost already nor to those that are out of reach.
    """
    _ = targeted
    index = labels.expand(len(logits), *labels.shape)[:, None]
    own = logits.gather(1, index)[:, 0]
    other = logits.scatter(1, index, -math.inf).amax(dim=1)
    width = _SOFT * (_SHARP / _SOFT) ** progress
    return _mean(torch.sigmoid((other - own) / width), mask)


_LOSSES = (
    Loss(name="ce", title="cross-entropy", source="Fischer et al. 2021, appendix C", value=cross_entropy),
    Loss(name="segpgd", title="SegPGD", source="Gu et al. 2022", value=segpgd),
    Loss(name="cospgd", title="CosPGD", source="Agnihotri et al. 2024", value=cospgd),
    Loss(name="masked-ce", title="masked cross-entropy", source="Croce et al. 2024", value=masked_cross_entropy),
    Loss(
        name="balanced-ce", title="balanced masked cross-entropy", source="Croce et al. 2024",
        value=balanced_cross_entropy,
    ),
    Loss(name="js", title="Jensen-Shannon divergence", source="Croce et al. 2024", value=jensen_shannon),
    Loss(name="flips", title="smooth count of flips", source="this project", value=flipped_count),
)  # fmt: skip

losses = Registry("loss", lambda: {loss.name: loss for loss in _LOSSES})
"""All losses by name."""
