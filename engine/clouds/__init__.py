"""Bytes of 3D files -> validated working clouds."""

from engine.clouds.decode import MAX_CLOUD_BYTES, cloud_suffixes, decode_cloud, read_cloud
from engine.clouds.export import labels_ply
from engine.clouds.normals import estimated_normals, unit_normals
from engine.clouds.sampling import farthest_points, sample_mesh
from engine.clouds.types import Cloud, Mesh
from engine.clouds.working import POINTS, cloud_from_arrays, moved_cloud, turned_cloud, working_cloud

__all__ = [
    "MAX_CLOUD_BYTES",
    "POINTS",
    "Cloud",
    "Mesh",
    "cloud_from_arrays",
    "cloud_suffixes",
    "decode_cloud",
    "estimated_normals",
    "farthest_points",
    "labels_ply",
    "moved_cloud",
    "read_cloud",
    "sample_mesh",
    "turned_cloud",
    "unit_normals",
    "working_cloud",
]
