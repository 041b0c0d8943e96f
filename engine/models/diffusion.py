"""The forward process of a denoising diffusion model, and one way back from it: single steps and chains.

Images here are float (B, 3, H, W) in [0, 1]; the diffusion lives in [-1, 1]. Adding noise of standard deviation sigma
in [0, 1] is adding 2 sigma there, and step t of the process is that noise scaled by sqrt(abar_t): so a noisy image is
denoised from the first step whose noise is at least as strong. Source: METHOD section 7; Carlini et al. 2023; Ho et al.
2020 for the linear schedule and the ancestral step.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.errors import InvalidSetting

STEPS = 1000
_BETA_FIRST, _BETA_LAST = 1e-4, 0.02
_CHAIN_SEED = 20_220_412

Epsilon = Callable[[Tensor, Tensor], Tensor]
"""The network: (x_t float (B, 3, H, W), t int64 (B,)) -> the noise in x_t, unit variance, same shape."""


@cache
def alphas_bar() -> NDArray[np.float64]:
    """abar_t of the linear schedule for t = 0..999, float64 (1000,), strictly falling."""
    kept: NDArray[np.float64] = np.cumprod(1.0 - np.linspace(_BETA_FIRST, _BETA_LAST, STEPS), dtype=np.float64)
    kept.flags.writeable = False
    return kept


def noise_level(step: int) -> float:
    """The sigma in [0, 1] image units that step `step` stands for: sqrt((1 - abar) / abar) / 2."""
    kept = float(alphas_bar()[step])
    return float(np.sqrt((1.0 - kept) / kept) / 2.0)


def step_for(sigma: float) -> int:
    """t*: the first step whose noise is at least that of `sigma`. Raises InvalidSetting beyond the last step's.

    Rounding t* is part of the base model: the noise that is added has exactly sigma, whatever t* stands for.
    """
    kept = alphas_bar()
    step = int(np.searchsorted((1.0 - kept) / kept, (2.0 * sigma) ** 2))
    if step == STEPS:
        raise InvalidSetting(f"sigma {sigma:g} is above {noise_level(STEPS - 1):.4g}, the diffusion model's last step")
    return step


def single_step(epsilon: Epsilon, noisy: Tensor, step: int) -> Tensor:
    """The denoiser's estimate of the clean image in one evaluation, clipped to [0, 1].

    noisy: float (B, 3, H, W), image + sigma * noise with sigma about `noise_level(step)`.
    """
    kept = float(alphas_bar()[step])
    scaled = (2.0 * noisy - 1.0) * kept**0.5
    return (_clean(epsilon, scaled, step, kept) + 1.0) / 2.0


def multi_step(epsilon: Epsilon, noisy: Tensor, step: int, evaluations: int) -> Tensor:
    """Ancestral sampling from `step` down to the image through `evaluations` evenly spaced steps, clipped to [0, 1].

    All of the process' steps are taken where `evaluations` is at least step + 1. The chain's own noise comes from one
    fixed seed, the same for every image and draw: the pipeline stays a deterministic function, which is all that a
    certificate asks of a base model. Source: Ho et al. 2020, algorithm 2; Nichol & Dhariwal 2021 for the spacing.
    """
    if evaluations < 1:
        raise InvalidSetting(f"a chain takes at least 1 evaluation, got {evaluations}")
    chain = np.unique(np.linspace(step, 0, min(evaluations, step + 1)).round().astype(int))[::-1]
    x = (2.0 * noisy - 1.0) * float(alphas_bar()[step]) ** 0.5
    generator = torch.Generator(noisy.device).manual_seed(_CHAIN_SEED)
    for here, below in zip(chain, [*chain[1:], -1], strict=True):
        kept = float(alphas_bar()[here])
        kept_below = 1.0 if below < 0 else float(alphas_bar()[below])
        clean = _clean(epsilon, x, int(here), kept)
        ratio = kept / kept_below
        mean = (kept_below**0.5 * (1.0 - ratio) * clean + ratio**0.5 * (1.0 - kept_below) * x) / (1.0 - kept)
        spread = ((1.0 - kept_below) / (1.0 - kept) * (1.0 - ratio)) ** 0.5
        fresh = torch.randn(x.shape[1:], generator=generator, device=x.device, dtype=torch.float32).to(x.dtype)
        x = mean + spread * fresh
    return (x.clamp(-1.0, 1.0) + 1.0) / 2.0


def _clean(epsilon: Epsilon, x: Tensor, step: int, kept: float) -> Tensor:
    """The clean image in [-1, 1] that x_t and its estimated noise imply."""
    steps = torch.full((len(x),), step, dtype=torch.int64, device=x.device)
    return ((x - (1.0 - kept) ** 0.5 * epsilon(x, steps)) / kept**0.5).clamp(-1.0, 1.0)
