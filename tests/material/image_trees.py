"""Tiny datasets in their real layouts: two or three images each, written as real PNG and JPEG files.

Every label map shows all values from 0 up, in order, so that a test can say what each must become.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from tests.material.pictures import street_scene

WIDTH, HEIGHT = 40, 24
FOLDER_CLASSES = ("wall", "floor", "roof")


def values(last: int) -> NDArray[np.uint8]:
    """uint8 (24, 40): 0, 1, ..., `last`, 255, and so on from the start."""
    return np.resize(np.array([*range(last + 1), 255], dtype=np.uint8), (HEIGHT, WIDTH))


def put_image(path: Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(street_scene(*size)).save(path)


def put_labels(path: Path, labels: NDArray[np.generic]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.fromarray(labels).save(path)


def put_grey(path: Path, rows: list[bytes], width: int, depth: int) -> None:
    """A grey PNG of `depth` bits from packed rows: Pillow writes none below 8 bits."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, len(rows), depth, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def write_camvid(root: Path) -> None:
    for name in ("a_001", "b_002"):
        put_image(root / "val" / "images" / f"{name}.png")
        put_labels(root / "val" / "labels" / f"{name}.png", values(11))


def write_cityscapes(root: Path) -> None:
    """Two cities of `val`, all with label ids."""
    for name in ("munster_000000_000019", "frankfurt_000000_000294", "frankfurt_000000_000576"):
        city = name.split("_")[0]
        put_image(root / "leftImg8bit" / "val" / city / f"{name}_leftImg8bit.png")
        put_labels(root / "gtFine" / "val" / city / f"{name}_gtFine_labelIds.png", values(33))


def write_ade20k(root: Path) -> None:
    for split, short in (("training", "train"), ("validation", "val")):
        for number in (1, 2):
            name = f"ADE_{short}_{number:08d}"
            put_image(root / "images" / split / f"{name}.jpg")
            put_labels(root / "annotations" / split / f"{name}.png", values(151))


def write_pascal_context(root: Path) -> None:
    """Three images on disk, two of them in the list of `val`, not in the order of their names."""
    for name in ("2008_000002", "2008_000003", "2008_000007"):
        put_image(root / "JPEGImages" / f"{name}.jpg")
        put_labels(root / "SegmentationClassContext" / f"{name}.png", values(60))
    lists = root / "ImageSets" / "SegmentationContext"
    lists.mkdir(parents=True)
    (lists / "val.txt").write_text("2008_000007\n2008_000002\n")
    (lists / "train.txt").write_text("2008_000003\n")


def write_folder(root: Path) -> None:
    for name in ("one.jpg", "two.png"):
        put_image(root / "val" / "images" / name)
        put_labels(root / "val" / "labels" / f"{Path(name).stem}.png", values(3))
    (root / "classes.json").write_text(json.dumps(FOLDER_CLASSES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """How to write a dataset's tree, and the names of the items of its split `val`."""

    write: Callable[[Path], None]
    names: tuple[str, ...]
    classes: int


TREES: Mapping[str, Tree] = {
    "camvid": Tree(write=write_camvid, names=("a_001", "b_002"), classes=11),
    "cityscapes": Tree(
        write=write_cityscapes,
        names=("frankfurt_000000_000294", "frankfurt_000000_000576", "munster_000000_000019"),
        classes=19,
    ),
    "ade20k": Tree(write=write_ade20k, names=("ADE_val_00000001", "ADE_val_00000002"), classes=150),
    "pascal-context": Tree(write=write_pascal_context, names=("2008_000007", "2008_000002"), classes=59),
    "folder": Tree(write=write_folder, names=("one", "two"), classes=3),
}
