"""What every attack looks at: the loss that rises, its gradient, and how much of the aim is reached, at any point."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.search._losses import losses
from engine.attacks.search.base import Aim, Victim


class Problem:
    """The loss that rises, its gradient, and how much of the aim is reached, at any point."""

    def __init__(self, victim: Victim, aim: Aim, loss_name: str) -> None:
        self._victim = victim
        self._value = losses[loss_name].value
        self._labels = torch.from_numpy(np.where(aim.mask, aim.labels, 0)).to(victim.device)
        self._mask = torch.from_numpy(aim.mask.astype(np.float32)).to(victim.device)
        self._targeted = aim.targeted
        self._answers = self._labels[None]

    def look(
        self, point: Tensor, randomness: torch.Generator, progress: float, *, gradient: bool
    ) -> tuple[float, float, Tensor | None]:
        """Loss, share and gradient; the gradient is None where it is not asked for, and zero where there is none."""
        point = point.detach().requires_grad_(gradient)
        with torch.set_grad_enabled(gradient):
            logits = self._victim.logits(point, randomness)
            value = self._value(logits, self._labels, self._mask, progress, self._targeted)
            value = -value if self._targeted else value
        self._answers = logits.detach().argmax(dim=1)
        hit = (self._answers == self._labels).float()
        reached = hit if self._targeted else 1.0 - hit
        share = float((reached * self._mask).sum() / (self._mask.sum() * len(logits)).clamp_min(1.0))
        if not gradient:
            return float(value), share, None
        (slope,) = torch.autograd.grad(value, point, allow_unused=True) if value.requires_grad else (None,)
        slope = torch.zeros_like(point) if slope is None else torch.nan_to_num(slope, 0.0, 0.0, 0.0)
        return float(value.detach()), share, slope

    def answer(self) -> NDArray[np.uint8]:
        """The victim's classes at the last look, uint8 (*N), on the first of its draws."""
        return self._answers[0].to(torch.uint8).cpu().numpy()
