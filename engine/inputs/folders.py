"""Folders and files of a dataset on disk: listed, read, and refused in one sentence that says what to do.

Hidden entries (a leading dot: what operating systems leave behind) are passed over everywhere, and links are followed
one level at a time, so that no loop of links can be walked twice.
"""

import os
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path

from engine.core.errors import InvalidInput


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
        found = ", ".join(sorted(known)[:20])
        advice = f"choose one of {found}" if found else f"expected {layout}"
        raise InvalidInput(f"no split {split!r:.60} in {root}; {advice}")


def files_ending(folder: Path, endings: tuple[str, ...], layout: str) -> list[Path]:
    """The visible files whose names end so, in either case. Raises InvalidInput, also for what only looks like one."""
    found = [path for path in visible(folder, layout) if path.name.lower().endswith(endings)]
    for path in found:
        if not os.path.isfile(path):
            raise InvalidInput(f"{path} is no file but a folder or a broken link; restore it or remove it")
    return found


def twice(names: Iterable[str]) -> str | None:
    """The first name that occurs more than once."""
    return next((name for name, count in Counter(names).items() if count > 1), None)
