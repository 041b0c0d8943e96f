"""Folders and files of a dataset on disk: listed, paired, and refused in one sentence that says what to do.

Hidden entries (a leading dot: what operating systems leave behind) are passed over everywhere, and links are followed
one level at a time, so that no loop of links can be walked twice.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from engine.datasets.base import DatasetItem
from engine.errors import InvalidInput

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
_MAX_TEXT = 4 * 1024 * 1024


def visible(folder: Path, layout: str) -> list[Path]:
    """The entries of a folder in a stable order. Raises InvalidInput, quoting `layout`, if there is no such folder."""
    if not os.path.isdir(folder):  # not Path.is_dir, which raises for a name that is too long or a barred parent
        raise InvalidInput(f"no folder {folder}; expected {layout}")
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise InvalidInput(f"folder {folder} cannot be read: {error.strerror or error}; allow reading it") from None


def folders_in(folder: Path, layout: str) -> list[Path]:
    """The visible folders in a folder. Raises InvalidInput."""
    return [path for path in visible(folder, layout) if os.path.isdir(path)]


def release(root: Path, name: str) -> Path:
    """ROOT/NAME where it is a folder, else ROOT: both the folder unpacked and the folder it was unpacked into serve."""
    inner = Path(root) / name
    return inner if os.path.isdir(inner) else Path(root)


def check_split(split: str, known: Collection[str], root: Path, layout: str) -> None:
    """Raise InvalidInput unless `split` is one of the names found, which the message lists."""
    if split not in known:
        found = ", ".join(sorted(known)[:12])
        advice = f"choose one of {found}" if found else f"expected {layout}"
        raise InvalidInput(f"no split {split!r:.60} in {root}; {advice}")


def files_ending(folder: Path, endings: tuple[str, ...], layout: str) -> list[Path]:
    """The visible files whose names end so, in either case. Raises InvalidInput, also for what only looks like one."""
    found = [path for path in visible(folder, layout) if path.name.lower().endswith(endings)]
    for path in found:
        if not os.path.isfile(path):
            raise InvalidInput(f"{path} is no file but a folder or a broken link; restore it or remove it")
    return found


def same_stem_pairs(images: Path, labels: Path, layout: str) -> tuple[DatasetItem, ...]:
    """Every image of a folder with the PNG file of its stem in another. Raises InvalidInput."""
    visible(labels, layout)
    items = [
        DatasetItem(name=path.stem, image_path=path, label_path=labels / f"{path.stem}.png")
        for path in files_ending(images, IMAGE_SUFFIXES, layout)
    ]
    return checked_items(items, images, layout)


def checked_items(items: Sequence[DatasetItem], place: Path, layout: str) -> tuple[DatasetItem, ...]:
    """The items, if there are any, each with a name of its own and a label file. Raises InvalidInput."""
    if not items:
        raise InvalidInput(f"no images in {place}; expected {layout}")
    repeated = twice(item.name for item in items)
    if repeated is not None:
        raise InvalidInput(f"two images in {place} are named {repeated}; rename one, with its label file")
    for item in items:
        if not os.path.isfile(item.label_path):
            raise InvalidInput(f"image {item.name} has no label file {item.label_path}; add it or remove the image")
    return tuple(items)


def twice(names: Iterable[str]) -> str | None:
    """The first name that occurs more than once."""
    return next((name for name, count in Counter(names).items() if count > 1), None)


def read_text(path: Path) -> str:
    """A small text file in UTF-8, with or without a byte order mark. Raises InvalidInput."""
    try:
        if path.stat().st_size > _MAX_TEXT:
            raise InvalidInput(f"{path} has more than {_MAX_TEXT // 2**20} MB; it should be a short text file")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}; restore it") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not text in UTF-8; save it as such") from None
