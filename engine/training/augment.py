"""Random views of a photograph for training: framing, light, colour, blur. Label maps follow the framing only."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

FloatImage = NDArray[np.float32]
_LEVELS = 4
_THRESHOLD, _FALL = 0.4, 0.35  # chosen so that as much is lost as behind denoise-street: 27, 24.5 and 23 dB remain


def random_view(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8],
    size: tuple[int, int],
    rng: np.random.Generator,
    *,
    blur: tuple[float, float] = (0.25, 1.2),
    shrink: tuple[float, float] = (0.0, 0.0),
) -> tuple[FloatImage, NDArray[np.uint8]]:
    """Crop, mirror, resize and relight one example.

    Takes uint8 (H, W, 3) and uint8 (H, W); `size` is (height, width), `blur` the share of views that are blurred and
    the most standard deviation of it in pixels, `shrink` the share of views that lose detail as under a denoiser and
    the most sigma of the noise that it would remove. Returns float32 (height, width, 3) in [0, 1] and uint8
    (height, width).
    """
    box = _random_box(pixels.shape[0], pixels.shape[1], rng)
    height, width = size
    view = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR, box=box)
    if rng.random() < blur[0]:
        view = view.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, blur[1])))
    target = Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST, box=box)
    image, mask = np.asarray(view, dtype=np.float32) / 255.0, np.asarray(target)
    if rng.random() < 0.5:
        image, mask = image[:, ::-1], mask[:, ::-1]
    image = _relight(image, rng)
    if shrink[0] > 0.0 and rng.random() < shrink[0]:
        image = shrink_details(image, rng.uniform(0.1, shrink[1]))
    return np.ascontiguousarray(image), np.ascontiguousarray(mask)


def shrink_details(image: FloatImage, sigma: float) -> FloatImage:
    """What is left of an image when a denoiser for Gaussian noise of `sigma` has gone over it, without any noise.

    Takes and returns float32 (H, W, 3) in [0, 1]. Differences of Gaussians are soft-thresholded at what noise would
    leave in them, less from level to level: faint texture goes, strong edges stay (after Donoho 1995).
    """
    level = Image.fromarray(np.round(image * 255.0).astype(np.uint8))
    kept = np.zeros_like(image)
    for number in range(_LEVELS):
        smoother = level.filter(ImageFilter.GaussianBlur(0.8 * 2.0**number))
        detail = (np.asarray(level, np.float32) - np.asarray(smoother, np.float32)) / 255.0
        kept += np.sign(detail) * np.maximum(np.abs(detail) - np.float32(_THRESHOLD * sigma * _FALL**number), 0.0)
        level = smoother
    return np.clip(np.asarray(level, np.float32) / 255.0 + kept, 0.0, 1.0)


def _random_box(height: int, width: int, rng: np.random.Generator) -> tuple[float, float, float, float]:
    """A random part of the image, between 45 % and 100 % of its sides, with a little stretch."""
    share = 1.0 - 0.55 * rng.beta(1.0, 1.6)
    stretch = np.exp(rng.uniform(-0.12, 0.12))
    box_height = height * min(1.0, share * stretch)
    box_width = width * min(1.0, share / stretch)
    top, left = rng.uniform(0, height - box_height), rng.uniform(0, width - box_width)
    return left, top, left + box_width, top + box_height


def _relight(image: FloatImage, rng: np.random.Generator) -> FloatImage:
    """Another hour, another camera: gamma, exposure, contrast, white balance, saturation, and light from one side."""
    if rng.random() < 0.15:
        return image
    image = image ** np.float32(np.exp(rng.normal(0.0, 0.25)))
    if rng.random() < 0.2:
        image = image * np.float32(rng.uniform(0.3, 0.8))
    gains = np.exp(rng.normal(0.0, 0.15) + rng.normal(0.0, 0.08, size=3)).astype(np.float32)
    image = image * gains
    grey = image.mean(axis=2, keepdims=True)
    image = grey + (image - grey) * np.float32(rng.uniform(0.4, 1.5) if rng.random() < 0.9 else 0.0)
    mean = image.mean()
    image = mean + (image - mean) * np.float32(rng.uniform(0.65, 1.35))
    if rng.random() < 0.3:
        axis = rng.integers(2)
        ramp = np.linspace(-0.5, 0.5, image.shape[axis], dtype=np.float32) * np.float32(rng.uniform(-0.5, 0.5))
        image = image * np.expand_dims(1.0 + ramp, (1 - axis, 2))
    return np.clip(image, 0.0, 1.0)
