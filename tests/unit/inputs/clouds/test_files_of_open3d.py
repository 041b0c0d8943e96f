"""Files as another program writes them: open3d's clouds and meshes, in every format that it knows, read by ours."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.inputs.clouds.formats import Geometry, formats
from tests.material.cloud_files import CUBE, CUBE_TRIANGLES, sphere

POINTS = np.round(sphere(300).astype(np.float64), 6)


def geometry_of(path: Path) -> Geometry:
    (entry,) = [entry for entry in formats.values() if path.suffix in entry.suffixes]
    return entry.read(path.read_bytes())


@pytest.mark.parametrize("suffix", [".ply", ".pcd", ".xyz", ".pts"])
@pytest.mark.parametrize(("text", "compressed"), [(True, False), (False, False), (False, True)])
def test_clouds(open3d: ModuleType, tmp_path: Path, suffix: str, text: bool, compressed: bool) -> None:
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(POINTS))
    cloud.normals = open3d.utility.Vector3dVector(POINTS)
    path = tmp_path / f"cloud{suffix}"
    assert open3d.io.write_point_cloud(str(path), cloud, write_ascii=text, compressed=compressed)
    found = geometry_of(path)
    np.testing.assert_allclose(found.points, POINTS, atol=1e-6)
    if suffix in (".ply", ".pcd"):
        assert found.normals is not None
        np.testing.assert_allclose(found.normals, POINTS, atol=1e-6)


@pytest.mark.parametrize(
    ("suffix", "text"), [(".ply", True), (".ply", False), (".obj", True), (".off", True), (".stl", False)]
)
def test_meshes(open3d: ModuleType, tmp_path: Path, suffix: str, text: bool) -> None:
    vertices, triangles = np.array(CUBE, dtype=np.float64), np.array(CUBE_TRIANGLES)
    mesh = open3d.geometry.TriangleMesh(
        open3d.utility.Vector3dVector(vertices), open3d.utility.Vector3iVector(triangles)
    )
    mesh.compute_vertex_normals()
    mesh.compute_triangle_normals()
    path = tmp_path / f"mesh{suffix}"
    assert open3d.io.write_triangle_mesh(str(path), mesh, write_ascii=text)
    found = geometry_of(path)
    assert found.faces is not None
    np.testing.assert_allclose(found.points[found.faces], vertices[triangles], atol=1e-6)
