"""What tests of clouds share."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def open3d() -> ModuleType:
    """Another program that writes clouds and meshes; imported late, for it takes seconds."""
    return importlib.import_module("open3d")
