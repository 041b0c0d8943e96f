"""What is not usable as an image is refused in one sentence, at the limits that are said."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.core import InvalidInput, InvalidSetting
from engine.inputs import MAX_BYTES, decode_image, image_from_array
from engine.inputs.images import MAX_PIXELS, MIN_SIDE
from tests.material.bad_images import BAD_INPUTS, BadInput, claimed_png
from tests.material.pictures import encoded, street_scene

SCENE = street_scene(64, 48)


@pytest.mark.parametrize("bad", BAD_INPUTS, ids=lambda bad: bad.name)
def test_bad_files_are_refused_in_one_sentence(bad: BadInput) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_image(bad.make(), size=320)
    message = str(caught.value)
    assert bad.words.lower() in message.lower()
    assert "\n" not in message
    assert len(message) < 250


def test_every_prefix_of_a_file_is_refused_or_read() -> None:
    for file_format in ("PNG", "JPEG", "WEBP"):
        data = encoded(Pillow.fromarray(SCENE), file_format)
        for stop in range(0, len(data) - 24, max(1, len(data) // 60)):
            with pytest.raises(InvalidInput):
                decode_image(data[:stop], size=64)


def test_limits_are_where_they_are_said_to_be() -> None:
    assert MAX_PIXELS == 8_000 * 5_000
    with pytest.raises(InvalidInput, match="damaged"):  # within the limit: refused for its missing data only
        decode_image(claimed_png(8_000, 5_000), size=64)
    with pytest.raises(InvalidInput, match="megapixels"):
        decode_image(claimed_png(8_000, 5_001), size=64)
    whole = encoded(Pillow.fromarray(SCENE), "PNG")
    assert decode_image(whole + bytes(MAX_BYTES - len(whole)), size=64).width == 64
    with pytest.raises(InvalidInput, match="MB can be read"):
        decode_image(whole + bytes(MAX_BYTES - len(whole) + 1), size=64)
    smallest = encoded(Pillow.new("RGB", (MIN_SIDE, MIN_SIDE)), "PNG")
    assert decode_image(smallest, size=64).components == MIN_SIDE**2


@pytest.mark.parametrize("size", [0, 63, 1025, -5])
def test_working_size_out_of_range(size: int) -> None:
    with pytest.raises(InvalidSetting, match="size must lie in"):
        decode_image(encoded(Pillow.fromarray(SCENE), "PNG"), size=size)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((16, 16)), "must be"),
        (np.zeros((16, 16, 4)), "must be"),
        (np.zeros((15, 16, 3)), "at least 16"),
        (np.zeros((0, 16, 3)), "at least 16"),
        (np.full((16, 16, 3), np.nan), "NaN"),
        (np.full((16, 16, 3), np.inf), "infinite"),
        (np.full((16, 16, 3), 1.01), "in \\[0, 1\\]"),
        (np.full((16, 16, 3), -0.01), "in \\[0, 1\\]"),
    ],
)
def test_bad_arrays(array: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        image_from_array(array)
