"""Where the denoising wrappers get their networks: what ships with the project, then what the user has configured."""

from __future__ import annotations

from functools import lru_cache

from torch import nn

from engine.device import Compute
from engine.errors import unknown_name
from engine.models import configured
from engine.models.zoo import DENOISER, bundled, load_part, part

DIFFUSION = "denoise-street"


def load_denoiser(name: str, compute: Compute) -> nn.Module:
    """A denoiser ready to run. Raises UnknownName, InvalidInput, IntegrityError."""
    if name in _bundled():
        return load_part(name, DENOISER, compute)
    return _load_configured(name, denoiser_sha256(name), compute)


def denoiser_sha256(name: str) -> str:
    """The sha256 of its weights. Raises UnknownName, InvalidInput."""
    if name in _bundled():
        return part(name, DENOISER).sha256
    known = configured.configured_denoisers()
    if name not in known:
        raise unknown_name("denoiser", name, [*_bundled(), *known])
    return configured.hash_of(known[name].path)


def _bundled() -> list[str]:
    return [entry.name for entry in bundled(DENOISER)]


@lru_cache(maxsize=2)
def _load_configured(name: str, sha256: str, compute: Compute) -> nn.Module:
    _ = sha256  # the key: another file is another network
    return configured.load_denoiser(configured.configured_denoisers()[name], compute)
