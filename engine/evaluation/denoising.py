"""What a denoiser does to a noisy image: pictures for people, and peak signal-to-noise ratios for tables."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.rng import Stage
from engine.inputs.subject import Image
from engine.models.base import BaseModel
from engine.models.diffusion import step_for
from engine.models.wrappers import DenoisedAt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Denoising:
    """One noisy draw of an image and what a denoiser made of it.

    noisy: float32 (H, W, 3), not clipped. clean: float32 (H, W, 3) in [0, 1]. step: the diffusion step t* that stands
    for the noise. psnr_noisy, psnr_clean: of either against the image, in dB; psnr_clipped: of the noisy one clipped to
    [0, 1], as it can be shown.
    """

    noisy: NDArray[np.float32]
    clean: NDArray[np.float32]
    step: int
    psnr_noisy: float
    psnr_clipped: float
    psnr_clean: float


def denoise_once(model: BaseModel, image: Image, settings: Settings) -> Denoising:
    """Show one draw to the denoiser of a model. Raises InvalidSetting if the model has none, InvalidInput for a cloud.

    Source: METHOD section 7.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> shown = denoise_once(engine.load_model("street-clean+single"), image, Settings(sigma=0.25))
    >>> round(shown.psnr_noisy), shown.psnr_clean > shown.psnr_noisy  # -20 log10(0.25) = 12.04 dB
    (12, True)
    """
    sampler = Sampler.of(model, image, settings)
    network = sampler.model.network
    if not isinstance(network, DenoisedAt):
        raise InvalidSetting(f"{model.info.name} has no denoiser; choose one, as in {model.info.name}+single")
    (batch,) = sampler.noisy_batches(Stage.EVALUATION, 0, 1)
    with torch.inference_mode():
        clean = network.clean(sampler.model.inputs(batch)).float().permute(0, 2, 3, 1)[0].cpu().numpy()
    noisy = batch[0].cpu().numpy().copy()
    return Denoising(
        noisy=noisy,
        clean=clean,
        step=step_for(settings.sigma),
        psnr_noisy=psnr(noisy, image.pixels),
        psnr_clipped=psnr(noisy.clip(0.0, 1.0), image.pixels),
        psnr_clean=psnr(clean, image.pixels),
    )


def psnr(picture: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """10 log10(1 / mean squared error) in dB, for intensities in [0, 1]; infinite for equal pictures."""
    error = float(np.mean(np.square(picture.astype(np.float64) - truth)))
    return math.inf if error == 0.0 else -10.0 * math.log10(error)


def mean_psnr(
    model: BaseModel, images: Iterable[Image], settings: Settings, *, progress: Callable[[int], None] = lambda _: None
) -> tuple[float, float, float]:
    """Mean PSNR in dB over images, one draw each: noisy, noisy and clipped to [0, 1], denoised.

    Image i has a stream of noise of its own. Raises InvalidInput without images.
    """
    rows = []
    for number, image in enumerate(images):
        made = denoise_once(model, image, settings.fresh("example", number))
        rows.append((made.psnr_noisy, made.psnr_clipped, made.psnr_clean))
        progress(number + 1)
    if not rows:
        raise InvalidInput("there is no image to measure on")
    noisy, clipped, clean = np.mean(rows, axis=0).tolist()
    return noisy, clipped, clean
