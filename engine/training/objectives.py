"""What a street model is trained for: noisy images, agreement between noisy copies, attacks, or hidden windows."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.core.device import mixed_precision
from engine.inputs.labels import VOID
from engine.patches import Window, covered, fills, windows


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseMix:
    """How much noise an example gets: none for `clean_share` of them, a sigma below 1.4 times the full one for
    `random_share`, the full one for the rest."""

    sigma: float
    clean_share: float = 0.1
    random_share: float = 0.12

    def sigmas(self, size: int, randomness: torch.Generator) -> Tensor:
        """A sigma for each of `size` examples, float32 (size, 1, 1, 1)."""
        draw = torch.rand(size, generator=randomness, device=randomness.device)
        other = 1.4 * self.sigma * torch.rand(size, generator=randomness, device=randomness.device)
        sigma = torch.where(draw < self.clean_share + self.random_share, other, torch.full_like(draw, self.sigma))
        return torch.where(draw < self.clean_share, torch.zeros_like(draw), sigma)[:, None, None, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """Cross-entropy under noise (Cohen et al. 2019), pixel by pixel. `class_weights`: float32 (classes,)."""

    mix: NoiseMix
    class_weights: Tensor

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        """The loss, a scalar; shapes as in `engine.training.loop.Objective`."""
        return self.cross_entropy(_logits(network, self.noisy(images, randomness)), targets)

    def noisy(self, images: Tensor, randomness: torch.Generator) -> Tensor:
        return images + self.mix.sigmas(len(images), randomness) * _normal(images, randomness)

    def cross_entropy(self, logits: Tensor, targets: Tensor) -> Tensor:
        weights = self.class_weights.to(logits.device)
        return functional.cross_entropy(logits, targets, weight=weights, ignore_index=VOID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency(Objective):
    """Adds what the predictions under two noises disagree by: lam * KL(mean || each) + eta * entropy of the mean.

    Source: Jeong & Shin 2020 with m = 2, at every pixel; Fischer et al. 2021, appendix B.3.
    """

    lam: float = 1.0
    eta: float = 0.5

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        sigma = self.mix.sigmas(len(images), randomness)
        copies = [images + sigma * _normal(images, randomness) for _ in range(2)]
        logits = _logits(network, torch.cat(copies))
        logs = logits.log_softmax(dim=1).chunk(2)
        mean = torch.stack([one.exp() for one in logs]).mean(dim=0)
        log_mean = mean.clamp_min(1e-8).log()
        divergence = sum((mean * (log_mean - one)).sum(dim=1) for one in logs) / 2.0
        entropy = -(mean * log_mean).sum(dim=1)
        valid = targets != VOID
        disagreement = (self.lam * divergence + self.eta * entropy)[valid].mean()
        return self.cross_entropy(logits, torch.cat([targets, targets])) + disagreement


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothAdversarial(Objective):
    """Moves each image first, within an l2 ball, to where the smoothed model's probabilities of the truth are lowest.

    `steps` normalised gradient steps on the log of the probabilities averaged over two noises, which are then trained
    on (SmoothAdv_PGD of Salman et al. 2019); a random share of the budget for each example, so that clean ones stay
    known.
    """

    budget: float = 1.0
    steps: int = 1

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        sigma = self.mix.sigmas(len(images), randomness)
        noises = [sigma * _normal(images, randomness) for _ in range(2)]
        share = torch.rand((len(images), 1, 1, 1), generator=randomness, device=images.device)
        moved = self._attack(network, images, targets, noises, self.budget * share)
        logits = _logits(network, torch.cat([moved + noise for noise in noises]))
        return self.cross_entropy(logits, torch.cat([targets, targets]))

    def _attack(
        self, network: nn.Module, images: Tensor, targets: Tensor, noises: list[Tensor], budget: Tensor
    ) -> Tensor:
        moved = images
        network.eval()  # the attack must not move the running statistics
        for _ in range(self.steps):
            point = moved.detach().requires_grad_()
            logits = _logits(network, torch.cat([point + noise for noise in noises]))
            mean = torch.stack(logits.softmax(dim=1).chunk(2)).mean(dim=0)
            loss = functional.nll_loss(mean.clamp_min(1e-8).log(), targets, ignore_index=VOID)
            (gradient,) = torch.autograd.grad(loss, point)
            moved = images + _within(moved + _within(gradient, budget, exactly=True) - images, budget)
            moved = moved.clamp(0.0, 1.0).detach()
        network.train()
        return moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked(Objective):
    """Hides a window of most images, as a certificate against patches does, and asks for what is under it.

    `shown` is the share of images of which nothing is hidden. Of the others one of the windows is filled in that cover
    all patches of a random size in `patches` with a random stride in `strides`, in pixels and at most half of the
    shorter side. The loss is that of all pixels, and `emphasis` times that of the hidden ones, which are few.
    """

    fill: str = "mean"
    shown: float = 0.15
    patches: tuple[int, int] = (16, 48)
    strides: tuple[int, int] = (16, 64)
    emphasis: float = 0.5

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        seen, under = self.noisy(images, randomness), torch.full_like(targets, VOID)
        height, width = targets.shape[1:]
        for number in range(len(images)):
            window = self._window(height, width, randomness)
            if window is None:
                continue
            picture = seen[number].permute(1, 2, 0)[None]
            seen[number] = covered(picture, window, fills[self.fill])[0].permute(2, 0, 1)
            under[number][window.pixels] = targets[number][window.pixels]
        logits = _logits(network, seen)
        loss = self.cross_entropy(logits, targets)
        if bool((under != VOID).any()):
            loss = loss + self.emphasis * self.cross_entropy(logits, under)
        return loss

    def _window(self, height: int, width: int, randomness: torch.Generator) -> Window | None:
        shown = torch.rand(1, generator=randomness, device=randomness.device).item() < self.shown
        half = min(height, width) // 2
        patch, stride = (
            _whole(min(low, half), min(high, half), randomness) for low, high in (self.patches, self.strides)
        )
        places = windows(height, width, patch=patch, stride=stride)
        place = _whole(0, len(places) - 1, randomness)
        return None if shown else places[place]


OBJECTIVES: dict[str, Callable[..., Objective]] = {
    "noise": Objective,
    "consistency": Consistency,
    "smoothadv": SmoothAdversarial,
    "masked": Masked,
}


def _logits(network: nn.Module, images: Tensor) -> Tensor:
    images = images.contiguous(memory_format=torch.channels_last)
    with mixed_precision(images.device):
        logits: Tensor = network(images)
    return logits.float()


def _whole(low: int, high: int, randomness: torch.Generator) -> int:
    """A whole number from low to high, both included."""
    return int(torch.randint(low, high + 1, (1,), generator=randomness, device=randomness.device).item())


def _normal(images: Tensor, randomness: torch.Generator) -> Tensor:
    return torch.empty_like(images).normal_(generator=randomness)


def _within(change: Tensor, budget: Tensor, *, exactly: bool = False) -> Tensor:
    """Scale each sample's change (B, ...) to an l2 norm of at most (or exactly) its budget (B, 1, 1, 1)."""
    norm = change.flatten(1).norm(dim=1)[:, None, None, None].clamp_min(1e-12)
    return change * (budget / norm if exactly else (budget / norm).clamp_max(1.0))
