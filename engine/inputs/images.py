"""Bytes -> validated working image. The only decoder of images: limits are checked before anything is decoded."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps, UnidentifiedImageError

from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.files import read_bytes
from engine.inputs.subject import Image

FloatPlane = NDArray[np.float32]

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
FORMATS = ("PNG", "JPEG", "WEBP")
_STILL_FORMATS = ("JPEG", "MPO")  # cameras append previews to JPEG files; the first picture is the photograph


def decode_image(data: bytes, *, size: int, square: bool = False) -> Image:
    """Decode PNG, JPEG or WebP bytes (8 or 16 bit, grey, palette, alpha, EXIF rotation) to a working image.

    The longer side is reduced to `size` pixels where it is longer; images are never enlarged. With `square`, both sides
    become `size` instead, whatever they were. Transparent pixels are laid over white. Raises InvalidInput with one
    sentence that says what to do, InvalidSetting for a bad `size`.

    >>> import engine
    >>> data = engine.export.png(np.full((200, 400, 3), 51, dtype=np.uint8))
    >>> image = decode_image(data, size=100)
    >>> image.shape, round(float(image.pixels.max()), 6)  # 51 / 255
    ((50, 100), 0.2)
    """
    _check_size(size)
    if not data:
        raise InvalidInput("the file is empty; choose a PNG, JPEG or WebP image")
    if len(data) > MAX_BYTES:
        raise InvalidInput(f"the file has {len(data) / 2**20:.1f} MB; at most {MAX_BYTES // 2**20} MB can be read")
    file = _open(data)
    target = (size, size) if square else _working_size(file.width, file.height, size)
    working = np.stack([_resized(channel, target) for channel in _channels(file)], axis=-1)
    return image_from_array(working, source_sha256=hashlib.sha256(data).hexdigest(), source_size=file.size)


def read_image(path: Path | str, *, size: int = 320, square: bool = False) -> Image:
    """The working image of a picture file, as `decode_image` makes it; the size is checked before the file is read.

    Raises InvalidInput, also if the file cannot be read; InvalidSetting.

    >>> from engine.core.assets import ASSETS
    >>> read_image(ASSETS / "samples" / "images" / "street-104.jpg", size=96).shape  # 480 x 360 pixels in the file
    (72, 96)
    """
    return decode_image(read_bytes(Path(path), MAX_BYTES), size=size, square=square)


def image_from_array(
    pixels: NDArray[np.float32], *, source_sha256: str = "", source_size: tuple[int, int] | None = None
) -> Image:
    """A working image from float (H, W, 3) in [0, 1], taken as it is. Raises InvalidInput.

    >>> grey = image_from_array(np.full((48, 64, 3), 0.5, dtype=np.float32))
    >>> grey.shape, grey.components
    ((48, 64), 3072)
    """
    array = np.array(pixels, dtype=np.float32, order="C")
    if array.ndim != 3 or array.shape[2] != 3 or min(array.shape[:2]) < MIN_SIDE:
        raise InvalidInput(f"an image must be (H, W, 3) with sides of at least {MIN_SIDE} pixels, got {array.shape}")
    if not np.isfinite(array).all():
        raise InvalidInput("the image contains NaN or infinite values; replace them before certifying")
    if array.min() < 0.0 or array.max() > 1.0:
        raise InvalidInput(f"intensities must lie in [0, 1], got [{array.min():g}, {array.max():g}]")
    array.setflags(write=False)
    digest = array_sha256(array)
    size = source_size or (array.shape[1], array.shape[0])
    return Image(pixels=array, sha256=digest, source_sha256=source_sha256 or digest, source_size=size)


def array_sha256(array: NDArray[np.generic]) -> str:
    """sha256 of an array's type, shape and bytes: what caches and certificates are keyed on."""
    digest = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def reduce_labels(labels: NDArray[np.uint8], image: Image) -> NDArray[np.uint8]:
    """Bring a label map of the source, uint8 (H, W), to the working size by nearest neighbour, uint8 (H, W).

    Raises InvalidInput if its size is not the source image's.

    >>> image = image_from_array(np.zeros((20, 40, 3), dtype=np.float32), source_size=(80, 40))
    >>> reduce_labels(np.full((40, 80), 7, dtype=np.uint8), image).shape
    (20, 40)
    """
    if (labels.shape[1], labels.shape[0]) != image.source_size:
        raise InvalidInput(
            f"labels are {labels.shape[1]}x{labels.shape[0]} but the image is "
            f"{image.source_size[0]}x{image.source_size[1]}; they must have the same size"
        )
    reduced = Pillow.fromarray(labels).resize((image.width, image.height), Pillow.Resampling.NEAREST)
    return np.asarray(reduced)


def _check_size(size: int) -> None:
    if not BOUNDS["size"].contains(size):
        raise InvalidSetting(f"size must lie in {BOUNDS['size']}, got {size!r}")


def _open(data: bytes) -> Pillow.Image:
    """Open, check the declared size, decode, rotate."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of bombs: the limit below is stricter; of damaged metadata: not used
            file = Pillow.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        raise InvalidInput("this is not a PNG, JPEG or WebP image; convert it to one of these and try again") from None
    except Pillow.DecompressionBombError:
        raise InvalidInput(_too_many_pixels("far more")) from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(f"the image's header is damaged ({_reason(error)}); save it anew and try again") from None
    width, height = file.size
    if width * height > MAX_PIXELS:
        raise InvalidInput(_too_many_pixels(f"{width}x{height}"))
    if min(width, height) < MIN_SIDE:
        raise InvalidInput(f"the image is {width}x{height}; both sides need at least {MIN_SIDE} pixels")
    if file.format not in _STILL_FORMATS and getattr(file, "n_frames", 1) > 1:
        raise InvalidInput("the image is animated; save a single frame of it and try again")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file.load()
            return ImageOps.exif_transpose(file)
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InvalidInput(f"the image is damaged or cut off ({_reason(error)}); save it anew and try again") from None


def _too_many_pixels(found: str) -> str:
    return f"the image has too many pixels ({found}); at most {MAX_PIXELS // 1_000_000} megapixels can be read"


def _reason(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return text[:80] if text else type(error).__name__


def _channels(file: Pillow.Image) -> Iterator[FloatPlane]:
    """Red, green, blue in turn, float32 (H, W) in [0, 1]: one at a time, since a large photograph has 160 MB each.

    16-bit grey keeps its depth; alpha is laid over white.
    """
    if file.mode.startswith("I") or file.mode == "F":
        grey = np.clip(np.asarray(file, dtype=np.float32) / np.float32(65535.0), 0.0, 1.0)
        yield from (grey, grey, grey)
    elif file.mode in ("RGBA", "LA", "PA") or "transparency" in file.info:
        *colours, alpha = file.convert("RGBA").split()
        opacity = _plane(alpha)
        for colour in colours:
            yield _plane(colour) * opacity + (1.0 - opacity)
    else:
        yield from map(_plane, file.convert("RGB").split())


def _plane(band: Pillow.Image) -> FloatPlane:
    return np.asarray(band, dtype=np.float32) / np.float32(255.0)


def _working_size(width: int, height: int, size: int) -> tuple[int, int]:
    """(width, height) after the longer side is reduced to `size`, if it is longer."""
    longer = max(width, height)
    if longer <= size:
        return width, height
    target = (max(1, round(width * size / longer)), max(1, round(height * size / longer)))
    if min(target) < MIN_SIDE:
        raise InvalidInput(
            f"at a working size of {size} the image would be {target[0]}x{target[1]}; both sides need at least "
            f"{MIN_SIDE} pixels, so choose a larger working size or crop the image"
        )
    return target


def _resized(plane: FloatPlane, target: tuple[int, int]) -> FloatPlane:
    """One channel at (width, height) `target`, averaged where it shrinks."""
    if (plane.shape[1], plane.shape[0]) == target:
        return plane
    resized = Pillow.fromarray(plane).resize(target, Pillow.Resampling.BILINEAR)
    return np.clip(np.asarray(resized), 0.0, 1.0)
