"""A user's own segmenter as a TorchScript file (torch.jit.save) or an exported program (torch.export.save, .pt2).

Such a file RUNS CODE OF ITS OWN when it is opened and whenever the network is asked. It is therefore opened only by a
path that whoever runs this program wrote into a configuration, never from an upload, and only files from people you
trust belong there.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from engine.core.errors import IntegrityError, InvalidInput
from engine.core.files import read_bytes
from engine.inputs.labels import LabelSpace
from engine.models.external._dense import DenseSegmenter
from engine.models.external._weights import MAX_WEIGHTS
from engine.models.external.base import ModelSource, Opened, Option, Options

_CODE = "such files run code of their own: open only those of people you trust"
_PROBES = ((2, 3, 33, 47), (1, 3, 16, 16))


def _open(path: Path, labels: LabelSpace | None, options: Options) -> Opened:
    """Options: mean, std, output, multiple_of. The network is tried on two small inputs.

    Raises InvalidInput if it does not answer logits of `labels` for any size, IntegrityError for a damaged file.
    """
    if labels is None:
        raise InvalidInput(f"{path.name} does not say what its classes are: give labels, a known space or class names")
    data = read_bytes(path, MAX_WEIGHTS)
    network = _Foreign(_exported(path, data) if path.suffix.lower() == ".pt2" else _scripted(path, data))
    dense = DenseSegmenter(
        network,
        pick=_Pick(options.get("output", "")),
        mean=options.get("mean", (0.0, 0.0, 0.0)),
        std=options.get("std", (1.0, 1.0, 1.0)),
        multiple_of=options.get("multiple_of", 1),
    )
    opened = Opened.of(dense, labels, hashlib.sha256(data).hexdigest())
    _try_out(opened, path)
    return opened


class _Foreign(nn.Module):
    """A network that may be frozen or exported: it cannot change mode, and its weights' dtype may be fixed."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def train(self, mode: bool = True) -> _Foreign:
        self.training = mode  # exported programs refuse to be told; scripted ones are in evaluation mode already
        return self

    def forward(self, images: Tensor) -> Any:
        floating = (weight.dtype for weight in self.network.parameters() if weight.is_floating_point())
        return self.network(images.to(next(floating, torch.float32)))


class _Pick:
    """The logits in an answer: itself, or what stands under a key."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self, answer: Any) -> Tensor:
        if self.key:
            if not isinstance(answer, Mapping) or self.key not in answer:
                known = f"{', '.join(map(str, answer))}" if isinstance(answer, Mapping) else "no names at all"
                raise InvalidInput(f"the network's answer has no {self.key!r:.60}, but {known:.200}; set output")
            answer = answer[self.key]
        if not isinstance(answer, Tensor) or answer.ndim != 4:
            raise InvalidInput("the network's answer is no tensor (B, classes, H, W); set output to the name of one")
        return answer


def _scripted(path: Path, data: bytes) -> nn.Module:
    try:
        network: nn.Module = torch.jit.load(io.BytesIO(data), map_location="cpu")  # type: ignore[no-untyped-call]
        network.eval()
    except Exception as error:  # a damaged file can fail in any way
        raise IntegrityError(f"{path.name} is damaged or no TorchScript file; note that {_CODE}") from error
    return network


def _exported(path: Path, data: bytes) -> nn.Module:
    try:
        return torch.export.load(io.BytesIO(data)).module()
    except Exception as error:  # a damaged file can fail in any way
        raise IntegrityError(f"{path.name} is damaged or no exported program; note that {_CODE}") from error


@torch.no_grad()
def _try_out(opened: Opened, path: Path) -> None:
    for shape in _PROBES:
        size = f"{shape[0]} image(s) of {shape[2]} x {shape[3]}"
        try:
            first, again = (opened.network(torch.full(shape, 0.5)) for _ in range(2))
        except InvalidInput as error:
            raise InvalidInput(f"{path.name}: {error}") from error
        except Exception as error:  # foreign code can fail in any way
            raise InvalidInput(
                f"{path.name} cannot answer {size}; export it for any batch, height and width, or set multiple_of "
                f"({_first_line(error)})"
            ) from error
        if first.shape != (shape[0], len(opened.labels), *shape[2:]):
            raise InvalidInput(
                f"{path.name} answers {tuple(first.shape)} for {size}, but labels has {len(opened.labels)} classes"
            )
        if not torch.equal(first, again):
            raise InvalidInput(f"{path.name} answers the same image differently each time; save it in evaluation mode")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1] if lines else ''}"[:200]


SOURCE = ModelSource(
    runs_code=True,
    name="scripted",
    title="TorchScript or exported program (runs its own code: trusted files only)",
    open=_open,
    options=(
        Option(name="mean", kind="triple", help="what its input is normalised with; 0, 0, 0 if not given"),
        Option(name="std", kind="triple", help="what its input is divided by; 1, 1, 1 if not given", positive=True),
        Option(name="output", kind="text", help="the name of the logits, if the network answers several by name"),
        Option(name="multiple_of", kind="count", help="pad height and width to multiples of this"),
    ),
)
