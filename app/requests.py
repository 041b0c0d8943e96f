"""What a page asks for and what it gets back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

import engine


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """One certification as asked for.

    truth: uint8 (H, W) at the working size, or None. fresh: the noise is to be new, so the seed is drawn when it runs.
    """

    name: str
    model: str
    image: engine.Image
    truth: NDArray[np.uint8] | None
    settings: engine.Settings
    fresh: bool

    def with_seed(self) -> Request:
        """The same with its seed decided."""
        if not self.fresh:
            return self
        settings = replace(self.settings, seed=secrets.randbelow(int(engine.BOUNDS["seed"].high) + 1))
        return replace(self, settings=settings)

    def gave(self, outcome: Outcome) -> bool:
        """Whether a finished run is what this asks for; any seed will do where the noise is to be new."""
        made = outcome.request
        wanted = replace(self.settings, seed=made.settings.seed) if self.fresh else self.settings
        return (self.model, self.image.sha256, wanted) == (made.model, made.image.sha256, made.settings)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """A finished run: the certificate, the base model's own answer (uint8 (H, W)), and pictures as PNG by name."""

    request: Request
    certificate: engine.Certificate
    base: NDArray[np.uint8]
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePicture:
    """A run under way: the leading classes as PNG after `draws` draws."""

    png: bytes
    draws: int
