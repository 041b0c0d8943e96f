"""The models that ship with the project: a manifest, safetensors weights checked by sha256, and a bounded cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load as load_safetensors
from torch import nn

from engine.device import Compute, choose_compute
from engine.errors import IntegrityError, unknown_name
from engine.labels import label_space
from engine.models.base import BaseModel, ModelInfo
from engine.models.pyramid_net import PyramidNet, PyramidNetSpec

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def _pyramid_net(spec: Mapping[str, Any], weights: Mapping[str, torch.Tensor]) -> nn.Module:
    sizes: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in spec.items()}
    network = PyramidNet(PyramidNetSpec(**sizes)).fuse()  # the files hold fused weights
    network.load_state_dict(dict(weights))
    return network


ARCHITECTURES: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, torch.Tensor]], nn.Module]] = {
    "pyramid_net": _pyramid_net,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    info: ModelInfo
    file: Path
    architecture: str
    spec: Mapping[str, Any]


def available() -> tuple[ModelInfo, ...]:
    """All models of the manifest, in its order; nothing is loaded."""
    return tuple(entry.info for entry in _manifest().values())


def model_info(name: str) -> ModelInfo:
    """What the manifest says of one model. Raises UnknownName."""
    return _entry(name).info


def load_model(name: str, compute: Compute | None = None) -> BaseModel:
    """The model of that name on a device, cached.

    Raises UnknownName, or IntegrityError if the weight file is missing or is not the file that the manifest names.
    """
    return _load(name, compute or choose_compute())


@lru_cache(maxsize=4)
def _load(name: str, compute: Compute) -> BaseModel:
    entry = _entry(name)
    network = ARCHITECTURES[entry.architecture](entry.spec, load_safetensors(checked_bytes(name)))
    network = network.eval().requires_grad_(False).to(device=compute.device, dtype=compute.dtype)
    if compute.device.type == "cuda" and compute.precision == "fp32":
        torch.backends.cudnn.allow_tf32 = False  # "fp32" on a certificate must not mean TF32
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return BaseModel(info=entry.info, network=network, compute=compute)


def checked_bytes(name: str) -> bytes:
    """The weight file's bytes if they have the manifest's sha256. Raises UnknownName, IntegrityError."""
    entry = _entry(name)
    try:
        data = entry.file.read_bytes()
    except OSError as error:
        raise IntegrityError(f"weights of {name} cannot be read: {error}; restore {entry.file.name}") from error
    found = hashlib.sha256(data).hexdigest()
    if found != entry.info.weights_sha256:
        raise IntegrityError(
            f"weights of {name} have sha256 {found[:12]}..., the manifest says "
            f"{entry.info.weights_sha256[:12]}...; restore {entry.file.name}"
        )
    return data


@cache
def _manifest() -> Mapping[str, _Entry]:
    folder = ASSETS / "models"
    rows = json.loads((folder / "manifest.json").read_text())["models"]
    return {
        row["name"]: _Entry(
            info=ModelInfo(
                name=row["name"],
                title=row["title"],
                labels=label_space(row["labels"]),
                trained_sigma=row["trained_sigma"],
                weights_sha256=row["sha256"],
                card=(folder / row["card"]).read_text(),
            ),
            file=folder / row["file"],
            architecture=row["architecture"],
            spec=row["spec"],
        )
        for row in rows
    }


def _entry(name: str) -> _Entry:
    if name not in _manifest():
        raise unknown_name("model", name, _manifest())
    return _manifest()[name]
