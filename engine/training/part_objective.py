"""What a part model is trained for: the parts of noisy shapes, among the parts of the shape's category."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.core.device import mixed_precision
from engine.training.objectives import NoiseMix

_POSITION = 3  # values of a point that are its position; what follows are normals, which get no noise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartsObjective:
    """Cross-entropy under noise on the positions (Cohen et al. 2019), point by point, over the category's own parts.

    category_of: int64 (parts,), the category of each part, in ascending order. part_weights: float32 (parts,).
    smoothing: the share of a point's target that is spread evenly over the parts of its category, its own too.

    Source: METHOD section 6; Fischer et al. 2021, section 6.2; Szegedy et al. 2016, section 7, for the smoothing.
    """

    mix: NoiseMix
    category_of: Tensor
    part_weights: Tensor
    smoothing: float

    def __call__(self, network: nn.Module, clouds: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        """The loss, a scalar, of clouds (B, P, 3 or 6) whose points have the parts int64 (B, P), counted through all
        categories; all points of a cloud have parts of one category, which the network is told."""
        category = self.category_of.to(targets.device)[targets[:, 0]]
        noisy = self.noisy(clouds, randomness)
        with _seeded(clouds.device, randomness), mixed_precision(clouds.device):
            logits = network(noisy, category)
        return self.cross_entropy(logits.float(), targets)

    def noisy(self, clouds: Tensor, randomness: torch.Generator) -> Tensor:
        """The clouds with noise on every position, of one sigma for each cloud."""
        positions, normals = clouds[..., :_POSITION], clouds[..., _POSITION:]
        sigma = self.mix.sigmas(len(clouds), randomness)[..., 0]
        noise = torch.empty_like(positions).normal_(generator=randomness)
        return torch.cat([positions + sigma * noise, normals], dim=-1)

    def cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
        """The weighted mean over all points; of the logits, float32 (B, parts, P), other categories' play no role."""
        category_of = self.category_of.to(logits.device)
        other = (category_of != category_of[targets[:, :1]])[:, :, None]
        logs = logits.masked_fill(other, -torch.inf).log_softmax(dim=1)
        right = logs.gather(1, targets[:, None])[:, 0]
        even = logs.masked_fill(other, 0.0).sum(dim=1) / (~other).sum(dim=1)
        weights = self.part_weights.to(logits.device)[targets]
        loss = -((1.0 - self.smoothing) * right + self.smoothing * even)
        return (weights * loss).sum() / weights.sum()


@contextmanager
def _seeded(device: torch.device, randomness: torch.Generator) -> Iterator[None]:
    """Let layers that ask no generator (dropout) draw what `randomness` decides, so that a resumed run repeats it."""
    seed = int(torch.randint(2**31, (1,), generator=randomness, device=device))
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield


def categories_of(categories: Mapping[str, tuple[str, ...]]) -> Tensor:
    """The id of each part's category, int64 (parts,): both are counted in the order given."""
    return torch.repeat_interleave(torch.tensor([len(parts) for parts in categories.values()]))
