"""Checkpoint files of other projects: their tensors by name, without ever running what a file holds."""

import hashlib
import io
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn

from engine.core.errors import IntegrityError, InvalidInput
from engine.core.files import read_bytes

SUFFIXES = (".pth", ".pt", ".bin", ".tar", ".safetensors")
_WRAPPERS = ("state_dict", "model")
_PREFIXES = ("module.", "model.")


MAX_WEIGHTS = 64 * 1024**3
"""More than any checkpoint here has; it guards against what never ends."""


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes; of a folder, over the names and contents of its files in sorted order.

    Of a folder: sha256 over lines "<sha256 of the file>  <name>\\n", names relative with slashes and in sorted order,
    passing over files and folders whose names begin with a dot. Raises InvalidInput if something cannot be read.
    """
    if not path.is_dir():
        return hashlib.sha256(read_bytes(path, MAX_WEIGHTS)).hexdigest()
    names = {
        file.relative_to(path).as_posix(): file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    }
    lines = (f"{hashlib.sha256(read_bytes(names[name], MAX_WEIGHTS)).hexdigest()}  {name}\n" for name in sorted(names))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_state(path: Path) -> tuple[dict[str, Tensor], str]:
    """The tensors of a checkpoint on the CPU, floating ones as float32, and the file's sha256.

    A mapping under "state_dict" or "model" is unwrapped, the prefixes "module." and "model." are taken off every key.
    Raises InvalidInput if the file holds no tensors by name or none can be read; IntegrityError if it is damaged, or a
    pickle that would run code.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InvalidInput(f"{path.name} must be a file of the kind {', '.join(SUFFIXES)}")
    data = read_bytes(path, MAX_WEIGHTS)
    found = _safetensors(path, data) if path.suffix.lower() == ".safetensors" else _unpickled(path, data)
    for wrapper in _WRAPPERS:
        if isinstance(found, Mapping) and isinstance(found.get(wrapper), Mapping):
            found = found[wrapper]
    if not isinstance(found, Mapping) or not found:
        raise InvalidInput(f"{path.name} must hold tensors by name, as a state_dict does")
    state = {_bare(key): value for key, value in found.items() if isinstance(key, str) and isinstance(value, Tensor)}
    if len(state) < len(found):
        raise InvalidInput(f"{path.name} must hold nothing but tensors by name: save the state_dict alone")
    return {key: _plain(path, key, value) for key, value in state.items()}, hashlib.sha256(data).hexdigest()


def load_exactly(network: nn.Module, state: Mapping[str, Tensor], file: str) -> None:
    """Put `state` into a network, which may be built on the meta device; every weight must be there and fit.

    Raises InvalidInput, naming the first of the weights that are missing, unknown or of another shape.
    """
    wanted = network.state_dict()
    counters = {key for key in wanted if key.endswith("num_batches_tracked")}  # old checkpoints have none
    for verb, keys in (
        ("lacks", wanted.keys() - state.keys() - counters),
        ("has unknown", state.keys() - wanted.keys()),
        ("has other shapes for", {key for key in wanted if key in state and state[key].shape != wanted[key].shape}),
    ):
        if keys:
            raise InvalidInput(
                f"{file} is not laid out for this network: it {verb} {len(keys)} of {len(wanted)} weights, "
                f"such as {min(keys)!r:.80}"
            )
    network.load_state_dict({key: value for key, value in state.items() if key in wanted}, assign=True)


def _safetensors(path: Path, data: bytes) -> Mapping[str, Tensor]:
    try:
        return load_safetensors(data)
    except Exception as error:  # a damaged file can fail in any way
        raise IntegrityError(f"{path.name} is damaged or no safetensors file; get it again") from error


def _unpickled(path: Path, data: bytes) -> object:
    try:
        return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise IntegrityError(
            f"{path.name} is damaged or holds more than tensors, such as code, and is not opened; "
            "get it again, or save its state_dict alone"
        ) from error
    except Exception as error:  # a damaged file can fail in any way
        raise IntegrityError(f"{path.name} is damaged, cut short or no PyTorch checkpoint; get it again") from error


def _bare(key: str) -> str:
    while key.startswith(_PREFIXES):
        key = key.partition(".")[2]
    return key


def _plain(path: Path, key: str, tensor: Tensor) -> Tensor:
    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_complex() or tensor.is_meta:
        raise InvalidInput(f"{path.name} must hold plain tensors, which {key!r:.80} is not")
    if not tensor.is_floating_point():
        return tensor
    if not torch.isfinite(tensor).all():
        raise InvalidInput(f"{path.name} holds values that are no finite numbers, in {key!r:.80}")
    return tensor.float()
