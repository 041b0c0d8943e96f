"""Material for tests: small pictures, encoded files, certificates of known content. No test in here."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.audits.error_control.coins import coin_model
from engine.certification import Certificate, Settings, certify
from engine.core import Compute
from engine.inputs import Image, image_from_array

COIN_SETTINGS = Settings(sigma=0.25, tau=0.6, n0=20, n=60, alpha=0.1, seed=7)


def street_scene(width: int, height: int) -> NDArray[np.uint8]:
    """Sky, a row of houses and a road with a line, uint8 (H, W, 3); no renderer involved."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.empty((height, width, 3), dtype=np.uint8)
    picture[...] = np.stack([120 + rows, 160 + rows, 210 + rows // 4], axis=-1)  # sky
    houses = (rows > height * 0.3) & (rows < height * 0.65)
    picture[houses] = np.stack([110 + (columns * 7) % 60, 80 + rows, 60 + columns // 2], axis=-1)[houses]
    road = rows >= height * 0.65
    picture[road] = (84, 84, 96)
    picture[road & (abs(columns - width // 2) < 2)] = (240, 240, 235)
    return picture


def plain_image(height: int, width: int, value: float = 0.5) -> Image:
    """A constant grey working image."""
    return image_from_array(np.full((height, width, 3), value, dtype=np.float32))


def halves(height: int, width: int, left: float, right: float) -> NDArray[np.float64]:
    """Probabilities (H, W): one value in the left half, another in the right."""
    probabilities = np.full((height, width), right)
    probabilities[:, : width // 2] = left
    return probabilities


def coin_certificate(compute: Compute, **changes: Any) -> Certificate:
    """A run of the coin model on 24x16 pixels, p = 0.97 on the left (certified) and 0.35 on the right (not)."""
    settings = replace(COIN_SETTINGS, **changes)
    model = coin_model(halves(16, 24, 0.97, 0.35), value=0.5, sigma=settings.sigma, block=1, compute=compute)
    return certify(model, plain_image(16, 24), settings)


def encoded(picture: Pillow.Image, file_format: str, **options: Any) -> bytes:
    """The picture as a file of that format."""
    buffer = io.BytesIO()
    picture.save(buffer, format=file_format, **options)
    return buffer.getvalue()


def rebuilt(
    certificate: bytes,
    *,
    record: Callable[[dict[str, Any]], Any] | None = None,
    entries: dict[str, bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A saved certificate with its JSON record passed through `record`, or whole entries exchanged."""
    source, target = zipfile.ZipFile(io.BytesIO(certificate)), io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name in source.namelist():
            data = source.read(name)
            if name == "record.npy" and record is not None:
                changed = record(json.loads(str(np.load(io.BytesIO(data)))))
                data = npy(np.array(changed if isinstance(changed, str) else json.dumps(changed)))
            archive.writestr(name, (entries or {}).get(name, data))
    return target.getvalue()


def npy(array: NDArray[Any], *, allow_pickle: bool = False) -> bytes:
    """An array as .npy bytes."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=allow_pickle)
    return buffer.getvalue()
