"""Uploads that must be refused with one sentence: shared by the tests of the decoder, the command line and the browser.

Each entry: a name, the file name to give it, a function that makes the bytes, and words the message must contain
(compared without regard to case). Everything is made here by hand from the formats' specifications; nothing is stored.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow

from engine.inputs import MAX_BYTES

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


class BadInput(NamedTuple):
    """One file that cannot be used."""

    name: str
    file_name: str
    make: Callable[[], bytes]
    words: str


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its right checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claimed_png(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header claims any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def noise(width: int = 96, height: int = 64) -> Pillow.Image:
    return Pillow.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))


def saved(picture: Pillow.Image, file_format: str) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=file_format)
    return buffer.getvalue()


def animated(file_format: str) -> bytes:
    buffer = io.BytesIO()
    noise().save(buffer, format=file_format, save_all=True, append_images=[noise().rotate(180)], duration=80)
    return buffer.getvalue()


def broken_stream() -> bytes:
    """A PNG whose pixel data is not a zlib stream, under a right checksum."""
    header = struct.pack(">IIBBBBB", 64, 48, 8, 2, 0, 0, 0)
    return PNG_MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", b"\xff" * 400) + chunk(b"IEND", b"")


def broken_checksum() -> bytes:
    """A whole PNG whose header checksum is off by one bit."""
    data = bytearray(saved(noise(), "PNG"))
    data[29] ^= 1
    return bytes(data)


def jpeg_of_random_bytes() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + np.random.default_rng(2).bytes(3000)


def too_large() -> bytes:
    return saved(noise(), "PNG") + bytes(MAX_BYTES)


def tall() -> bytes:
    return saved(Pillow.new("L", (20, 5000), 128), "PNG")


def thin() -> bytes:
    return saved(Pillow.new("L", (5000, 20), 128), "PNG")


BAD_INPUTS = (
    BadInput("empty", "empty.png", lambda: b"", "empty"),
    BadInput("text", "notes.png", lambda: b"Dear reader, this is no picture.\n" * 20, "not a PNG, JPEG or WebP"),
    BadInput("truncated png", "cut.png", lambda: saved(noise(), "PNG")[:9000], "damaged or cut off"),
    BadInput("truncated jpeg", "cut.jpg", lambda: saved(noise(), "JPEG")[:2500], "damaged or cut off"),
    BadInput("truncated webp", "cut.webp", lambda: saved(noise(), "WEBP")[:1200], "damaged"),
    BadInput("bomb", "bomb.png", lambda: claimed_png(60_000, 60_000), "too many pixels"),
    BadInput("too many pixels", "wall.png", lambda: claimed_png(8_000, 5_001), "too many pixels"),
    BadInput("gif", "moving.gif", lambda: saved(noise(), "GIF"), "not a PNG, JPEG or WebP"),
    BadInput("gif named png", "picture.png", lambda: saved(noise(), "GIF"), "not a PNG, JPEG or WebP"),
    BadInput("pdf", "paper.pdf", lambda: saved(noise(), "PDF"), "not a PNG, JPEG or WebP"),
    BadInput("svg", "drawing.svg", lambda: b'<svg xmlns="x" width="64" height="64"/>', "not a PNG, JPEG or WebP"),
    BadInput("animated webp", "film.webp", lambda: animated("WEBP"), "animated"),
    BadInput("animated png", "film.png", lambda: animated("PNG"), "animated"),
    BadInput("one pixel", "dot.png", lambda: saved(Pillow.new("RGB", (1, 1)), "PNG"), "1x1"),
    BadInput("fifteen pixels", "strip.png", lambda: saved(Pillow.new("RGB", (400, 15)), "PNG"), "400x15"),
    BadInput("thin", "thin.png", thin, "working size of 320"),
    BadInput("tall", "tall.png", tall, "working size of 320"),
    BadInput("over the byte limit", "huge.png", too_large, "at most 20 MB"),
    BadInput("broken stream", "stream.png", broken_stream, "damaged"),
    BadInput("broken checksum", "checksum.png", broken_checksum, "PNG, JPEG or WebP"),
    BadInput("jpeg of random bytes", "random.jpg", jpeg_of_random_bytes, "damaged"),
    BadInput("png magic only", "magic.png", lambda: PNG_MAGIC, "PNG, JPEG or WebP"),
)
