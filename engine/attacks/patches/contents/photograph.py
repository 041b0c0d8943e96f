"""A piece of one of the bundled samples."""

import json

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from engine.attacks.patches.contents.base import Content
from engine.core.assets import ASSETS
from engine.core.rng import Streams
from engine.inputs.images import read_image


def make(size: int, seed: int) -> NDArray[np.float32]:
    """Float32 (size, size, 3): a square of a third of a random sample's height, or of `size` if that is more."""
    rows = json.loads((ASSETS / "samples" / "index.json").read_text(encoding="utf-8"))
    random = Streams(seed, "photograph 0").generator()
    row = rows[random.integers(len(rows))]
    pixels = read_image(ASSETS / "samples" / row["image"], size=320).as_uint8()
    height, width = pixels.shape[:2]
    side = min(height, max(size, height // 3))
    top, left = (int(random.integers(length - side + 1)) for length in (height, width))
    piece = Pillow.fromarray(pixels[top : top + side, left : left + side])
    return np.asarray(piece.resize((size, size), Pillow.Resampling.BILINEAR), dtype=np.float32) / np.float32(255.0)


CONTENT = Content(name="photograph", title="Photograph", make=make)
