"""Files of earlier code: certificates whose noise was not sound are refused, pools of points are gone on with."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.certification import Certificate
from engine.core import InvalidInput
from engine.training.shape_pools import find_sources, load_pools
from tests.material.tiny_parts import KNOWN, SPEC, tiny

CHANGED_AT = 1_700_000_000  # as the pools say of their shapes; Git does not keep it
FOLDER = Path(__file__).resolve().parents[2] / "material" / "earlier"


def test_a_certificate_of_float32_noise_is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match=r"noise drawn in float32, .*: certify again$"):
        Certificate.load(FOLDER / "format2.npz")


def test_pools_of_points_are_read(tmp_path: Path) -> None:
    plan = tiny(
        spec=replace(SPEC, parts=2, categories=1), categories={"Cup": KNOWN["Cup"]},
        points=16, pool=32, own_count=1, split="all",
    )  # fmt: skip
    shutil.copytree(FOLDER / "psb", tmp_path / "psb")
    for path in tmp_path.glob("psb/**/*"):
        os.utime(path, (CHANGED_AT, CHANGED_AT))
    sources = find_sources(plan, tmp_path / "psb")
    pools = load_pools(plan, sources, FOLDER / "pools.npz", lambda said: pytest.fail(said))
    assert pools.points.shape == (4, 32, 3)
    fresh = load_pools(plan, sources, tmp_path / "fresh.npz", lambda _: None)
    np.testing.assert_allclose(pools.points, fresh.points, atol=1e-5)
    np.testing.assert_array_equal(pools.labels, fresh.labels)
