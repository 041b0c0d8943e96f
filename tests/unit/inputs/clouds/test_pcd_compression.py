"""LZF, the compression inside PCD files: blocks by hand, and files as another program writes them."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.inputs.clouds import read_shape
from engine.inputs.clouds.formats._lzf import unpack
from tests.material.cloud_files import in_file, octants, sphere


def test_compressed_pcd_as_open3d_writes_it(open3d: ModuleType, tmp_path: Path) -> None:
    """In doubles and with repetitions, which this project's own test writer does not make."""
    points = np.repeat(np.round(sphere(400), 2), 2, axis=0).astype(np.float64)
    written = open3d.t.geometry.PointCloud(points)
    written.point["label"] = octants(points).reshape(-1, 1)
    path = tmp_path / "cloud.pcd"
    assert open3d.t.io.write_point_cloud(str(path), written, compressed=True)
    assert path.stat().st_size < points.nbytes / 2
    cloud = read_shape(path, points=1000)
    assert np.allclose(in_file(cloud), points, atol=2e-7)
    assert (cloud.labels == octants(points)).all()


@pytest.mark.parametrize(
    ("block", "content"),
    [
        (b"\x02abc", b"abc"),
        (b"\x02abc\x20\x02", b"abcabc"),  # 3 bytes from 3 back
        (b"\x00a\x80\x00", b"aaaaaaa"),  # 6 bytes from 1 back: overlapping
        (b"\x01ab\xe0\x05\x01", b"ab" * 8),  # the longest short run and 5: 14 bytes from 2 back
        (b"\x1f" + bytes(range(32)) + b"\x20\x1f", bytes(range(32)) + b"\x00\x01\x02"),
    ],
)
def test_lzf_by_hand(block: bytes, content: bytes) -> None:
    """Blocks composed from the format's description: runs of bytes, and references back."""
    assert unpack(block, len(content), "PCD") == content
    for size in (len(content) - 1, len(content) + 1):
        with pytest.raises(InvalidInput, match="cannot be unpacked"):
            unpack(block, size, "PCD")


@pytest.mark.parametrize("block", [b"\x02ab", b"\x00a\x20\x01", b"\x00a\x20", b"\x00a\xe0\x05", b"\x20\x00"])
def test_lzf_that_leaves_its_block_is_refused(block: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be unpacked"):
        unpack(block, 4, "PCD")
