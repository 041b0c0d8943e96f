"""Everything that is not a certificate is refused: broken files are made from a good one, one fault each."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.certification import Certificate
from engine.core import InvalidInput
from tests.material.pictures import npy, rebuilt


def _settings(**changes: Any):
    return lambda record: record | {"settings": record["settings"] | changes}


def _provenance(**changes: Any):
    return lambda record: record | {"provenance": record["provenance"] | changes}


def _record(**changes: Any):
    return lambda record: record | changes


def _without(part: str, name: str):
    return lambda record: record | {part: {key: value for key, value in record[part].items() if key != name}}


RECORDS = {
    "a list": lambda _: [],
    "null": lambda _: None,
    "a number": lambda _: 3,
    "no json": lambda _: "{",
    "endless nesting": lambda _: "[" * 100_000,
    "empty": lambda _: {},
    "an older format": _record(format=2),
    "a newer format": _record(format=4),
    "no settings": _record(settings=None),
    "settings as a list": _record(settings=[]),
    "setting missing": _without("settings", "tau"),
    "setting out of bounds": _settings(tau=0.4),
    "setting not finite": _settings(sigma=float("nan")),
    "setting beyond float": _settings(sigma=10**400),
    "setting of another kind": _settings(n="60"),
    "unknown correction": _settings(correction="none"),
    "correction as a list": _settings(correction=[]),
    "n below the hits": _settings(n=5),
    "provenance missing": _without("provenance", "model"),
    "provenance as a list": _record(provenance=[1]),
    "model as a list": _provenance(model=[]),
    "weights as a number": _provenance(weights_sha256=5),
    "versions as a number": _provenance(versions=5),
    "classes as a number": _provenance(classes=5),
    "other number of classes": _provenance(classes=["one"]),
    "cutoff infinite": _record(cutoff=float("inf")),
    "cutoff missing": _record(cutoff=None),
    "draws missing": _record(draws=None),
    "draws as text": _record(draws="many"),
    "fewer draws than n in fixed mode": _record(draws=59),
    "more draws than n": _record(draws=61),
    "unknown mode": _settings(mode="peek"),
    "a step-down procedure where tau is free": _settings(mode="explore"),
    "a budget without a procedure that has one": _settings(budget=3),
    "stop reason as a number": _provenance(stopped=3),
    "radius as text": _record(radius="far"),
    "radius beyond float": _record(radius=10**400),
}


def header(shape: tuple[int, ...], dtype: str = "<i4") -> bytes:
    """An .npy header that promises an array of any size, and no data."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": dtype, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


ENTRIES = {
    "hits as int64": {"hits.npy": npy(np.zeros((16, 24), dtype=np.int64))},
    "hits as float": {"hits.npy": npy(np.zeros((16, 24)))},
    "hits negative": {"hits.npy": npy(np.full((16, 24), -1, dtype=np.int32))},
    "hits above n": {"hits.npy": npy(np.full((16, 24), 61, dtype=np.int32))},
    "hits of another shape": {"hits.npy": npy(np.zeros((24, 16), dtype=np.int32))},
    "labels of three dimensions": {"labels.npy": npy(np.zeros((16, 24, 1), dtype=np.int16))},
    "votes of another shape": {"votes.npy": npy(np.zeros((16, 24), dtype=np.uint16))},
    "top as int16": {"top.npy": npy(np.zeros((16, 24), dtype=np.int16))},
    "no pixels": {
        "labels.npy": npy(np.zeros((0, 0), dtype=np.int16)),
        "top.npy": npy(np.zeros((0, 0), dtype=np.uint8)),
        "votes.npy": npy(np.zeros((2, 0, 0), dtype=np.uint16)),
        "hits.npy": npy(np.zeros((0, 0), dtype=np.int32)),
    },
    "a pickle": {"hits.npy": npy(np.array([{}], dtype=object), allow_pickle=True)},
    "not an array": {"hits.npy": b"hello"},
    "empty entry": {"hits.npy": b""},
    "a promise of terabytes": {"hits.npy": header((10**6, 10**6))},
    "a promise beyond int64": {"hits.npy": header((10**30,))},
    "a negative promise": {"hits.npy": header((-1, 5))},
}


def flagged(data: bytes, local: int, central: int, value: int) -> bytes:
    """Set a byte of every local and central header of a zip file."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        start = changed.find(magic)
        while start >= 0:
            changed[start + offset] = value
            start = changed.find(magic, start + 4)
    return bytes(changed)


def zip_bomb() -> bytes:
    """A quarter of a gigabyte of zeros in a quarter of a megabyte."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("hits.npy", "w") as entry:
        for _ in range(256):
            entry.write(bytes(1 << 20))
    return buffer.getvalue()


FILES = {
    "empty": lambda _: b"",
    "text": lambda _: b"no certificate",
    "an array": lambda _: npy(np.zeros(5)),
    "cut by 30 bytes": lambda good: good[:-30],
    "cut in half": lambda good: good[: len(good) // 2],
    "encrypted": lambda good: flagged(good, 6, 8, 1),
    "unknown compression": lambda good: flagged(good, 8, 10, 99),
    "a zip of other things": lambda _: rebuilt_zip({"hello.txt": b"hello"}),
    "a zip bomb": lambda _: zip_bomb(),
}


def rebuilt_zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(InvalidInput, match=r"^this (is not a Certiscope|certificate cannot be used)") as caught:
        Certificate.load(data)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 400
    return message


@pytest.mark.parametrize("fault", RECORDS)
def test_broken_records_are_refused(coin_cert: Certificate, fault: str) -> None:
    refused(rebuilt(coin_cert.to_bytes(), record=RECORDS[fault]))


@pytest.mark.parametrize("fault", ENTRIES)
def test_broken_arrays_are_refused(coin_cert: Certificate, fault: str) -> None:
    refused(rebuilt(coin_cert.to_bytes(), entries=ENTRIES[fault]))


@pytest.mark.parametrize("fault", FILES)
def test_other_files_are_refused(coin_cert: Certificate, fault: str) -> None:
    message = refused(FILES[fault](coin_cert.to_bytes()))
    assert fault != "a zip bomb" or "at most 200 MB" in message


def test_flipped_bytes_never_raise_anything_else(coin_cert: Certificate) -> None:
    good, rng = coin_cert.to_bytes(), np.random.default_rng(0)
    refusals = 0
    for _ in range(300):
        data = bytearray(good)
        for position in rng.integers(0, len(data), 3):
            data[position] = int(rng.integers(0, 256))
        try:
            Certificate.load(bytes(data))
        except InvalidInput:
            refusals += 1
    assert refusals > 200


def test_a_good_file_rebuilt_is_still_good(coin_cert: Certificate) -> None:
    # Otherwise the tests above would pass for any archive that `rebuilt` makes.
    assert Certificate.load(rebuilt(coin_cert.to_bytes(), record=lambda record: record)).cutoff == coin_cert.cutoff


@pytest.mark.parametrize("path", ["missing.npz", "."])
def test_unreadable_paths(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        Certificate.load(tmp_path / path)
