"""The labelled Princeton benchmark on disk: folds, reading, and every way a file can be wrong.

Which shape falls into which fold is dealt out by hand below; the counts of the real data are its README's.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.core.errors import InvalidInput, UnknownName
from engine.inputs.clouds import Mesh
from engine.inputs.shape_datasets import shape_datasets
from tests.material.shape_trees import PARTS, tetrahedron, write_psb


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_psb(tmp_path / "psb")
    return tmp_path / "psb"


def names(root: Path, split: str) -> list[str]:
    return [item.name for item in shape_datasets["psb"].open(root, split).items()]


def read_changed(root: Path, **changed: Any) -> object:
    """What reading Cup_8 gives when these arrays are saved in place of its own."""
    np.savez(root / "meshes" / "Cup_8.npz", **{**tetrahedron(), **changed})
    dataset = shape_datasets["psb"].open(root, "val")
    return dataset.read(next(item for item in dataset.items() if item.name == "Cup_8"))


def test_folds_deal_each_category_by_number(root: Path) -> None:
    assert names(root, "fold0") == ["Cup_8", "Cup_13", "Chair_1"]
    assert names(root, "fold1") == ["Cup_9", "Cup_14", "Chair_2"]
    assert names(root, "fold4") == ["Cup_12"]
    assert names(root, "val") == names(root, "fold0")
    assert (
        names(root, "train") == names(root, "train0") == ["Cup_9", *(f"Cup_{n}" for n in (10, 11, 12, 14)), "Chair_2"]
    )
    everything = names(root, "all")
    assert everything == [*(f"Cup_{n}" for n in range(8, 15)), "Chair_1", "Chair_2"]
    for fold in range(5):
        held, kept = names(root, f"fold{fold}"), names(root, f"train{fold}")
        assert not set(held) & set(kept)
        assert set(held) | set(kept) == set(everything)


def test_a_name_stands_for_one_shape(root: Path) -> None:
    (root / "meshes" / "Cup_8.NPZ").write_bytes((root / "meshes" / "Cup_8.npz").read_bytes())
    with pytest.raises(InvalidInput, match="meshes has more than one shape Cup_8; keep one of them"):
        names(root, "train")


def test_a_mesh_is_read(root: Path) -> None:
    dataset = shape_datasets["psb"].open(root, "val")
    assert dict(dataset.categories) == {name: tuple(parts) for name, parts in PARTS.items()}
    item = dataset.items()[0]
    assert (item.category, item.path) == ("Cup", root / "meshes" / "Cup_8.npz")
    mesh = dataset.read(item)
    assert isinstance(mesh, Mesh)
    for name, expected in tetrahedron().items():
        np.testing.assert_array_equal(getattr(mesh, name), expected, strict=True)


def test_the_folder_above_serves_too(root: Path) -> None:
    assert names(root.parent, "all") == names(root, "all")


def test_wide_types_and_fortran_order_are_read(root: Path) -> None:
    arrays = tetrahedron()
    mesh = read_changed(
        root, vertices=np.asfortranarray(arrays["vertices"].astype(float)), faces=arrays["faces"].astype(int)
    )
    assert isinstance(mesh, Mesh)
    for name, expected in arrays.items():
        np.testing.assert_array_equal(getattr(mesh, name), expected, strict=True)


def test_what_systems_leave_behind_is_passed_over(root: Path) -> None:
    for name in (".DS_Store", "._Cup_8.npz", "Thumbs.db"):
        (root / "meshes" / name).write_bytes(b"x")
    assert len(names(root, "all")) == 9


@pytest.mark.parametrize("split", ["", "nope", "fold5", "train5", "fold", "../val", "x" * 5000])
def test_an_unknown_split(root: Path, split: str) -> None:
    with pytest.raises(InvalidInput, match=r"no split .* choose one of all, fold0, .*, train4, val"):
        shape_datasets["psb"].open(root, split)


BAD = {
    "a face past the vertices": ({"faces": np.full((4, 3), 4)}, r"has 4 in faces, but there are 4 vertices"),
    "a negative face": ({"faces": np.full((4, 3), -1)}, r"has -1 in faces"),
    "a label past the parts": ({"face_labels": np.full(4, 2)}, r"has 2 in face_labels, but there are 2 parts"),
    "labels of other faces": ({"face_labels": np.zeros(3, int)}, r"got \(4, 3\), \(4, 3\) and \(3,\)"),
    "flat vertices": ({"vertices": np.zeros((4, 2))}, r"must have vertices \(V, 3\)"),
    "no faces": ({"faces": np.zeros((0, 3), int), "face_labels": np.zeros(0, int)}, r"must have vertices"),
    "vertices not finite": ({"vertices": np.full((4, 3), np.nan)}, "not finite"),
    "vertices beyond float32": ({"vertices": np.full((4, 3), 1e300)}, "not finite"),
    "whole vertices": ({"vertices": np.zeros((4, 3), int)}, "vertices of type float"),
    "broken labels": ({"face_labels": np.zeros(4)}, "face_labels of type integer"),
    "text": ({"face_labels": np.array(list("abcd"))}, "face_labels of type integer"),
}


@pytest.mark.parametrize(("changed", "message"), BAD.values(), ids=BAD.keys())
def test_bad_arrays(root: Path, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=rf"Cup_8\.npz .*{message}"):
        read_changed(root, **changed)


class Trap:
    """Unpickling it would raise."""

    def __reduce__(self) -> Any:
        return (pytest.fail, ("it was unpickled",))


def test_objects_are_refused_and_never_unpickled(root: Path) -> None:
    labels = np.array([Trap()] * 4, dtype=object)
    assert pickle.dumps(labels)
    with pytest.raises(
        InvalidInput, match=r"array face_labels of .* does not hold plain numbers .nothing is unpickled."
    ):
        read_changed(root, face_labels=labels)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_an_unreadable_file(root: Path, content: bytes) -> None:
    (root / "meshes" / "Cup_8.npz").write_bytes(content)
    dataset = shape_datasets["psb"].open(root, "val")
    with pytest.raises(InvalidInput, match=r"Cup_8\.npz is (not an NPZ file|damaged or cut off)"):
        dataset.read(dataset.items()[0])


def test_any_cut_short_file_is_refused_in_a_sentence(root: Path) -> None:
    path = root / "meshes" / "Cup_8.npz"
    dataset, whole = shape_datasets["psb"].open(root, "val"), path.read_bytes()
    for length in range(0, len(whole), 37):
        path.write_bytes(whole[:length])
        with pytest.raises(InvalidInput, match=r"Cup_8\.npz"):
            dataset.read(dataset.items()[0])


def test_damaged_bytes_never_escape_as_another_error(root: Path) -> None:
    path = root / "meshes" / "Cup_8.npz"
    dataset, whole = shape_datasets["psb"].open(root, "val"), path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for place in rng.integers(0, len(whole), 150):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ int(rng.integers(1, 256))]) + whole[place + 1 :])
        try:
            dataset.read(dataset.items()[0])
        except InvalidInput:
            refused += 1
    assert refused > 75  # some bytes, such as dates, mean nothing


def test_a_missing_array_and_a_missing_file(root: Path) -> None:
    np.savez(root / "meshes" / "Cup_8.npz", vertices=np.zeros((3, 3)))
    dataset = shape_datasets["psb"].open(root, "val")
    with pytest.raises(InvalidInput, match=r"Cup_8\.npz lacks an array"):
        dataset.read(dataset.items()[0])
    (root / "meshes" / "Cup_8.npz").unlink()
    with pytest.raises(InvalidInput, match="No such file"):
        dataset.read(dataset.items()[0])


@pytest.mark.parametrize("name", ["Sofa_1.npz", "Cup.npz", "_.npz"])
def test_a_shape_of_no_category(root: Path, name: str) -> None:
    (root / "meshes" / name).write_bytes(b"x")
    with pytest.raises(InvalidInput, match=rf"{name} is of no category that parts\.json names"):
        shape_datasets["psb"].open(root, "all")


@pytest.mark.parametrize(
    "parts",
    ["no json", [], {}, {"Cup": []}, {"Cup": ["a", "a"]}, {"Cup": ["a", 1]}, {"Cup": "ab"}, {"Cup": ["a", " "]}],
)
def test_a_bad_list_of_parts(root: Path, parts: Any) -> None:
    (root / "parts.json").write_text(parts if isinstance(parts, str) else json.dumps(parts))
    with pytest.raises(InvalidInput, match=r"parts\.json"):
        shape_datasets["psb"].open(root, "all")


def test_folders_that_are_not_laid_out_so(root: Path, tmp_path: Path) -> None:
    for wrong in (tmp_path / "missing", tmp_path / ("x" * 5000), root / "parts.json"):
        with pytest.raises(InvalidInput, match="no folder"):
            shape_datasets["psb"].open(wrong, "all")
    for path in (root / "meshes").iterdir():
        path.unlink()
    with pytest.raises(InvalidInput, match="no shapes of split all"):
        shape_datasets["psb"].open(root, "all")
    (root / "parts.json").unlink()
    with pytest.raises(InvalidInput, match=r"parts\.json cannot be read"):
        shape_datasets["psb"].open(root, "all")


def test_the_registry() -> None:
    assert set(shape_datasets) == {"psb", "shapenet-part"}
    assert all(source.title and source.layout for source in shape_datasets.values())
    with pytest.raises(UnknownName, match="unknown shape dataset 'nope'; known: psb, shapenet-part"):
        shape_datasets["nope"].open(Path(), "val")


def test_the_real_one(shared_data: Path) -> None:
    if not (shared_data / "psb" / "meshes").is_dir():
        pytest.skip("no ../shared/data/psb beside the checkout: this test needs the real benchmark")
    everything = shape_datasets["psb"].open(shared_data / "psb", "all")
    assert (len(everything.items()), len(everything.categories)) == (323, 19)
    assert sum(len(shape_datasets["psb"].open(shared_data / "psb", f"fold{fold}").items()) for fold in range(5)) == 323
    for item in everything.items()[::40]:
        mesh = everything.read(item)
        assert isinstance(mesh, Mesh)
        assert len(mesh.faces) == len(mesh.face_labels) > 1000
