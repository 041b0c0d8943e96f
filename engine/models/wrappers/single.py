"""single: one evaluation of a diffusion model gives the clean image."""

from functools import lru_cache

from torch import Tensor, nn

from engine.core.device import Compute
from engine.models.diffusion import single_step, step_for
from engine.models.wrappers._denoised import Denoise, Denoised
from engine.models.wrappers._denoisers import DEFAULT, DIFFUSION, denoiser_sha256, load_denoiser
from engine.models.wrappers.base import Wrapped, Wrapper


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    return Wrapped(network=Denoised(network, _denoiser(*identity(argument)[1:], compute)))


@lru_cache(maxsize=4)
def _denoiser(name: str, sha256: str, compute: Compute) -> Denoise:
    epsilon = load_denoiser(name, DIFFUSION, sha256, compute)

    def denoise(noisy: Tensor, sigma: float) -> Tensor:
        return single_step(epsilon, noisy, step_for(sigma))

    return denoise


def identity(argument: str) -> tuple[str, str, str]:
    name = argument or DEFAULT
    return "single", name, denoiser_sha256(name, DIFFUSION)


WRAPPER = Wrapper(
    name="single",
    title="single-step denoising",
    about="A diffusion model estimates the clean image in one evaluation (Carlini et al. 2023).",
    denoises=True,
    diffusion=True,
    argument="the name of a denoiser",
    takes_denoiser=True,
    offered=("", "denoise-stability"),
    cost=lambda _: 7.0,
    wrap=wrap,
    identity=identity,
)
