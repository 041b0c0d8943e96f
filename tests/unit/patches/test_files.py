"""The file of a certificate against patches: it comes back as it was, and everything else is refused in a sentence."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.certification import Certificate
from engine.core import InvalidInput, InvalidSetting
from engine.inputs import Image, image_from_array
from engine.models import BaseModel
from engine.patches import PatchCertificate, PatchSettings, certify_patches, is_patch_certificate, verify_patches
from tests.material.pictures import npy, rebuilt

SETTINGS = PatchSettings(patch=8, stride=16, size=64)
SHAPE = (48, 64)


@pytest.fixture(scope="module")
def certificate(street: BaseModel, street_image: Image) -> PatchCertificate:
    return certify_patches(street, street_image, SETTINGS)


def _changed(part: str, **changes: Any):
    return lambda record: record | {part: record[part] | changes}


RECORDS = {
    "a list": lambda _: [],
    "no json": lambda _: "{",
    "endless nesting": lambda _: "[" * 100_000,
    "empty": lambda _: {},
    "of another kind": lambda record: record | {"kind": "noise"},
    "a newer format": lambda record: record | {"format": 2},
    "no settings": lambda record: record | {"settings": None},
    "a setting too many": _changed("settings", sigma=0.25),
    "a patch of nothing": _changed("settings", patch=0),
    "a patch larger than the picture": _changed("settings", patch=49),
    "a window over everything": _changed("settings", stride=60),
    "a fill of no name": _changed("settings", fill="whole-mean"),
    "a fill as a list": _changed("settings", fill=[]),
    "provenance as a list": lambda record: record | {"provenance": [1]},
    "threads as text": _changed("provenance", threads="two"),
    "classes of numbers": _changed("provenance", classes=[1, 2]),
    "fewer classes than answers": _changed("provenance", classes=[]),
    "seconds as text": _changed("provenance", seconds="many"),
}
ENTRIES = {
    "counts as float": {"against.npy": npy(np.zeros(SHAPE))},
    "counts of another shape": {"against.npy": npy(np.zeros((64, 48), dtype=np.int32))},
    "negative counts": {"against.npy": npy(np.full(SHAPE, -1, dtype=np.int32))},
    "more counts than windows": {"against.npy": npy(np.full(SHAPE, 13, dtype=np.int32))},
    "answers of no class": {"answers.npy": npy(np.full(SHAPE, 11, dtype=np.uint8))},
    "answers of three dimensions": {"answers.npy": npy(np.zeros((48, 64, 1), dtype=np.uint8))},
    "no pixels": {
        "answers.npy": npy(np.zeros((0, 0), dtype=np.uint8)),
        "against.npy": npy(np.zeros((0, 0), dtype=np.int32)),
    },
    "a pickle": {"against.npy": npy(np.array([{}], dtype=object), allow_pickle=True)},
    "not an array": {"answers.npy": b"hello"},
}


def refused(data: bytes) -> None:
    with pytest.raises(
        InvalidInput, match=r"^this (is not a certificate against patches|certificate cannot be used)"
    ) as caught:
        PatchCertificate.load(data)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_it_comes_back_as_it_was(certificate: PatchCertificate) -> None:
    again = PatchCertificate.load(certificate.to_bytes())
    assert (again.settings, again.provenance) == (certificate.settings, certificate.provenance)
    assert np.array_equal(again.answers, certificate.answers)
    assert np.array_equal(again.against, certificate.against)
    assert again.passes == 12  # ceil(41 / 16) * ceil(57 / 16)
    assert again.certified_count == int((certificate.against == 0).sum())
    assert again.certified_fraction == again.certified_count / 3072


@pytest.mark.parametrize("fault", RECORDS)
def test_broken_records_are_refused(certificate: PatchCertificate, fault: str) -> None:
    refused(rebuilt(certificate.to_bytes(), record=RECORDS[fault]))


@pytest.mark.parametrize("fault", ENTRIES)
def test_broken_arrays_are_refused(certificate: PatchCertificate, fault: str) -> None:
    refused(rebuilt(certificate.to_bytes(), entries=ENTRIES[fault]))


def test_other_files_are_refused(certificate: PatchCertificate, coin_cert: Certificate) -> None:
    good = certificate.to_bytes()
    for data in (b"", b"no certificate", npy(np.zeros(5)), good[:-30], good[: len(good) // 2], coin_cert.to_bytes()):
        refused(data)
    with pytest.raises(InvalidInput, match="format is 1"):
        Certificate.load(rebuilt(coin_cert.to_bytes(), record=lambda _: {"kind": "patches", "format": 1}))


def test_flipped_bytes_never_raise_anything_else(certificate: PatchCertificate) -> None:
    good, rng = certificate.to_bytes(), np.random.default_rng(0)
    for _ in range(200):
        data = bytearray(good)
        for place in rng.integers(0, len(good), 3):
            data[place] ^= 1 << rng.integers(8)
        with suppress(InvalidInput):
            PatchCertificate.load(bytes(data))


def test_its_kind_is_recognised(certificate: PatchCertificate, coin_cert: Certificate) -> None:
    assert is_patch_certificate(certificate.to_bytes())
    assert not any(map(is_patch_certificate, (coin_cert.to_bytes(), b"", b"PK\x03\x04", npy(np.zeros(3)))))


def failed(certificate: PatchCertificate, image: Image) -> set[str]:
    return {check.name for check in verify_patches(certificate, image=image).checks if not check.passed}


def test_an_honest_certificate_passes(certificate: PatchCertificate, street_image: Image) -> None:
    outcome = verify_patches(certificate, image=street_image)
    assert outcome.passed
    assert [check.name for check in outcome.checks] == ["weights", "input", "answers"]


def test_one_forged_pixel_is_found(certificate: PatchCertificate, street_image: Image) -> None:
    against, plain = certificate.against.copy(), certificate.answers.copy()
    against[5, 7] = 0 if against[5, 7] else 1
    plain[5, 7] = (plain[5, 7] + 1) % 11
    assert failed(replace(certificate, against=against), street_image) == {"answers"}
    assert failed(replace(certificate, answers=plain), street_image) == {"answers"}


def test_other_pictures_and_weights_fail(certificate: PatchCertificate, street_image: Image) -> None:
    other = image_from_array(street_image.pixels[:, ::-1])
    assert failed(certificate, other) == {"input", "answers"}
    forged = replace(certificate, provenance=replace(certificate.provenance, weights_sha256="0" * 64))
    assert failed(forged, street_image) == {"weights", "answers"}
    renamed = replace(certificate, provenance=replace(certificate.provenance, source_sha256="0" * 64))
    assert failed(renamed, street_image) == {"input", "answers"}


def test_without_the_picture_nothing_can_be_checked(certificate: PatchCertificate) -> None:
    with pytest.raises(InvalidSetting, match="give the picture as well"):
        verify_patches(certificate, image=None)
