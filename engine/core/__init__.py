"""What every room stands on: errors, registries, randomness, devices, files of results."""

from engine.core.bounds import BOUNDS, Bound
from engine.core.device import Compute, choose_compute
from engine.core.errors import (
    Cancelled,
    EngineError,
    IntegrityError,
    InvalidInput,
    InvalidSetting,
    NotCertifiable,
    QueueFull,
    UnknownName,
)
from engine.core.rounding import degrees_down, floored, raised
from engine.core.version import VERSION

__all__ = [
    "BOUNDS",
    "VERSION",
    "Bound",
    "Cancelled",
    "Compute",
    "EngineError",
    "IntegrityError",
    "InvalidInput",
    "InvalidSetting",
    "NotCertifiable",
    "QueueFull",
    "UnknownName",
    "choose_compute",
    "degrees_down",
    "floored",
    "raised",
]
