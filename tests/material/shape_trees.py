"""Tiny datasets of shapes in their real layouts, written file by file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from engine.inputs.shape_datasets._shapenet_parts import CATEGORIES, SYNSETS, first_label

PARTS = {"Cup": ["body", "handle"], "Chair": ["arm", "backsupport", "leg"]}
MUG, TABLE = "03797390", "04379243"
SPLITS = {"train": [(TABLE, "t1"), (MUG, "a1")], "val": [(MUG, "b2")], "test": [(MUG, "c3")]}


def tetrahedron() -> dict[str, np.ndarray]:
    """A mesh of four faces, labels 0 and 1."""
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.int32)
    return {"vertices": vertices, "faces": faces, "face_labels": np.array([0, 0, 1, 1], dtype=np.uint8)}


def write_psb(root: Path) -> None:
    """Seven cups, numbered 8..14 so that names and numbers sort differently, and two chairs."""
    (root / "meshes").mkdir(parents=True)
    (root / "parts.json").write_text(json.dumps(PARTS))
    for name in (*(f"Cup_{number}" for number in range(8, 15)), "Chair_1", "Chair_2"):
        np.savez_compressed(root / "meshes" / f"{name}.npz", **tetrahedron())


def write_shapenet_lists(root: Path) -> None:
    (root / "train_test_split").mkdir(parents=True)
    (root / "synsetoffset2category.txt").write_text(f"Mug\t{MUG}\nTable\t{TABLE}\n")
    for split, shapes in SPLITS.items():
        entries = [f"shape_data/{synset}/{name}" for synset, name in shapes]
        (root / "train_test_split" / f"shuffled_{split}_file_list.json").write_text(json.dumps(entries))


def write_shapenet_normals(root: Path) -> None:
    """Mugs with labels 36 and 37, tables with 47..49: where the release's numbers put them."""
    write_shapenet_lists(root)
    for synset, name in (shape for shapes in SPLITS.values() for shape in shapes):
        (root / synset).mkdir(exist_ok=True)
        labels = (36, 37) if synset == MUG else (47, 48, 49)
        rows = [f"{0.1 * row:.6f} 0.5 -1.25 0.0 0.6 0.8 {label:.6f}" for row, label in enumerate(labels)]
        (root / synset / f"{name}.txt").write_text("\n".join(rows) + "\n")


def write_shapenet_older(root: Path, first: int = 1) -> None:
    """The same shapes as points and labels apart, labels from `first` up within the category."""
    write_shapenet_lists(root)
    for synset, name in (shape for shapes in SPLITS.values() for shape in shapes):
        count = 2 if synset == MUG else 3
        for folder, ending, rows in (
            ("points", "pts", [f"{0.1 * row:.5f} 0.5 -1.25" for row in range(count)]),
            ("points_label", "seg", [str(first + row) for row in range(count)]),
        ):
            (root / synset / folder).mkdir(parents=True, exist_ok=True)
            (root / synset / folder / f"{name}.{ending}").write_text("\n".join(rows) + "\n")


def write_shapenet_whole(root: Path, points: int = 48) -> None:
    """Two shapes of each category with all its parts, a sphere each: `a` for training, `b` for validation."""
    (root / "train_test_split").mkdir(parents=True)
    sphere = np.random.default_rng(0).normal(size=(points, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    for split, name in (("train", "a"), ("val", "b")):
        entries = [f"shape_data/{synset}/{name}" for synset in SYNSETS.values()]
        (root / "train_test_split" / f"shuffled_{split}_file_list.json").write_text(json.dumps(entries))
        for category, synset in SYNSETS.items():
            (root / synset).mkdir(exist_ok=True)
            labels = first_label(category) + np.arange(points) % len(CATEGORIES[category])
            np.savetxt(root / synset / f"{name}.txt", np.column_stack((sphere, sphere, labels)), fmt="%.6f")
