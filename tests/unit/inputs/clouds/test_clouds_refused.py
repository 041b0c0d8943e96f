"""What is not usable as a cloud is refused in one sentence, at the limits that are said, before it is parsed."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from engine.core import InvalidInput, InvalidSetting
from engine.inputs.clouds import MAX_CLOUD_BYTES, POINTS, Mesh, cloud_from_arrays, decode_cloud, read_shape
from engine.inputs.clouds.working import MAX_POINTS
from tests.material.bad_clouds import BAD_CLOUDS, BadCloud
from tests.material.cloud_files import BALL, CUBE, CUBE_TRIANGLES, npy, ply, rows


@pytest.mark.parametrize("bad", BAD_CLOUDS, ids=lambda bad: bad.name)
def test_bad_files_are_refused_in_one_sentence(bad: BadCloud) -> None:
    with pytest.raises(InvalidInput) as caught:
        decode_cloud(bad.make(), suffix=bad.suffix, points=64)
    message = str(caught.value)
    assert bad.words.lower() in message.lower()
    assert "\n" not in message
    assert len(message) < 250


DECLARED = [bad for bad in BAD_CLOUDS if "50 million" in bad.name or "bomb" in bad.name]


@pytest.mark.parametrize("bad", DECLARED, ids=lambda bad: bad.name)
def test_declared_sizes_are_refused_before_memory_is_taken(bad: BadCloud) -> None:
    """50 million points would need 600 MB; the refusal takes less than 4 MB beside the file."""
    data = bad.make()
    tracemalloc.start()
    with pytest.raises(InvalidInput):
        decode_cloud(data, suffix=bad.suffix, points=64)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20


def test_a_large_file_is_refused_by_its_size_unread(tmp_path: Path) -> None:
    """50 million points of 12 bytes, as a file with a hole: nothing of it is stored or read."""
    path = tmp_path / "large.ply"
    with path.open("wb") as file:
        file.write(b"ply\n")
        file.truncate(600_000_000)
    tracemalloc.start()
    with pytest.raises(InvalidInput, match="at most 50 MB"):
        read_shape(path, points=64)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_shape(tmp_path / "none.ply", points=64)


def test_limits_are_where_they_are_said_to_be() -> None:
    most = ply(BALL).replace(b"vertex 60", b"vertex %d" % MAX_POINTS)
    with pytest.raises(InvalidInput, match="cut off"):  # within the limit: refused for its missing data only
        decode_cloud(most, suffix=".ply", points=64)
    with pytest.raises(InvalidInput, match="2,000,001 points"):
        decode_cloud(ply(BALL).replace(b"vertex 60", b"vertex 2000001"), suffix=".ply", points=64)
    with pytest.raises(InvalidInput, match="2,000,001 triangles"):
        decode_cloud(ply(CUBE, faces=CUBE_TRIANGLES).replace(b"face 12", b"face 2000001"), suffix=".ply", points=64)
    padded = rows(BALL) + b"\n" * 1000
    assert decode_cloud(padded, suffix=".xyz", points=64).components == 60
    assert decode_cloud(npy(BALL[:16]), suffix=".npy", points=64).components == 16
    with pytest.raises(InvalidInput, match="MB can be read"):
        decode_cloud(padded + bytes(MAX_CLOUD_BYTES), suffix=".xyz", points=64)


def test_a_polygon_may_not_stand_for_too_many_triangles() -> None:
    """Few polygons with many corners each: counted as triangles before these are made."""
    corners = b" ".join([b"1"] * 1500)
    many = b"v 0 0 0\n" + b"\n".join([b"f " + corners] * 1400)
    with pytest.raises(InvalidInput, match="triangles; at most"):
        decode_cloud(many, suffix=".obj", points=64)


@pytest.mark.parametrize("points", [0, 15, -1, 20.0, True, "64", int(POINTS.high) + 1, None])
def test_numbers_of_points_out_of_range(points: object) -> None:
    with pytest.raises(InvalidSetting, match="points must be a whole number in"):
        decode_cloud(npy(BALL), suffix=".npy", points=points)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.5, 2**53])
def test_seeds_out_of_range(seed: object) -> None:
    with pytest.raises(InvalidSetting, match="seed must be a whole number in"):
        decode_cloud(npy(BALL), suffix=".npy", points=64, seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("points", "normals", "labels", "words"),
    [
        (BALL[:, :2], None, None, "must be \\(P, 3\\)"),
        (BALL, BALL[:-1], None, "need normals"),
        (BALL, BALL * 0.0, None, "no length"),
        (BALL, BALL * np.nan, None, "not finite"),
        (BALL, None, np.zeros(59, np.uint8), "need labels"),
        (BALL, None, np.full(60, 256), "in \\[0, 255\\]"),
        (BALL, None, np.zeros(60), "whole numbers"),
        (BALL * 1e-40, None, None, "same place"),
    ],
)
def test_bad_arrays(points: np.ndarray, normals: object, labels: object, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        cloud_from_arrays(points, normals, labels)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vertices", "faces", "labels", "words"),
    [
        (CUBE, np.zeros((0, 3), np.int32), None, "faces of a mesh"),
        (CUBE[:, :2], np.zeros((1, 3), np.int32), None, "vertices of a mesh"),
        (CUBE + np.float32(np.inf), np.zeros((1, 3), np.int32), None, "infinite"),
        (CUBE, np.array([[0, 1, 8]], np.int32), None, "uses vertex 8"),
        (CUBE, np.array([[0, 1, -2]], np.int32), None, "uses vertex -2"),
        (CUBE, np.array([[0, 1, 2]], np.int32), np.zeros(2, np.uint8), "labels of shape"),
    ],
)
def test_bad_meshes(vertices: np.ndarray, faces: np.ndarray, labels: np.ndarray | None, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        Mesh(vertices=vertices, faces=faces, face_labels=labels)
