"""A tiny tree in CamVid's layout to train on: rendered streets, no photograph needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from engine.scenes import render_street


@pytest.fixture(scope="session")
def camvid_train(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with train/images and train/labels of three 96x72 scenes."""
    folder = tmp_path_factory.mktemp("camvid")
    for part in ("images", "labels"):
        (folder / "train" / part).mkdir(parents=True)
    for seed in range(3):
        scene = render_street(seed, 96, 72)
        Pillow.fromarray(scene.pixels).save(folder / "train" / "images" / f"{seed}.png")
        Pillow.fromarray(scene.labels).save(folder / "train" / "labels" / f"{seed}.png")
    return folder
