"""Working clouds taken as they are: what was attacked or turned, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs.clouds import cloud_from_arrays, moved_cloud, working_cloud
from tests.material.cloud_files import BALL, sphere


@pytest.mark.parametrize("normals", [None, sphere(len(BALL))])
def test_a_moved_cloud_comes_back_from_its_values(normals: np.ndarray | None) -> None:
    cloud = cloud_from_arrays(BALL, normals)
    moved = moved_cloud(cloud, cloud.points + np.float32(0.25))
    again = working_cloud(moved.values)
    np.testing.assert_array_equal(again.points, moved.points, strict=True)  # neither centred nor scaled
    assert (again.normals is None) == (normals is None)
    np.testing.assert_array_equal(again.values, moved.values, strict=True)
    assert again.sha256 == again.source_sha256 == moved.sha256 == moved.source_sha256 != cloud.sha256
    assert again.source_size == moved.source_size == (len(BALL), 0)
    assert not again.points.flags.writeable


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.zeros((20, 3), np.float16), r"float32 or float64 \(P, 3\) or \(P, 6\), got float16"),
        (np.zeros((20, 4), np.float32), r"got float32 \(20, 4\)"),
        (np.zeros(20, np.float32), r"got float32 \(20,\)"),
        (np.zeros((15, 3), np.float32), "has 16 to 16,384 points, all finite"),
        (np.zeros((16_385, 3), np.float32), "has 16 to 16,384 points, all finite"),
        (np.full((20, 6), np.nan, np.float32), "all finite"),
    ],
)
def test_what_is_no_working_cloud(values: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        working_cloud(values)
