"""multi: a diffusion model walks back to the clean image in several steps."""

from functools import lru_cache

from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting
from engine.models.diffusion import STEPS, multi_step, step_for
from engine.models.wrappers._denoised import Denoise, Denoised
from engine.models.wrappers._denoisers import DEFAULT, DIFFUSION, denoiser_sha256, load_denoiser
from engine.models.wrappers.base import Wrapped, Wrapper

EVALUATIONS = 8
_COST = 6.1  # of one evaluation, in draws of the bare segmenter


def wrap(network: nn.Module, argument: str, compute: Compute) -> Wrapped:
    evaluations, name = _parse(argument)
    return Wrapped(network=Denoised(network, _denoiser(evaluations, name, denoiser_sha256(name, DIFFUSION), compute)))


@lru_cache(maxsize=4)
def _denoiser(evaluations: int, name: str, sha256: str, compute: Compute) -> Denoise:
    epsilon = load_denoiser(name, DIFFUSION, sha256, compute)

    def denoise(noisy: Tensor, sigma: float) -> Tensor:
        return multi_step(epsilon, noisy, step_for(sigma), evaluations)

    return denoise


def identity(argument: str) -> tuple[str, ...]:
    evaluations, name = _parse(argument)
    return "multi", str(evaluations), name, denoiser_sha256(name, DIFFUSION)


def _parse(argument: str) -> tuple[int, str]:
    count, _, name = argument.partition(":")
    if count and not (count.isdecimal() and 1 <= int(count) <= STEPS):
        raise InvalidSetting(f"multi takes how many evaluations, 1 to {STEPS}, as in multi:25, got {count!r:.40}")
    return int(count or EVALUATIONS), name or DEFAULT


WRAPPER = Wrapper(
    name="multi",
    title="multi-step denoising",
    about="A diffusion model walks back to the clean image in several steps. Much slower. With denoise-street "
    "two steps certify as much as one; eight, on six images, less at σ = 0.25, and more at 0.5 and 1.",
    denoises=True,
    diffusion=True,
    argument=f"how many evaluations, default {EVALUATIONS}, and after another colon the name of a denoiser",
    offered=("",),
    cost=lambda argument: 1.0 + _COST * _parse(argument)[0],
    wrap=wrap,
    identity=identity,
)
