"""Every format gives back the shape that was written in it, whole or reduced, the same for the same seed."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs.clouds import Cloud, cloud_from_arrays, cloud_suffixes, decode_cloud, farthest_points
from engine.inputs.clouds.formats import formats
from engine.inputs.images import array_sha256
from tests.material.cloud_files import (
    BALL,
    CLOUD_FILES,
    CUBE,
    CUBE_QUADS,
    CUBE_TRIANGLES,
    MESH_FILES,
    ascii_stl,
    binary_stl,
    in_file,
    npy,
    npz,
    obj,
    octants,
    off,
    ply,
    rows,
    sphere,
)


def check_working(cloud: Cloud) -> None:
    """What holds for every working cloud (METHOD, section 6)."""
    assert cloud.points.dtype == np.float32
    assert not cloud.points.flags.writeable
    assert np.abs(cloud.points.mean(axis=0)).max() < 1e-5
    assert np.linalg.norm(cloud.points, axis=1).max() == pytest.approx(1.0, abs=1e-6)
    assert cloud.values.shape == (cloud.components, 3 if cloud.normals is None else 6)
    assert cloud.values.flags.c_contiguous
    assert cloud.values.dtype == np.float32
    assert cloud.sha256 == array_sha256(cloud.values)
    if cloud.normals is not None:
        assert cloud.normals.dtype == np.float32
        assert not cloud.normals.flags.writeable
        assert np.allclose(np.linalg.norm(cloud.normals, axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("name", CLOUD_FILES)
def test_clouds_come_back_from_every_format(name: str) -> None:
    """The points, in order, are the ball that the test wrote; its normals are the points, its labels the octants."""
    suffix, make = CLOUD_FILES[name]
    data = make()
    cloud = decode_cloud(data, suffix=suffix, points=64)
    check_working(cloud)
    assert np.allclose(in_file(cloud), BALL, atol=2e-7)
    assert cloud.source_sha256 == hashlib.sha256(data).hexdigest()
    assert cloud.normals is not None
    along = np.einsum("pi,pi->p", cloud.normals, BALL)
    assert along.min() > (0.99 if suffix in (".xyz", ".pts") else 0.999999)  # estimated where the file has none
    if suffix in (".ply", ".pcd", ".npz", ".txt"):
        assert (cloud.labels == octants(BALL)).all()
    else:
        assert cloud.labels is None


@pytest.mark.parametrize("name", MESH_FILES)
def test_meshes_are_sampled_from_every_format(name: str) -> None:
    """A cube: every point lies on one face, and its normal is that face's, pointing outward."""
    suffix, make = MESH_FILES[name]
    cloud = decode_cloud(make(), suffix=suffix, points=600, seed=1)
    check_working(cloud)
    assert cloud.components == 600
    assert cloud.normals is not None
    places = in_file(cloud)
    axes = np.abs(cloud.normals).argmax(axis=1)
    signs = np.take_along_axis(cloud.normals, axes[:, None], axis=1)[:, 0]
    assert np.allclose(np.abs(signs), 1.0, atol=1e-6)
    assert np.allclose(np.take_along_axis(places, axes[:, None], axis=1)[:, 0], signs > 0, atol=1e-6)
    counts = np.bincount(axes * 2 + (signs > 0), minlength=6)
    assert counts.min() > 55  # each of six Binomial(600, 1/6): below 56 with chance 6 * 2.6e-7
    assert counts.max() < 150


@pytest.mark.parametrize("order", ["", "<", ">"])
def test_labels_of_faces_reach_their_points(order: str) -> None:
    """Six quads with labels 10 to 15: a point's label is that of the face its normal is of."""
    labels = np.arange(10, 16, dtype=np.uint8)
    data = ply(CUBE, faces=CUBE_QUADS, face_labels=labels, order=order)
    cloud = decode_cloud(data, suffix=".ply", points=300)
    assert cloud.labels is not None
    assert cloud.normals is not None
    corners = CUBE[np.array(CUBE_QUADS)]
    outward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert (labels[(cloud.normals @ outward.T).argmax(axis=1)] == cloud.labels).all()


@pytest.mark.parametrize("order", ["", "<", ">"])
def test_labels_of_corners_reach_their_faces(order: str) -> None:
    """Where two corners of a triangle agree it has their label, else the middle one; a face's own label comes first."""
    labels = np.array([3, 3, 3, 8, 8, 8, 5, 1], dtype=np.uint8)
    data = ply(CUBE, labels=labels, faces=CUBE_TRIANGLES, order=order)
    cloud = decode_cloud(data, suffix=".ply", points=400)
    triangles = np.array(CUBE_TRIANGLES)
    expected = np.array([np.sort(labels[corners])[1] for corners in triangles])
    assert set(expected) == {3, 5, 8}
    edges = np.stack((CUBE[triangles[:, 1]], CUBE[triangles[:, 2]]), axis=1) - CUBE[triangles[:, :1]]
    assert cloud.normals is not None
    assert cloud.labels is not None
    for point, normal, label in zip(in_file(cloud), cloud.normals, cloud.labels, strict=True):
        fits = []
        for number, (along, across) in enumerate(edges):
            if np.cross(along, across) @ normal < 0.9:
                continue
            place, *_ = np.linalg.lstsq(np.stack((along, across), axis=1), point - CUBE[triangles[number, 0]])
            if place.min() > -1e-5 and place.sum() < 1.0 + 1e-5:
                fits.append(expected[number])
        assert label in fits
    own = ply(CUBE, labels=labels, faces=CUBE_QUADS, face_labels=np.arange(6, dtype=np.uint8), order=order)
    assert set(decode_cloud(own, suffix=".ply", points=400).labels) == set(range(6))


def test_meshes_come_in_npz_files_too() -> None:
    """As in the benchmark's own files; the labels of faces are those of their points."""
    mesh = {"vertices": CUBE, "faces": np.array(CUBE_TRIANGLES, dtype=np.int32)}
    sides = np.repeat(np.arange(6, dtype=np.uint8), 2)
    cloud = decode_cloud(npz(**mesh, face_labels=sides), suffix=".npz", points=300)
    same = decode_cloud(ply(CUBE, faces=CUBE_TRIANGLES, face_labels=sides), suffix=".ply", points=300)
    assert np.array_equal(cloud.values, same.values)
    assert np.array_equal(cloud.labels, same.labels)
    assert decode_cloud(npz(**mesh), suffix=".npz", points=300).labels is None
    both = decode_cloud(npz(points=BALL, **mesh), suffix=".npz", points=300)
    assert both.components == len(BALL)


def test_the_same_seed_gives_the_same_cloud_and_another_another() -> None:
    for data, suffix in ((obj(CUBE, faces=CUBE_QUADS), ".obj"), (npy(sphere(500)), ".npy")):
        first, again, other = (decode_cloud(data, suffix=suffix, points=64, seed=seed) for seed in (3, 3, 4))
        assert first.sha256 == again.sha256
        assert first.sha256 != other.sha256


def test_larger_clouds_are_reduced_by_farthest_points_and_keep_their_order() -> None:
    points = sphere(1000)
    cloud = decode_cloud(npz(points=points, labels=octants(points)), suffix=".npz", points=100, seed=2)
    check_working(cloud)
    keep = np.sort(farthest_points(points.astype(np.float64), 100, 2))
    assert np.allclose(in_file(cloud), points[keep], atol=1e-6)
    assert (cloud.labels == octants(points)[keep]).all()


def test_clouds_of_more_than_100000_points_are_reduced_too() -> None:
    points = sphere(120_000)
    cloud = decode_cloud(npy(points), suffix=".npy", points=64, seed=2)
    check_working(cloud)
    assert cloud.components == 64
    gaps = np.linalg.norm(in_file(cloud)[:, None] - in_file(cloud)[None], axis=2) + 9.0 * np.eye(64)
    assert gaps.min() > 0.2  # spread out: 64 points chosen uniformly have a pair within 0.07 of each other on average
    assert cloud.normals is not None
    assert np.einsum("pi,pi->p", cloud.normals, in_file(cloud)).min() > 0.999


def test_smaller_clouds_keep_their_points_and_repeat_none() -> None:
    cloud = decode_cloud(npy(BALL), suffix=".npy", points=2048)
    assert cloud.components == 60
    assert len(np.unique(cloud.points, axis=0)) == 60


def test_shapes_far_from_the_origin_keep_their_form() -> None:
    """A ball and a cube of 1 m at coordinates of a map (5,000 km): float32 alone would leave steps of half a metre."""
    away = np.array([5e6, 4e5, 100.0])
    far = decode_cloud(rows(BALL + away), suffix=".xyz", points=64)
    near = decode_cloud(rows(BALL), suffix=".xyz", points=64)
    assert np.allclose(far.points, near.points, atol=1e-6)
    assert np.allclose(np.array(far.center) - away, near.center, atol=1e-6)
    mesh = obj(CUBE + away, faces=CUBE_QUADS)  # float64 texts
    assert np.allclose(decode_cloud(mesh, suffix=".obj", points=64).points, sampled_cube().points, atol=1e-5)


def sampled_cube() -> Cloud:
    return decode_cloud(obj(CUBE, faces=CUBE_QUADS), suffix=".obj", points=64)


def test_a_nearly_flat_cloud_is_a_shape() -> None:
    """A grid about the plane z = 2, off it by a ten-thousandth: its normals are along z."""
    off = 2.0 + 7e-4 * (np.indices((8, 8)).sum(axis=0) % 2)
    grid = np.stack([*np.meshgrid(np.arange(8.0), np.arange(8.0)), off], axis=-1).reshape(-1, 3)
    cloud = decode_cloud(npy(grid), suffix=".npy", points=64)
    check_working(cloud)
    assert cloud.normals is not None
    assert np.allclose(np.abs(cloud.normals), [0.0, 0.0, 1.0], atol=1e-3)


def test_points_that_coincide_are_kept() -> None:
    cloud = decode_cloud(npy(np.repeat(BALL, 20, axis=0)), suffix=".npy", points=100)
    check_working(cloud)
    assert cloud.components == 100


def test_normals_of_length_zero_are_estimated_instead() -> None:
    normals = BALL.copy()
    normals[5] = 0.0
    for data in (ply(BALL, normals=normals, order="<"), ply(BALL, normals=normals + np.float32(np.inf), order="<")):
        cloud = decode_cloud(data, suffix=".ply", points=64)
        assert cloud.normals is not None
        assert cloud.estimated
        assert np.einsum("pi,pi->p", cloud.normals, BALL).min() > 0.99
        assert np.abs(cloud.normals - BALL).max() > 1e-4
    assert decode_cloud(npz(points=BALL), suffix=".npz", points=64).estimated
    assert not decode_cloud(ply(BALL, normals=BALL, order="<"), suffix=".ply", points=64).estimated
    assert not sampled_cube().estimated


def test_labels_that_are_no_classes_are_left_out() -> None:
    assert decode_cloud(npz(points=BALL, labels=np.arange(60) * 10), suffix=".npz", points=64).labels is None
    assert decode_cloud(npz(points=BALL, labels=np.arange(60) / 2), suffix=".npz", points=64).labels is None


@pytest.mark.parametrize(
    "text",
    [
        rows(BALL).replace(b"\n", b"\r\n"),
        rows(BALL).replace(b"\n", b"\r"),
        b"\xef\xbb\xbf" + rows(BALL),
        b"# x y z\n\n" + rows(BALL).replace(b"\n", b"\n\n"),
        b"//X Y Z\n" + rows(BALL),
        b"x y z\n" + rows(BALL).replace(b" ", b"\t"),
        rows(BALL, np.arange(60)),  # an intensity
        rows(BALL, np.tile([[10, 20, 30]], (60, 1))),  # a colour
    ],
)
def test_text_is_read_as_people_write_it(text: bytes) -> None:
    assert np.allclose(in_file(decode_cloud(text, suffix=".xyz", points=64)), BALL, atol=2e-7)


def test_faces_are_read_as_people_write_them() -> None:
    plain = sampled_cube()
    vertices = obj(CUBE)
    corners = [[str(corner + 1) for corner in face] for face in CUBE_QUADS]
    for pattern in ("{}", "{}/1", "{}//3", "{}/1/3"):
        faces = "".join("f " + " ".join(pattern.format(corner) for corner in face) + "\n" for face in corners)
        assert decode_cloud(vertices + faces.encode(), suffix="OBJ", points=64).sha256 == plain.sha256
    backwards = "".join("f " + " ".join(str(corner - 8) for corner in face) + "\n" for face in CUBE_QUADS)
    assert decode_cloud(vertices + backwards.encode(), suffix=".Obj", points=64).sha256 == plain.sha256
    coloured = vertices.replace(b"\n", b" 0.5 0.5 0.5\n", 6)  # some vertices have a colour, others none
    faces = "".join("f " + " ".join(face) + "\n" for face in corners)
    assert coloured != vertices
    assert decode_cloud(coloured + faces.encode(), suffix=".obj", points=64).sha256 == plain.sha256
    with pytest.raises(InvalidInput, match="a v or vn line does not have 3 numbers"):
        decode_cloud(vertices + b"v 1 2\n" + faces.encode(), suffix=".obj", points=64)
    glued = off(CUBE, faces=CUBE_QUADS).replace(b"OFF\n# made by a test\n", b"OFF")
    assert decode_cloud(glued, suffix=".off", points=64).sha256 == plain.sha256
    solid = b"solid" + binary_stl(CUBE, CUBE_TRIANGLES)[5:]
    assert decode_cloud(solid, suffix=".stl", points=64).sha256 == plain.sha256
    loud = ascii_stl(CUBE, CUBE_TRIANGLES).upper()
    assert decode_cloud(loud, suffix=".stl", points=64).sha256 == plain.sha256


def test_clouds_from_arrays_keep_what_they_are_given() -> None:
    cloud = cloud_from_arrays(BALL * 3.0 + 1.0, BALL * 5.0, octants(BALL))
    check_working(cloud)
    assert np.allclose(in_file(cloud), BALL * 3.0 + 1.0, atol=1e-6)
    assert cloud.normals is not None
    assert np.allclose(cloud.normals, BALL, atol=1e-6)
    bare = cloud_from_arrays(BALL.tolist())
    check_working(bare)
    assert bare.normals is None
    assert bare.labels is None
    assert bare.source_sha256 == bare.sha256 != cloud.sha256


def test_suffixes_are_of_one_format_each() -> None:
    suffixes = cloud_suffixes()
    assert len(set(suffixes)) == len(suffixes)
    assert {".ply", ".pcd", ".obj", ".off", ".stl", ".xyz", ".pts", ".npz", ".npy"} <= set(suffixes)
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
    magics = [magic for entry in formats.values() for magic in entry.magics]
    assert not [magic for magic in magics for other in magics if magic is not other and other.startswith(magic)]
