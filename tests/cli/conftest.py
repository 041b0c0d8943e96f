"""A picture on disk, for commands that read one."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def picture(tmp_path: Path, street_png: bytes) -> Path:
    path = tmp_path / "street.png"
    path.write_bytes(street_png)
    return path
