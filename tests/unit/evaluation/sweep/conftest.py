"""A tiny dataset to sweep: CamVid's layout, two pictures, opened once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.certification import Settings
from engine.inputs import SegmentationDataset, datasets
from tests.material.grouped import Grouped


@pytest.fixture
def source(camvid_root: Path) -> SegmentationDataset:
    """Both pictures in no group, so that there are rows over all of them only."""
    return Grouped(datasets["camvid"].open(camvid_root, "val"), ("", ""))


@pytest.fixture
def few() -> Settings:
    """Few draws, so little asked for that most pixels are certified."""
    return Settings(tau=0.6, n0=3, n=20, alpha=0.2, seed=5, size=64)
