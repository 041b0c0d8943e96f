"""Bytes of 3D files -> validated working clouds."""

from engine.inputs.clouds.decode import MAX_CLOUD_BYTES, cloud_suffixes, decode_cloud, read_shape
from engine.inputs.clouds.normals import estimated_normals, unit_normals
from engine.inputs.clouds.sampling import farthest_points, sample_mesh
from engine.inputs.clouds.types import Cloud, Mesh
from engine.inputs.clouds.working import (
    POINTS,
    changed_cloud,
    cloud_from_arrays,
    moved_cloud,
    turned_cloud,
    working_cloud,
)

__all__ = [
    "MAX_CLOUD_BYTES",
    "POINTS",
    "Cloud",
    "Mesh",
    "changed_cloud",
    "cloud_from_arrays",
    "cloud_suffixes",
    "decode_cloud",
    "estimated_normals",
    "farthest_points",
    "moved_cloud",
    "read_shape",
    "sample_mesh",
    "turned_cloud",
    "unit_normals",
    "working_cloud",
]
