"""Attacked images as PNG files of 16 bits: exact for what lies on the grid, refused for everything else."""

from __future__ import annotations

import io

import numpy as np
import png as pypng
import pytest
from PIL import Image as Pillow

from engine.core import InvalidInput
from engine.core.grid import GRID
from engine.export import fine_png, png, read_fine_png


def on_the_grid(height: int, width: int) -> np.ndarray:
    steps = np.random.default_rng(0).integers(0, 2**16, (height, width, 3))
    steps.flat[:4] = 0, 1, 2**16 - 2, 2**16 - 1
    return (steps * GRID).astype(np.float32)


def written(steps: np.ndarray, *, depth: int = 16, grey: bool = False, alpha: bool = False) -> bytes:
    buffer, (height, width) = io.BytesIO(), steps.shape[:2]
    pypng.Writer(width, height, greyscale=grey, bitdepth=depth, alpha=alpha).write(buffer, steps.reshape(height, -1))
    return buffer.getvalue()


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (5, 1), (48, 64)])
def test_nothing_is_lost(shape: tuple[int, int]) -> None:
    pixels = on_the_grid(*shape)
    again = read_fine_png(fine_png(pixels))
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, pixels)


def test_the_file_holds_the_multiples_for_other_readers() -> None:
    pixels = on_the_grid(4, 6)
    _, _, rows, told = pypng.Reader(bytes=fine_png(pixels)).read()
    assert (told["bitdepth"], told["planes"], told["greyscale"]) == (16, 3, False)
    stored = np.array([np.asarray(row) for row in rows]).reshape(4, 6, 3)
    np.testing.assert_array_equal(stored, pixels.astype(np.float64) * 65536)
    with Pillow.open(io.BytesIO(fine_png(pixels))) as picture:  # of 8 bits, as programs show it
        assert picture.size == (6, 4)
        shown = np.asarray(picture.convert("RGB"), dtype=np.float64) / 255.0
    np.testing.assert_allclose(shown, pixels, atol=1 / 255)


@pytest.mark.parametrize("value", [0.5 * GRID, 1.0, -GRID, 1.0 + GRID, np.nan, np.inf, 0.1])
def test_what_is_off_the_grid_is_refused(value: float) -> None:
    pixels = on_the_grid(3, 3)
    pixels[1, 1, 1] = value
    with pytest.raises(InvalidInput, match=r"multiples of 2\^-16 from 0 to below 1; round the pixels"):
        fine_png(pixels)


EIGHT = np.zeros((4, 4, 3), dtype=np.uint8)
WIDE = np.zeros((1, 4097, 3), dtype=np.uint16)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (png(EIGHT), "a colour image of 16 bits is needed"),
        (png(EIGHT[..., 0]), "a colour image of 16 bits is needed"),
        (written(np.zeros((4, 4), dtype=np.uint16), grey=True), "a colour image of 16 bits is needed"),
        (written(np.zeros((4, 4, 4), dtype=np.uint16), alpha=True), "a colour image of 16 bits is needed"),
        (written(WIDE), "of at most 4096 pixels a side"),
        (written(WIDE.reshape(4097, 1, 3)), "of at most 4096 pixels a side"),
        (b"", "this is no PNG file of 16 bits"),
        (b"GIF89a" + bytes(99), "this is no PNG file of 16 bits"),
    ],
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_fine_png(data)


def test_a_file_that_is_cut_off_or_changed_is_refused() -> None:
    data = fine_png(on_the_grid(16, 16))
    for length in (8, 20, 33, 60, len(data) // 2, len(data) - 20):
        with pytest.raises(InvalidInput):
            read_fine_png(data[:length])
    for place in (13, 20, 45, len(data) // 2):
        spoilt = bytearray(data)
        spoilt[place] ^= 0xFF
        with pytest.raises(InvalidInput):
            read_fine_png(bytes(spoilt))
