"""Tiny trees to train on: rendered streets in CamVid's layout, shapes built here in the benchmark's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.synthetic.scenes import render_street
from engine.synthetic.shapes import build_shape
from tests.material.tiny_parts import KNOWN


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


@pytest.fixture(scope="session")
def psb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three chairs and three cups; the first of each is for validation."""
    root = tmp_path_factory.mktemp("psb")
    (root / "meshes").mkdir()
    (root / "parts.json").write_text(json.dumps({name: KNOWN[name] for name in ("Chair", "Cup")}))
    for category in ("Chair", "Cup"):
        for seed in range(3):
            shape = build_shape(category, seed)
            arrays = {name: getattr(shape, name) for name in ("vertices", "faces", "face_labels")}
            np.savez(root / "meshes" / f"{category}_{seed}.npz", **arrays)
    return root
