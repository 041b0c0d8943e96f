"""Independent noise for every sample: (seed, stage, index) -> a generator state of its own.

PyTorch's CPU generator keeps only 32 bits of its seed, so hashing (seed, stage, index) into a seed would give two of
10,000 samples the same noise with a chance of about one percent, and the binomial counts would no longer be of
independent draws. A keyed bijection of (stage, index) onto 32 bits cannot collide within a run.
"""

from enum import IntEnum

import numpy as np
import torch

MAX_INDEX = 1 << 24
_HALF = 0xFFFF


class Stage(IntEnum):
    """What a draw is for. Draws of different stages never share noise."""

    SELECTION = 0
    ESTIMATION = 1
    EVALUATION = 2


class SampleSeeds:
    """The seeds of all samples of one run."""

    def __init__(self, seed: int) -> None:
        self._keys = [int(key) for key in np.random.SeedSequence(seed).generate_state(6, dtype=np.uint32)]

    def of(self, stage: Stage, index: int) -> int:
        """A seed below 2**32 that no other (stage, index) of this run has.

        Raises ValueError unless 0 <= index < 2**24.
        """
        if not 0 <= index < MAX_INDEX:
            raise ValueError(f"sample index must lie in [0, {MAX_INDEX}), got {index}")
        block = (int(stage) << 24) | index
        left, right = block >> 16, block & _HALF
        for key in self._keys:  # a Feistel network: a bijection whatever the round function is
            left, right = right, left ^ _round(right, key)
        return (left << 16) | right

    def generator(self, stage: Stage, index: int, device: torch.device) -> torch.Generator:
        """A fresh generator on `device` for one sample."""
        return torch.Generator(device=device).manual_seed(self.of(stage, index))


def _round(half: int, key: int) -> int:
    mixed = ((half ^ key) * 0x9E3779B1 + (key >> 7)) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 0x85EBCA77) & 0xFFFFFFFF
    return (mixed >> 13) & _HALF
