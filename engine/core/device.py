"""Which device computes, in which precision. The choice is recorded: a certificate is for the model as computed."""

from dataclasses import dataclass

import torch

from engine.core.errors import InvalidSetting

PRECISIONS = ("bf16", "fp32")
_DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """A device and the precision of the base model's arithmetic on it."""

    device: torch.device
    precision: str

    @property
    def dtype(self) -> torch.dtype:
        return _DTYPES[self.precision]

    def __str__(self) -> str:
        return f"{self.device.type}/{self.precision}"


def choose_compute(device: str = "auto", precision: str = "auto") -> Compute:
    """The fastest supported choice: CUDA with bf16 where it has it, a CPU with bf16 where it computes that natively.

    device: auto, cpu or cuda. precision: auto, bf16 or fp32. Raises InvalidSetting for an unknown or absent one.

    >>> str(choose_compute("cpu", "fp32"))
    'cpu/fp32'
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device not in ("cpu", "cuda"):
        raise InvalidSetting(f"device must be auto, cpu or cuda, got {device!r}")
    if device == "cuda" and not torch.cuda.is_available():
        raise InvalidSetting("device cuda was asked for, but this machine has no CUDA device that torch can use")
    if precision == "auto":
        precision = "bf16" if _native_bf16(device) else "fp32"
    if precision not in PRECISIONS:
        raise InvalidSetting(f"precision must be auto, {' or '.join(PRECISIONS)}, got {precision!r}")
    return Compute(device=torch.device(device), precision=precision)


def mixed_precision(device: torch.device) -> torch.autocast:
    """A context for training: layers compute in bf16 where the device does so natively, else in float32.

    A processor without bf16 units would emulate them, twenty times slower.

    >>> with mixed_precision(torch.device("cpu")) as context:
    ...     context.device
    'cpu'
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=_native_bf16(device.type))


def synchronise(compute: Compute) -> None:
    """Wait until a GPU has done what it was given, so that a clock can be read."""
    if compute.device.type == "cuda":
        torch.cuda.synchronize(compute.device)


def _native_bf16(device: str) -> bool:
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16") or capabilities.get("arm_bf16"))
