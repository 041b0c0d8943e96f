"""Whatever the bytes are: a valid cloud or one sentence, never anything else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import InvalidInput
from engine.inputs.clouds import cloud_suffixes, decode_cloud
from tests.material.cloud_files import CLOUD_FILES, MESH_FILES

FILES = [(suffix, make()) for suffix, make in (*CLOUD_FILES.values(), *MESH_FILES.values())]
NUMBERS = (
    b"-1",
    b"0",
    b"99999999999999999999",
    b"4294967295",
    b"nan",
    b"1e400",
    b"1_0",
    b"\xff\xff\xff\xff",
    b"\n",
    b"",
)


def check(data: bytes, suffix: str) -> None:
    try:
        cloud = decode_cloud(data, suffix=suffix, points=32)
    except InvalidInput as error:
        sentence = str(error)
    else:
        sentence = "read"
        assert 16 <= cloud.components <= 32
        assert np.isfinite(cloud.values).all()
        assert np.linalg.norm(cloud.points, axis=1).max() == pytest.approx(1.0, abs=1e-6)
    assert 0 < len(sentence) < 250
    assert "\n" not in sentence


@given(data=st.binary(max_size=300), suffix=st.sampled_from(cloud_suffixes()), file=st.sampled_from(FILES))
def test_random_bytes(data: bytes, suffix: str, file: tuple[str, bytes]) -> None:
    check(data, suffix)
    check(file[1][: len(file[1]) // 3] + data, file[0])


@given(file=st.sampled_from(FILES), share=st.floats(0, 1))
def test_truncated_files(file: tuple[str, bytes], share: float) -> None:
    suffix, data = file
    check(data[: int(share * len(data))], suffix)


@given(
    file=st.sampled_from(FILES),
    edits=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
    header=st.booleans(),
)
def test_changed_bytes(file: tuple[str, bytes], edits: list[tuple[float, int]], header: bool) -> None:
    suffix, data = file
    changed = bytearray(data)
    reach = min(len(data), 300) if header else len(data)
    for share, value in edits:
        changed[int(share * (reach - 1))] = value
    check(bytes(changed), suffix)


@given(
    file=st.sampled_from(FILES),
    share=st.floats(0, 1),
    number=st.sampled_from(NUMBERS),
    length=st.integers(0, 6),
    header=st.booleans(),
)
def test_replaced_numbers(file: tuple[str, bytes], share: float, number: bytes, length: int, header: bool) -> None:
    suffix, data = file
    start = int(share * (min(len(data), 300) if header else len(data)))
    check(data[:start] + number + data[start + length :], suffix)


@given(file=st.sampled_from(FILES), suffix=st.sampled_from(cloud_suffixes()))
def test_files_under_other_names(file: tuple[str, bytes], suffix: str) -> None:
    check(file[1], suffix)
