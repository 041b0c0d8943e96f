"""Decoding: every kind of PNG, JPEG and WebP becomes float32 RGB in [0, 1]; what is not usable is refused.

Expected pixels are worked out by hand from the formats: v / 255, v / 65535, alpha over white = c * a + 1 - a. EXIF
orientations follow the TIFF/EXIF definition (tag 274): the stored picture is built by the inverse transposition.
"""

from __future__ import annotations

import hashlib
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.core import InvalidInput
from engine.inputs import VOID, decode_image, image_from_array, reduce_labels
from engine.inputs.images import array_sha256
from tests.material.bad_images import PNG_MAGIC, chunk
from tests.material.pictures import encoded, street_scene

SCENE = street_scene(64, 48)


def test_png_is_exact() -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), "PNG"), size=64)
    assert image.pixels.dtype == np.float32
    np.testing.assert_array_equal(image.pixels, SCENE.astype(np.float32) / np.float32(255))
    np.testing.assert_array_equal(image.as_uint8(), SCENE)
    assert (image.width, image.height, image.components) == (64, 48, 3072)


@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"quality": 95}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_lossy_formats_are_close(file_format: str, options: dict[str, object]) -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), file_format, **options), size=64)
    assert abs(image.pixels - SCENE / 255.0).mean() < 0.03


def test_grey_of_8_bits() -> None:
    grey = SCENE[..., 0]
    image = decode_image(encoded(Pillow.fromarray(grey), "PNG"), size=64)
    np.testing.assert_array_equal(image.pixels, np.repeat((grey / np.float32(255))[..., None], 3, axis=2))


def test_grey_of_16_bits_keeps_its_depth() -> None:
    grey = (np.arange(48 * 64, dtype=np.uint16) * 21).reshape(48, 64)
    image = decode_image(encoded(Pillow.fromarray(grey), "PNG"), size=64)
    np.testing.assert_allclose(image.pixels[..., 1], grey / 65535.0, atol=1e-7)
    assert len(np.unique(image.pixels)) > 256


def test_rgb_of_16_bits() -> None:
    # Pillow writes no 16-bit RGB, so the file is made by hand: colour type 2, depth 16, no filter on any row.
    wide = SCENE.astype(">u2") * 257  # 257 * v is the 16-bit value of the 8-bit v
    rows = b"".join(b"\0" + row.tobytes() for row in wide)
    header = struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0)
    data = PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    np.testing.assert_allclose(decode_image(data, size=64).pixels, SCENE / 255.0, atol=1 / 255)


def test_one_bit() -> None:
    picture = Pillow.fromarray(SCENE[..., 0] > 128)
    image = decode_image(encoded(picture, "PNG"), size=64)
    np.testing.assert_array_equal(image.pixels[..., 2], (SCENE[..., 0] > 128).astype(np.float32))


def test_palette() -> None:
    indices = (np.arange(48 * 64) % 3).reshape(48, 64).astype(np.uint8)
    picture = Pillow.fromarray(indices)
    picture.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    assert picture.mode == "P"
    np.testing.assert_array_equal(decode_image(encoded(picture, "PNG"), size=64).pixels, np.eye(3)[indices])


def test_palette_with_a_transparent_entry_is_laid_over_white() -> None:
    indices = (np.arange(48 * 64) % 3).reshape(48, 64).astype(np.uint8)
    picture = Pillow.fromarray(indices)
    picture.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    pixels = decode_image(encoded(picture, "PNG", transparency=2), size=64).pixels
    np.testing.assert_array_equal(pixels, np.array([[1, 0, 0], [0, 1, 0], [1, 1, 1]])[indices])


@pytest.mark.parametrize("file_format", ["PNG", "WEBP"])
def test_alpha_is_laid_over_white(file_format: str) -> None:
    rgba = np.zeros((32, 32, 4), dtype=np.uint8)
    rgba[..., 0], rgba[:, :16, 3], rgba[:, 16:, 3] = 200, 255, 51  # 51 / 255 = 0.2
    pixels = decode_image(encoded(Pillow.fromarray(rgba), file_format, lossless=True), size=64).pixels
    np.testing.assert_allclose(pixels[:, :16], np.broadcast_to([200 / 255, 0, 0], (32, 16, 3)), atol=1e-6)
    over_white = [200 / 255 * 0.2 + 0.8, 0.8, 0.8]
    np.testing.assert_allclose(pixels[:, 16:], np.broadcast_to(over_white, (32, 16, 3)), atol=1e-6)


def test_grey_with_alpha_is_laid_over_white() -> None:
    grey = Pillow.merge("LA", (Pillow.new("L", (32, 32), 102), Pillow.new("L", (32, 32), 51)))
    pixels = decode_image(encoded(grey, "PNG"), size=64).pixels
    np.testing.assert_allclose(pixels, 0.4 * 0.2 + 0.8, atol=1e-6)


def test_cmyk_jpeg() -> None:
    picture = Pillow.new("CMYK", (64, 48), (0, 255, 255, 0))  # no cyan, full magenta and yellow: red
    pixels = decode_image(encoded(picture, "JPEG", quality=95), size=64).pixels
    np.testing.assert_allclose(pixels, np.broadcast_to([1.0, 0.0, 0.0], pixels.shape), atol=0.05)


STORED = {  # how an upright picture is stored so that its EXIF orientation makes it upright again
    1: lambda a: a,
    2: lambda a: a[:, ::-1],  # mirrored
    3: lambda a: a[::-1, ::-1],  # turned by half
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),  # shown turned clockwise, so stored turned anticlockwise
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_exif_orientation_gives_the_same_picture(orientation: int, file_format: str) -> None:
    exif = Pillow.Exif()
    exif[274] = orientation
    stored = Pillow.fromarray(np.ascontiguousarray(STORED[orientation](SCENE)))
    options = {"PNG": {}, "JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}[file_format]
    image = decode_image(encoded(stored, file_format, exif=exif.tobytes(), **options), size=64)
    assert image.source_size == (64, 48)
    assert image.pixels.shape == (48, 64, 3)
    assert abs(image.pixels - SCENE / 255.0).max() < (0.15 if file_format == "JPEG" else 1e-6)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_an_unusable_exif_block_does_not_stop_a_good_picture() -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), "PNG", exif=b"Exif\0\0MM\0*\0\0\xff\xff"), size=64)
    np.testing.assert_array_equal(image.as_uint8(), SCENE)


def test_a_photo_with_a_second_picture_inside_is_read_as_its_first() -> None:
    # Cameras add previews and gain maps to JPEG files (the multi-picture format, CIPA DC-007); none of them moves.
    picture = Pillow.fromarray(SCENE)
    data = encoded(picture, "MPO", save_all=True, append_images=[picture.resize((32, 24))], quality=95)
    assert data[:2] == b"\xff\xd8"
    assert decode_image(data, size=64).source_size == (64, 48)


@pytest.mark.parametrize("size", [64, 100, 1024])
def test_never_enlarged(size: int) -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), "PNG"), size=size)
    np.testing.assert_array_equal(image.as_uint8(), SCENE)


@pytest.mark.parametrize(
    ("source", "size", "target"),
    [
        ((200, 100), 64, (64, 32)),
        ((100, 200), 64, (32, 64)),
        ((300, 300), 128, (128, 128)),
        ((480, 361), 320, (320, 241)),
    ],
)
def test_reduced_to_the_working_size(source: tuple[int, int], size: int, target: tuple[int, int]) -> None:
    image = decode_image(encoded(Pillow.fromarray(street_scene(*source)), "PNG"), size=size)
    assert (image.width, image.height) == target
    assert image.source_size == source


def test_reduction_averages() -> None:
    # A board of single black and white pixels becomes grey, not black or white; a constant stays what it is.
    board = ((np.indices((256, 256)).sum(axis=0) % 2) * 255).astype(np.uint8)
    pixels = decode_image(encoded(Pillow.fromarray(board), "PNG"), size=64).pixels
    assert abs(pixels - 0.5).max() < 0.1
    flat = decode_image(encoded(Pillow.new("RGB", (256, 256), (10, 20, 30)), "PNG"), size=64).pixels
    np.testing.assert_allclose(flat, np.broadcast_to(np.array([10, 20, 30]) / 255, flat.shape), atol=1e-6)


def test_reduction_keeps_left_and_top() -> None:
    picture = np.zeros((200, 300, 3), dtype=np.uint8)
    picture[:100, :150] = 255  # the top left quarter
    pixels = decode_image(encoded(Pillow.fromarray(picture), "PNG"), size=96).pixels
    assert pixels.shape == (64, 96, 3)
    assert pixels[:30, :46].min() > 0.99
    assert pixels[34:].max() < 0.01
    assert pixels[:, 50:].max() < 0.01


def test_decoded_arrays_are_read_only() -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), "PNG"), size=64)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0, 0] = 1.0


def test_an_image_does_not_follow_the_array_it_was_made_from() -> None:
    array = np.full((16, 16, 3), 0.5, dtype=np.float32)
    image = image_from_array(array)
    array[...] = 0.0
    assert image.pixels.min() == 0.5


def test_hashes_name_pixels_and_source() -> None:
    data = encoded(Pillow.fromarray(SCENE), "PNG")
    image = decode_image(data, size=64)
    assert image.source_sha256 == hashlib.sha256(data).hexdigest()
    assert image.sha256 == image_from_array(SCENE.astype(np.float32) / np.float32(255)).sha256
    other = SCENE.copy()
    other[47, 63, 2] ^= 1  # a single bit of a single pixel
    assert decode_image(encoded(Pillow.fromarray(other), "PNG"), size=64).sha256 != image.sha256


def test_hash_depends_on_shape_and_type() -> None:
    flat = np.arange(24, dtype=np.float32)
    made = {array_sha256(flat.reshape(shape)) for shape in [(24,), (4, 6), (6, 4), (2, 3, 4)]}
    assert len(made) == 4
    assert array_sha256(np.zeros(4, dtype=np.int32)) != array_sha256(np.zeros(4, dtype=np.float32))
    assert array_sha256(flat.reshape(4, 6)) == array_sha256(np.asfortranarray(flat.reshape(4, 6)))


def test_images_of_equal_bytes_but_other_shape_have_other_hashes() -> None:
    wide = image_from_array(np.full((16, 32, 3), 0.5, dtype=np.float32))
    tall = image_from_array(np.full((32, 16, 3), 0.5, dtype=np.float32))
    assert wide.pixels.tobytes() == tall.pixels.tobytes()
    assert wide.sha256 != tall.sha256


def test_labels_follow_the_image() -> None:
    image = decode_image(encoded(Pillow.fromarray(street_scene(128, 96)), "PNG"), size=64)
    labels = np.repeat(np.repeat(np.arange(12, dtype=np.uint8).reshape(3, 4), 32, axis=0), 32, axis=1)
    reduced = reduce_labels(labels, image)
    assert reduced.shape == (48, 64)
    np.testing.assert_array_equal(reduced, labels[::2, ::2])  # blocks of 32 become blocks of 16


def test_labels_are_never_mixed() -> None:
    image = decode_image(encoded(Pillow.fromarray(street_scene(150, 100)), "PNG"), size=64)
    labels = np.random.default_rng(0).choice(np.array([0, 10, VOID], dtype=np.uint8), (100, 150))
    assert set(np.unique(reduce_labels(labels, image))) <= {0, 10, VOID}


def test_labels_of_another_size() -> None:
    image = decode_image(encoded(Pillow.fromarray(SCENE), "PNG"), size=64)
    with pytest.raises(InvalidInput, match="labels are 48x64 but the image is 64x48"):
        reduce_labels(np.zeros((64, 48), dtype=np.uint8), image)
