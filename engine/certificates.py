"""Counts -> decisions -> a frozen certificate with provenance, saved as one file that numpy reads without pickle."""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import Settings
from engine.errors import EngineError, InvalidInput
from engine.labels import ABSTAIN
from engine.perturbations import family
from engine.stats.binomial import p_value_table
from engine.stats.corrections import correction
from engine.types import Selection

FORMAT = 1
_MAX_BYTES = 200 * 1024 * 1024
_PROVENANCE_TYPES: dict[str, type] = {
    "classes": tuple,
    "source_size": tuple,
    "versions": dict,
    "seconds_sampling": float,
    "seconds_testing": float,
}
_ARRAYS = {"labels": np.int16, "top": np.uint8, "votes": np.uint16, "hits": np.int32}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a certificate comes from: enough to run it again and to check that nothing was exchanged."""

    model: str
    weights_sha256: str
    classes: tuple[str, ...]
    input_sha256: str
    source_sha256: str
    source_size: tuple[int, int]
    device: str
    precision: str
    versions: dict[str, str]
    seconds_sampling: float
    seconds_testing: float
    created: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value, wanted = getattr(self, field.name), _PROVENANCE_TYPES.get(field.name, str)
            if not isinstance(value, wanted):
                raise InvalidInput(f"its {field.name} is not a {wanted.__name__}")
        words = [*self.classes, *self.versions, *self.versions.values()]
        if not self.classes or not all(isinstance(word, str) for word in words):
            raise InvalidInput("its classes and versions must be words")
        if len(self.source_size) != 2 or not all(isinstance(side, int) for side in self.source_size):
            raise InvalidInput("its source size is not a width and a height")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certificate:
    """What SegCertify promises about one working image.

    labels: int16 (H, W), the certified class or ABSTAIN. top: uint8 (H, W), the class under test. votes: uint16
    (classes, H, W) of the n0 selection draws. hits: int32 (H, W), how many of the n fresh draws gave `top`. cutoff:
    the smallest number of hits that is certified. radius: in the unit of the settings' perturbation family.

    With probability at least 1 - alpha over the draws, for all certified components at once: no perturbation of size
    up to `radius` changes the smoothed model's class there to another one (under attack it may abstain).
    """

    settings: Settings
    provenance: Provenance
    labels: NDArray[np.int16]
    top: NDArray[np.uint8]
    votes: NDArray[np.uint16]
    hits: NDArray[np.int32]
    cutoff: int
    radius: float

    def __post_init__(self) -> None:
        shape = self.labels.shape
        for name, dtype in _ARRAYS.items():
            array = getattr(self, name)
            expected = (len(self.provenance.classes), *shape) if name == "votes" else shape
            if array.dtype != dtype:
                raise InvalidInput(f"its array {name} has type {array.dtype}, expected {np.dtype(dtype)}")
            if len(shape) != 2 or array.size == 0 or array.shape != expected:
                raise InvalidInput(f"its array {name} has shape {array.shape}, expected {expected}")
        if self.hits.min() < 0 or self.hits.max() > self.settings.n:
            raise InvalidInput(f"its hits must lie in [0, {self.settings.n}]")

    @property
    def certified(self) -> NDArray[np.bool_]:
        """Which components are certified, bool (H, W)."""
        return self.labels != ABSTAIN

    @property
    def certified_count(self) -> int:
        return int(np.count_nonzero(self.certified))

    @property
    def certified_fraction(self) -> float:
        return self.certified_count / self.labels.size

    def p_values(self) -> NDArray[np.float64]:
        """The uncorrected p-value of every component, float64 (H, W)."""
        return p_value_table(self.settings.n, self.settings.tau)[self.hits]

    def save(self, target: Path | io.BytesIO) -> None:
        """Write one .npz; every entry is a plain array, the record is JSON text."""
        record = {
            "format": FORMAT,
            "settings": self.settings.as_dict(),
            "provenance": asdict(self.provenance),
            "cutoff": self.cutoff,
            "radius": self.radius,
        }
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        np.savez_compressed(target, record=np.array(json.dumps(record)), **arrays)

    def to_bytes(self) -> bytes:
        """The saved file's bytes."""
        buffer = io.BytesIO()
        self.save(buffer)
        return buffer.getvalue()

    @classmethod
    def load(cls, source: Path | bytes) -> Certificate:
        """Read a saved certificate; nothing is unpickled. Raises InvalidInput if it is not one.

        Loading does not verify: `engine.verify` does.
        """
        data = source if isinstance(source, bytes) else _read(source)
        try:
            record, arrays = _unpack(data)
            return _from_record(record, arrays)
        except EngineError as error:
            raise InvalidInput(f"this certificate cannot be used: {error}") from None
        except Exception as error:  # whatever a damaged or hostile file provokes in zip, JSON or NumPy
            reason = f"{type(error).__name__}: {error}"[:120]
            raise InvalidInput(f"this is not a Certiscope certificate ({reason})") from None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decision:
    """The outcome of the tests: labels int16 (H, W), the cut-off in hits, and the radius."""

    labels: NDArray[np.int16]
    cutoff: int
    radius: float


def decide(settings: Settings, top: NDArray[np.uint8], hits: NDArray[np.int32]) -> Decision:
    """Stages 3 to 5 of SegCertify: p-values by table, the correction on the histogram of hits, class or abstention.

    A pure function of settings and counts, O(N + n). Source: Fischer et al. 2021, Algorithm 2.
    """
    histogram = np.bincount(hits.ravel(), minlength=settings.n + 1)
    table = p_value_table(settings.n, settings.tau)
    cutoff = correction(settings.correction).cutoff(histogram, table, settings.alpha)
    labels = np.where(hits >= cutoff, top.astype(np.int16), np.int16(ABSTAIN))
    radius = family(settings.family).radius(sigma=settings.sigma, tau=settings.tau)
    return Decision(labels=labels, cutoff=cutoff, radius=radius)


def issue(
    settings: Settings, provenance: Provenance, selection: Selection, hits: NDArray[np.int32], decision: Decision
) -> Certificate:
    """Freeze counts and decision into a certificate; its arrays become read-only."""
    for array in (decision.labels, selection.top, selection.votes, hits):
        array.setflags(write=False)
    return Certificate(
        settings=settings,
        provenance=provenance,
        labels=decision.labels,
        top=selection.top,
        votes=selection.votes,
        hits=hits,
        cutoff=decision.cutoff,
        radius=decision.radius,
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput(f"{path} is too large to be a certificate")
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror or error}") from None


def _unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The record and the arrays of a saved certificate. Sizes are checked before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _MAX_BYTES:
            raise InvalidInput(f"it unpacks to {unpacked / 2**20:.0f} MB; at most {_MAX_BYTES // 2**20} MB are read")
        record = json.loads(str(_read_array(archive, "record")))
        arrays = {name: _read_array(archive, name) for name in _ARRAYS}
    if not isinstance(record, dict):
        raise InvalidInput("its record is not an object")
    return record, arrays


def _read_array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """One array, read-only, if its header is true to its size; objects are refused, never unpickled."""
    data = archive.read(f"{name}.npy")
    buffer = io.BytesIO(data)
    if np.lib.format.read_magic(buffer) != (1, 0):
        raise InvalidInput(f"its array {name} is written in another format version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(buffer)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != len(data) - buffer.tell():
        raise InvalidInput(f"its array {name} is damaged")
    flat = np.frombuffer(data, dtype=dtype, offset=buffer.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def _from_record(record: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Certificate:
    if record.get("format") != FORMAT:
        raise InvalidInput(f"its format is {record.get('format')!r:.40}, this version reads {FORMAT}")
    settings = Settings.from_dict(record["settings"])
    stored = dict(record["provenance"])
    stored["classes"], stored["source_size"] = tuple(stored["classes"]), tuple(stored["source_size"])
    cutoff, radius = int(record["cutoff"]), float(record["radius"])
    return Certificate(settings=settings, provenance=Provenance(**stored), cutoff=cutoff, radius=radius, **arrays)
