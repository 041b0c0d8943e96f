"""Small guided-diffusion networks for tests, with weights by formula. No test in here."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from engine.models.architectures.guided_unet import GuidedUNet, GuidedUNetSpec

TINY = GuidedUNetSpec(
    model_channels=32, channel_mult=(1, 2), num_res_blocks=1, attention_factors=(2,), num_head_channels=64
)
VARIANTS = {
    "published-kind": TINY,
    "convolutions-resample": replace(TINY, resblock_updown=False),
    "time-is-added": replace(TINY, use_scale_shift_norm=False),
    "mean-only": replace(TINY, learn_sigma=False),
    "three-levels": replace(TINY, channel_mult=(1, 2, 2), num_res_blocks=2, attention_factors=(2, 4)),
    "attention-in-the-middle-only": replace(TINY, attention_factors=()),
    "attention-at-the-finest": replace(TINY, attention_factors=(1,), num_head_channels=32),
    "half-width-first": replace(TINY, model_channels=64, channel_mult=(0.5, 1)),
    "one-level": replace(TINY, channel_mult=(1,), num_res_blocks=2, attention_factors=(), num_head_channels=32),
}
every_variant = pytest.mark.parametrize("spec", VARIANTS.values(), ids=VARIANTS.keys())


def patterned(network: GuidedUNet) -> GuidedUNet:
    """Weights by formula, the same everywhere: waves, scaled by fan-in; no two tensors alike."""
    with torch.no_grad():
        for place, (name, parameter) in enumerate(network.named_parameters()):
            wave = torch.sin(0.7 * torch.arange(parameter.numel(), dtype=torch.float64) + place)
            if parameter.dim() > 1:
                wave *= 2.0 / parameter[0].numel() ** 0.5
            else:
                gain = name.endswith(("norm.weight", "in_layers.0.weight", "out_layers.0.weight", "out.0.weight"))
                wave = 0.2 * wave + gain
            parameter.copy_(wave.reshape(parameter.shape))
    return network.eval()


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))
