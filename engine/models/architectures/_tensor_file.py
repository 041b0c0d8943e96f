"""Weight files from elsewhere: tensors by name and the file's sha256, without ever running what a file holds."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.core.errors import IntegrityError, InvalidInput


def read_tensors(path: Path) -> tuple[dict[str, Tensor], str]:
    """The tensors of a local .pt, .pth or .safetensors file, and its sha256. They may be mapped from the file.

    Raises InvalidInput if there is no such file or it holds something else than tensors by name; IntegrityError if it
    is damaged or a pickle that would run code.
    """
    kind = path.suffix.lower()
    if kind not in {".pt", ".pth", ".safetensors"}:
        raise InvalidInput(f"{path.name} must be a .pt, .pth or .safetensors file")
    digest = _sha256(path)
    try:
        found = load_file(path) if kind == ".safetensors" else _unpickled(path)
    except Exception as error:  # a damaged file can fail in any way
        raise IntegrityError(
            f"{path.name} cannot be read: it is damaged, cut short, or holds code; restore the file"
        ) from error
    if not isinstance(found, Mapping) or not all(map(_is_named_tensor, found.items())):
        raise InvalidInput(f"{path.name} must hold a mapping of names to plain floating-point tensors, nothing else")
    return dict(found), digest


def check_layout(path: Path, wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    """Raises InvalidInput at the first tensor that is missing, of the wrong shape, or one too many."""
    layout = f"{path.name} does not have the layout expected"
    for name, tensor in wanted.items():
        if name not in found:
            raise InvalidInput(f"{layout}: it lacks {name}")
        if found[name].shape != tensor.shape:
            shapes = f"must have shape {tuple(tensor.shape)}, got {tuple(found[name].shape)}"
            raise InvalidInput(f"{layout}: {name} {shapes}")
    for name in found.keys() - wanted.keys():
        raise InvalidInput(f"{layout}: it has {name!r:.60}, which does not belong")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}") from error


def _unpickled(path: Path) -> object:
    """What torch.save wrote, if it needs no code. Only the newer, zipped files can be mapped."""
    return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))


def _is_named_tensor(item: tuple[object, object]) -> bool:
    name, tensor = item
    return (
        isinstance(name, str)
        and isinstance(tensor, Tensor)
        and tensor.is_floating_point()
        and tensor.layout is torch.strided
        and tensor.device.type == "cpu"
    )
