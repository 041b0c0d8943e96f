"""Where results go: JSON lines on stdout, files that are known to be writable before the work."""

import argparse
import json
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.certification.certificates import Certificate
from engine.certification.settings import Settings
from engine.core.device import choose_compute
from engine.core.errors import InvalidInput
from engine.core.progress import Progress
from engine.core.version import VERSION
from engine.inputs.clouds import Cloud
from engine.inputs.labels import LabelSpace
from engine.inputs.subject import Subject

_PLACES = {"--root": "DIR", "--out": "DIR", "--json": "OUT", "--keep": "FILE"}


def print_json(row: dict[str, Any]) -> None:
    """One line on stdout."""
    print(json.dumps(row), flush=True)


def counting(what: str) -> Progress:
    """A progress line on stderr: "3/20 images"."""

    def progress(done: int, total: int) -> None:
        print(f"\r{done}/{total} {what}", end="" if done < total else "\n", file=sys.stderr, flush=True)

    return progress


def write_json(path: Path | None, result: dict[str, Any]) -> None:
    """Write a readable file, making its folder; nothing without a path."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def labels_file(subject: Subject, labels: NDArray[np.integer], space: LabelSpace) -> tuple[str, bytes]:
    """A suffix and the bytes of a file that shows the labels of an image or a shape."""
    from engine.export.ply import labels_ply
    from engine.export.png import labels_png

    if isinstance(subject, Cloud):
        return ".ply", labels_ply(subject, labels, space)
    return ".png", labels_png(labels, space)


def note_empty(certificate: Certificate) -> None:
    """Say on stderr that nothing was certified, if so: then nothing is promised."""
    if not certificate.selected_count:
        done = "certified, so nothing is promised" if certificate.settings.procedure.certifies else "selected"
        print(f"note: nothing was {done}", file=sys.stderr)


def left_open(settings: Settings, components: int) -> dict[str, int | str | None]:
    """What a certificate's JSON says of its reservations: how many components the error budget gives up, and what is
    assumed of how they depend on each other, None for nothing."""
    procedure = settings.procedure
    return {"tolerated": settings.tolerated(components), "assumes": procedure.needs if procedure.assumes else None}


def verdict_of(certified: int, violations: int, *, advice: str = "choose more draws or a smaller tau") -> int:
    """The exit code of an audit: 1 for a broken promise, and where nothing was certified, so that none could break."""
    if not certified:
        print(f"error: nothing was certified, so this audit has tested nothing; {advice}", file=sys.stderr)
    return 1 if violations or not certified else 0


def made_by(options: argparse.Namespace) -> dict[str, str | int]:
    """What a result says of where it comes from: dataset, compute, threads on a CPU, version, and the command as typed,
    without paths.

    For commands with --dataset, --split, --device and --precision.
    """
    import torch

    return {
        "dataset": f"{options.dataset}/{options.split}",
        "compute": str(choose_compute(options.device, options.precision)),
        "threads": torch.get_num_threads(),
        "version": VERSION,
        "command": shlex.join(["python", "-m", "engine", *_without_paths(options.arguments)]),
    }


def _without_paths(arguments: Sequence[str]) -> Iterator[str]:
    """The words as typed; what follows an option for a place, as a word or behind =, is a name for it."""
    place = ""
    for word in arguments:
        option, equals, _ = word.partition("=")
        if place:
            yield place
            place = ""
        elif option in _PLACES and equals:
            yield f"{option}={_PLACES[option]}"
        else:
            yield word
            place = _PLACES.get(word, "")


def check_folder(path: Path) -> None:
    """Fail before the work, not after it, if results could not be written there. Raises InvalidInput."""
    try:
        for folder in (path, *path.parents):
            if folder.exists():
                if not folder.is_dir():
                    raise InvalidInput(f"cannot write to {path}: {folder} is a file; choose another folder")
                return
    except OSError as error:
        raise InvalidInput(f"cannot write to {str(path)[:80]}: {error.strerror or error}") from None


def check_file(path: Path | None) -> None:
    """The same for a file of results."""
    if path is not None:
        check_folder(path.parent)
        if path.is_dir():
            raise InvalidInput(f"cannot write to {path}: it is a folder; give a file name")
