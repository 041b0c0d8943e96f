"""Independent noise for every sample: what names a draw keys a random stream of its own, in float64.

PyTorch's CPU generator keeps only 32 bits of its seed, and float32 noise lies on a lattice that shows the input it was
added to. So noise is drawn in float64, on CPUs by NumPy's SFC64 from a state that hashes the words

    [tag, seed (2 words), stream (4 words), stage, index]

each of exactly 32 bits: tuples of numbers of any length would collide, since (2**32 + 5, 2) is written as (5, 1, 2).
Two draws share noise only if all of these agree, or by a collision of 128 bits; on CUDA, whose generators take 64 bits
of seed, of 64. Source: METHOD, section 11.
"""

import hashlib
from enum import IntEnum
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

MAX_INDEX = 1 << 32
_TAG = int.from_bytes(b"cert", "big")


class Stage(IntEnum):
    """What a draw is for. Draws of different stages never share noise."""

    SELECTION = 0
    ESTIMATION = 1
    EVALUATION = 2
    OTHER = 3


class Source(Protocol):
    """Random numbers for one draw. Every call goes on where the last one ended."""

    def normal(self, out: Tensor) -> Tensor:
        """Overwrite `out`, contiguous, with independent N(0, 1); returns it."""

    def uniform(self, out: Tensor) -> Tensor:
        """Overwrite `out`, contiguous, with independent numbers uniform on [0, 1); returns it."""


class NumPySource:
    """Float64 tensors on a CPU from a NumPy generator; releases the interpreter while it fills."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def normal(self, out: Tensor) -> Tensor:
        self._generator.standard_normal(out=out.numpy())
        return out

    def uniform(self, out: Tensor) -> Tensor:
        self._generator.random(out=out.numpy())
        return out


class TorchSource:
    """Tensors of any float type on the generator's device: noise on CUDA, and for attacks and training."""

    def __init__(self, generator: torch.Generator) -> None:
        self._generator = generator

    def normal(self, out: Tensor) -> Tensor:
        return out.normal_(generator=self._generator)

    def uniform(self, out: Tensor) -> Tensor:
        return out.uniform_(generator=self._generator)


class Streams:
    """The random streams of one run. `stream` names the run among those of one seed; see `Settings.fresh`."""

    def __init__(self, seed: int, stream: str = "") -> None:
        digest = np.frombuffer(hashlib.sha256(stream.encode()).digest()[:16], dtype=">u4")
        self._words = [_TAG, seed & 0xFFFFFFFF, seed >> 32, *digest.tolist()]

    def key(self, stage: Stage, index: int) -> np.random.SeedSequence:
        """The state that only this draw has. Raises ValueError unless 0 <= index < 2**32 and the seed has 64 bits."""
        words = [*self._words, int(stage), index]
        if not all(0 <= word < MAX_INDEX for word in words):
            raise ValueError(f"sample index and each half of a seed must lie in [0, {MAX_INDEX}), got {index}")
        return np.random.SeedSequence(np.array(words, dtype=np.uint32))

    def source(self, stage: Stage, index: int, device: torch.device) -> Source:
        """Fresh numbers on `device` for one draw."""
        key = self.key(stage, index)
        if device.type == "cpu":
            return NumPySource(np.random.Generator(np.random.SFC64(key)))
        return TorchSource(torch.Generator(device=device).manual_seed(int(key.generate_state(1, dtype=np.uint64)[0])))

    def generator(self, index: int = 0) -> np.random.Generator:
        """A NumPy generator for random choices that are not certification noise."""
        return np.random.Generator(np.random.SFC64(self.key(Stage.OTHER, index)))

    def number(self, index: int = 0) -> int:
        """A number below 2**53 for what takes only a seed."""
        return int(self.key(Stage.OTHER, index).generate_state(1, dtype=np.uint64)[0] >> np.uint64(11))
