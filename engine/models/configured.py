"""Models and denoisers that the user names in `models.toml`, in the folder where the command or the app was started."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from torch import nn

from engine.device import Compute
from engine.models.architectures.guided_unet import read_guided_unet
from engine.models.base import ModelInfo
from engine.models.external import sha256_of
from engine.models.external.config import (
    ConfiguredDenoiser,
    ConfiguredModel,
    check_sha256,
    open_configured,
    read_config,
    read_denoisers,
)
from engine.models.zoo import ready

CONFIG = Path("models.toml")


def configured_models() -> dict[str, ConfiguredModel]:
    """The models of the configuration by name; none where there is no such file. Raises InvalidInput."""
    return {row.name: row for row in read_config(CONFIG)} if CONFIG.is_file() else {}


def configured_denoisers() -> dict[str, ConfiguredDenoiser]:
    """The denoisers of the configuration by name; none where there is no such file. Raises InvalidInput."""
    return {row.name: row for row in read_denoisers(CONFIG)} if CONFIG.is_file() else {}


def info_of(row: ConfiguredModel) -> ModelInfo:
    """What is known of a configured model; its file or folder is hashed, not opened. Raises InvalidInput."""
    return ModelInfo(
        name=row.name,
        title=row.title,
        labels=row.labels,
        trained_sigma=row.trained_sigma,
        weights_sha256=hash_of(row.path),
        card=f"# {row.title}\n\nConfigured in `{CONFIG}`, source {row.source}; it does not ship with Certiscope, and "
        "nothing is known here of how it was trained.",
    )


def hash_of(path: Path) -> str:
    """The sha256 of a file or folder, read again only when it has changed."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return _hash(path, tuple((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in files))


def load_model(row: ConfiguredModel, compute: Compute) -> nn.Module:
    """Open a configured model on a device. Raises InvalidInput, IntegrityError, MissingPackage."""
    return ready(open_configured(row).network, compute)


def load_denoiser(row: ConfiguredDenoiser, compute: Compute) -> nn.Module:
    """Open a configured diffusion model on a device. Raises InvalidInput, IntegrityError."""
    check_sha256(row, hash_of(row.path))
    network, found = read_guided_unet(row.path)
    check_sha256(row, found)
    return ready(network, compute)


@lru_cache(maxsize=16)
def _hash(path: Path, state: tuple[tuple[str, int, int], ...]) -> str:
    _ = state  # the key: what is read depends on it
    return sha256_of(path)
