"""Where the denoising wrappers get their networks: what ships with the project, then what the user has configured."""

from functools import lru_cache

from torch import nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting, unknown_name
from engine.models import configured
from engine.models.zoo import DENOISER, bundled, bundled_network, load_network

DEFAULT = "denoise-street"
DIFFUSION, DIRECT = "diffusion", "direct"
_KINDS = {"denoise_unet": DIFFUSION, "dncnn": DIRECT}


def load_denoiser(name: str, kind: str, sha256: str, compute: Compute) -> nn.Module:
    """A denoiser ready to run, whose weights have that sha256; see `denoiser_sha256`.

    Raises UnknownName, InvalidSetting for one of another kind, InvalidInput, IntegrityError.
    """
    if denoiser_sha256(name, kind) != sha256:
        raise InvalidSetting(f"denoiser {name} has changed since it was asked for; ask again")
    if name in _bundled():
        return load_network(name, DENOISER, compute)
    return _load_configured(name, sha256, compute)


def denoiser_sha256(name: str, kind: str) -> str:
    """The sha256 of its weights. kind: `DIFFUSION`, told a step, or `DIRECT`, told sigma. Raises as `load_denoiser`."""
    if name in _bundled():
        found = bundled_network(name, DENOISER)
        if _KINDS[found.architecture] != kind:
            raise InvalidSetting(f"{name} is a {_KINDS[found.architecture]} denoiser, and a {kind} one is needed here")
        return found.sha256
    known = configured.configured_denoisers()
    if name not in known:
        raise unknown_name("denoiser", name, [*_bundled(), *known])
    if kind != DIFFUSION:
        raise InvalidSetting(f"{name} is a diffusion denoiser, and a {kind} one is needed here")
    return configured.hash_of(known[name].path)


def _bundled() -> list[str]:
    return [entry.name for entry in bundled(DENOISER)]


@lru_cache(maxsize=2)
def _load_configured(name: str, sha256: str, compute: Compute) -> nn.Module:
    return configured.load_denoiser(configured.configured_denoisers()[name], sha256, compute)
