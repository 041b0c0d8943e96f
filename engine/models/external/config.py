"""The configuration of external models: a TOML file of [[model]] entries, and how its rows are opened.

    [[model]]
    name = "segformer-b0"            # lower-case letters, digits, dots and dashes
    source = "segformer"             # one of engine.models.external.sources()
    path = "models/segformer-b0"     # relative to this file
    labels = "cityscapes"            # a label space (with "-background" for one more class) or a list of class names
    title = "SegFormer B0"           # optional, as are:
    trained_sigma = 0.25             # the noise it was trained with
    sha256 = "..."                   # of the file or folder, checked before anything of it is used

Any other key is an option of the source. Diffusion models in the layout of guided-diffusion checkpoints are entries of
their own, for MODEL+single:NAME and MODEL+multi:25:NAME:

    [[denoiser]]
    name = "guided-256"
    path = "models/256x256_diffusion_uncond.pt"
    sha256 = "..."                   # optional
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from engine.core.errors import EngineError, IntegrityError, InvalidInput
from engine.core.files import read_text
from engine.inputs.labels import LabelSpace
from engine.models.external import sha256_of, sources
from engine.models.external._spaces import named_classes, space_named
from engine.models.external.base import Opened

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = ("name", "source", "path", "labels")
_OWN = (*_REQUIRED, "title", "trained_sigma", "sha256")
_KINDS = ("model", "denoiser")

Row = TypeVar("Row", "ConfiguredModel", "ConfiguredDenoiser")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredModel:
    """One external model that may be opened. sha256: empty where not given."""

    name: str
    title: str
    source: str
    path: Path
    labels: LabelSpace
    options: Mapping[str, Any]
    trained_sigma: float
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredDenoiser:
    """One external diffusion model that may be opened. sha256: empty where not given."""

    name: str
    path: Path
    sha256: str


def read_config(path: Path) -> tuple[ConfiguredModel, ...]:
    """All models of a configuration, in its order; no model file is read yet.

    Raises InvalidInput, in one sentence that names the entry, for anything that is not as it must be.
    """
    return _named(path, "model", _checked_row)


def read_denoisers(path: Path) -> tuple[ConfiguredDenoiser, ...]:
    """All denoisers of a configuration, in its order; no file of theirs is read yet. Raises as `read_config`."""
    return _named(path, "denoiser", _checked_denoiser)


def _named(path: Path, kind: str, check: Callable[[Mapping[str, Any], Path], Row]) -> tuple[Row, ...]:
    """The entries of one kind, each checked, no two of one name."""
    rows = []
    for number, entry in enumerate(_entries(path)[kind], 1):
        try:
            rows.append(check(entry, path.parent))
        except EngineError as error:
            raise InvalidInput(f"{path.name}, {kind} {number}: {error}") from error
    names = [row.name for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(f"{path.name} gives the name {name} to {names.count(name)} {kind}s")
    return tuple(rows)


def _entries(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        table = tomllib.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is no TOML: {error}") from error
    if unknown := sorted(table.keys() - set(_KINDS)):
        kinds = " and ".join(f"[[{kind}]]" for kind in _KINDS)
        raise InvalidInput(f"{path.name} has unknown key {unknown[0]!r:.60}; it must hold {kinds} entries")
    entries = {kind: table.get(kind, []) for kind in _KINDS}
    for kind, found in entries.items():
        if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
            raise InvalidInput(f"{path.name} must hold {kind}s as [[{kind}]] entries")
    return entries


def open_configured(row: ConfiguredModel) -> Opened:
    """Open a model of a configuration. A given sha256 is checked before anything of the file is used.

    Raises IntegrityError for another sha256, else what its source raises: InvalidInput, IntegrityError, MissingPackage.
    """
    check_sha256(row, sha256_of(row.path))
    opened = sources[row.source].open(row.path, row.labels, row.options)
    check_sha256(row, opened.sha256)  # it may have been exchanged in between
    return opened


def check_sha256(row: ConfiguredModel | ConfiguredDenoiser, found: str) -> None:
    """Raises IntegrityError if the configuration gives a sha256 and it is another one."""
    if row.sha256 and found != row.sha256:
        raise IntegrityError(
            f"{row.path.name} of {row.name} has sha256 {found[:12]}..., the configuration says "
            f"{row.sha256[:12]}...; restore it"
        )


def _checked_row(entry: Mapping[str, Any], folder: Path) -> ConfiguredModel:
    path = _checked_file(entry, folder, _REQUIRED)
    kind = sources[entry["source"]]
    options = kind.checked_options({key: value for key, value in entry.items() if key not in _OWN})
    return ConfiguredModel(
        name=entry["name"],
        title=entry.get("title", entry["name"]),
        source=kind.name,
        path=path,
        labels=_labels(entry["labels"], entry["name"]),
        options=options,
        trained_sigma=_sigma(entry.get("trained_sigma", 0.0)),
        sha256=entry.get("sha256", ""),
    )


def _checked_denoiser(entry: Mapping[str, Any], folder: Path) -> ConfiguredDenoiser:
    path = _checked_file(entry, folder, ("name", "path"))
    if unknown := sorted(entry.keys() - {"name", "path", "sha256"}):
        raise InvalidInput(f"a denoiser has no key {unknown[0]!r:.60}; it has: name, path, sha256")
    return ConfiguredDenoiser(name=entry["name"], path=path, sha256=entry.get("sha256", ""))


def _checked_file(entry: Mapping[str, Any], folder: Path, required: tuple[str, ...]) -> Path:
    """What models and denoisers have in common; returns the path."""
    for key in required:
        if key not in entry:
            raise InvalidInput(f"it lacks {key}")
    for key in ("name", "source", "path", "title", "sha256"):
        if key in entry and (not isinstance(entry[key], str) or not entry[key].strip()):
            raise InvalidInput(f"{key} must be a text, got {entry[key]!r:.60}")
    name, path = entry["name"], folder / entry["path"]
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"name must be 1 to 64 of a-z, 0-9, . and -, the first a letter or digit, got {name!r:.60}")
    if "sha256" in entry and not _SHA256.fullmatch(entry["sha256"]):
        raise InvalidInput(f"sha256 must be 64 digits of 0-9 and a-f, got {entry['sha256']!r:.80}")
    if not _exists(path):
        raise InvalidInput(f"path {entry['path']!r:.200} names no file or folder")
    return path


def _labels(value: object, name: str) -> LabelSpace:
    if isinstance(value, str):
        return space_named(value)
    if isinstance(value, list):
        return named_classes(name, value)
    raise InvalidInput(f"labels must be the name of a label space or a list of class names, got {value!r:.60}")


def _sigma(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10:  # nan fails too
        raise InvalidInput(f"trained_sigma must be a number from 0 to 10, got {value!r:.60}")
    return float(value)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name no file system takes
        return False
