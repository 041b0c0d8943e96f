"""Imports packages that the engine can do without, at the moment they are needed."""

import importlib
import threading
from types import ModuleType

import torch

from engine.core.errors import MissingPackage

_NMS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_one_at_a_time = threading.Lock()  # a second definition of an operator would abort Python


def imported(module: str, install: str) -> ModuleType:
    """The module of that name. Raises MissingPackage, saying `install`, if its package is absent or cannot start."""
    package = module.partition(".")[0]
    try:
        with _one_at_a_time:
            if package in ("torchvision", "transformers"):  # transformers imports torchvision where it finds it
                _import_torchvision(optional=package != "torchvision")
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == package:
            raise MissingPackage(f"this needs the package {package}, which is not installed: {install}") from error
        raise _broken(package, install, error) from error
    except (ImportError, RuntimeError, AttributeError) as error:
        raise _broken(package, install, error) from error


def _broken(package: str, install: str, error: Exception) -> MissingPackage:
    reason = str(error).strip().partition("\n")[0]
    return MissingPackage(f"the package {package} is installed but cannot be imported ({reason}): {install}")


def _import_torchvision(*, optional: bool) -> None:
    """Import torchvision; a build for another torch, whose own operators do not load, is helped over its first step.

    The operators are declared only, for what segmentation never calls.
    """
    try:
        importlib.import_module("torchvision")
    except ModuleNotFoundError:
        if not optional:
            raise
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
        for operator in ("torchvision::nms", "torchvision::qnms"):
            torch.library.define(operator, _NMS)
        importlib.import_module("torchvision")
