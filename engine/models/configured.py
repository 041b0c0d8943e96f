"""Models and denoisers that the user names in `models.toml`, in the folder where the command or the app was started."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import torch
from torch import nn

from engine.core.device import Compute
from engine.core.errors import EngineError, IntegrityError, InvalidInput
from engine.models.architectures.guided_unet import read_guided_unet
from engine.models.base import ModelInfo
from engine.models.coupling import refuse_coupled
from engine.models.external import sha256_of, sources
from engine.models.external.config import (
    ConfiguredDenoiser,
    ConfiguredModel,
    check_sha256,
    open_configured,
    read_config,
    read_denoisers,
)
from engine.models.zoo import DENOISER, SEGMENTER, bundled, ready

CONFIG = Path("models.toml")
_PROBE = (2, 3, 64, 64)


def configured_models() -> dict[str, ConfiguredModel]:
    """The models of the configuration by name; none where there is no such file.

    Raises InvalidInput, also for a name that a bundled model has.
    """
    rows = read_config(CONFIG) if CONFIG.is_file() else ()
    _refuse_known([row.name for row in rows], SEGMENTER)
    return {row.name: row for row in rows}


def configured_denoisers() -> dict[str, ConfiguredDenoiser]:
    """The denoisers of the configuration by name; none where there is no such file. Raises as `configured_models`."""
    rows = read_denoisers(CONFIG) if CONFIG.is_file() else ()
    _refuse_known([row.name for row in rows], DENOISER)
    return {row.name: row for row in rows}


def problem() -> str:
    """What is wrong with the configuration, as a sentence; empty if nothing. Bundled models work all the same."""
    try:
        configured_models()
        configured_denoisers()
    except EngineError as error:
        return str(error)
    return ""


def runs_code(row: ConfiguredModel) -> bool:
    """Whether opening it runs code that is in its file."""
    return sources[row.source].runs_code


def info_of(row: ConfiguredModel, *, identity: bool = True) -> ModelInfo:
    """What is known of a configured model; its file or folder is hashed, not opened, and not even hashed without
    `identity`, where weights_sha256 stays empty.

    weights_sha256: over the file's own sha256 and all that the configuration says of how to read it, for that decides
    what it computes. Raises InvalidInput.
    """
    return ModelInfo(
        name=row.name,
        title=row.title,
        labels=row.labels,
        trained_sigma=row.trained_sigma,
        weights_sha256=_identity(row) if identity else "",
        card=f"# {row.title}\n\nConfigured in `{CONFIG}`, source {row.source}; it does not ship with Certiscope, and "
        "nothing is known here of how it was trained.",
    )


def hash_of(path: Path) -> str:
    """The sha256 of a file or folder, read again only when it has changed. Raises InvalidInput."""
    try:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        stats = [(str(file), file.stat()) for file in files]
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror or error}") from error
    return _hash(path, tuple((name, at.st_ino, at.st_ctime_ns, at.st_mtime_ns, at.st_size) for name, at in stats))


def load_model(row: ConfiguredModel, compute: Compute) -> nn.Module:
    """Open a configured model on a device. Raises InvalidInput, IntegrityError, MissingPackage."""
    before = hash_of(row.path)
    opened = open_configured(row)
    if opened.sha256 != before:
        raise IntegrityError(f"{row.path.name} changed while it was opened; ask again")
    refuse_coupled(opened.network, torch.rand(_PROBE, generator=torch.Generator().manual_seed(0)), row.name)
    return ready(opened.network, compute)


def load_denoiser(row: ConfiguredDenoiser, sha256: str, compute: Compute) -> nn.Module:
    """Open a configured diffusion model whose file has that sha256. Raises InvalidInput, IntegrityError."""
    check_sha256(row, sha256)
    network, found = read_guided_unet(row.path)
    if found != sha256:
        raise IntegrityError(f"{row.path.name} changed while it was opened; ask again")
    return ready(network, compute)


def _identity(row: ConfiguredModel) -> str:
    told = {
        "file": hash_of(row.path),
        "source": row.source,
        "options": {key: list(value) if isinstance(value, tuple) else value for key, value in row.options.items()},
        "classes": list(row.labels.classes),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _refuse_known(names: list[str], role: str) -> None:
    for name in sorted(set(names) & {entry.name for entry in bundled(role)}):
        raise InvalidInput(f"{CONFIG} names a {role} {name}, which ships with Certiscope; choose another name")


@lru_cache(maxsize=16)
def _hash(path: Path, state: tuple[tuple[str, int, int, int, int], ...]) -> str:
    _ = state  # the key: what is read depends on it
    return sha256_of(path)
