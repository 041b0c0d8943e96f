"""Counts -> decisions -> a frozen certificate with provenance, saved as one file that numpy reads without pickle."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
            _check_archive(data)
            with np.load(io.BytesIO(data), allow_pickle=False) as stored:
                record = json.loads(str(stored["record"]))
                arrays = {name: stored[name] for name in _ARRAYS}
            return _from_record(record, arrays)
        except EngineError as error:
            raise InvalidInput(f"this certificate cannot be used: {error}") from None
        except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            reason = f"{type(error).__name__}: {error}"[:120]
            raise InvalidInput(f"this is not a Certiscope certificate ({reason})") from None


@dataclass(frozen=True, slots=True, kw_only=True)
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
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror or error}") from None


def _check_archive(data: bytes) -> None:
    """Refuse archives that unpack to more than any certificate has, before unpacking."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > _MAX_BYTES:
        raise InvalidInput(f"it unpacks to {unpacked / 2**20:.0f} MB; at most {_MAX_BYTES // 2**20} MB are read")


def _from_record(record: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Certificate:
    if record.get("format") != FORMAT:
        raise InvalidInput(f"its format is {record.get('format')!r}, this version reads {FORMAT}")
    settings = Settings.from_dict(record["settings"])
    stored = dict(record["provenance"])
    if set(stored) != {field.name for field in fields(Provenance)}:
        raise InvalidInput("its provenance is incomplete")
    stored["classes"], stored["source_size"] = tuple(stored["classes"]), tuple(stored["source_size"])
    _check_arrays(settings, len(stored["classes"]), arrays)
    cutoff, radius = int(record["cutoff"]), float(record["radius"])
    for array in arrays.values():
        array.setflags(write=False)
    return Certificate(settings=settings, provenance=Provenance(**stored), cutoff=cutoff, radius=radius, **arrays)


def _check_arrays(settings: Settings, classes: int, arrays: dict[str, NDArray[Any]]) -> None:
    shape = arrays["labels"].shape
    for name, dtype in _ARRAYS.items():
        if arrays[name].dtype != dtype:
            raise InvalidInput(f"its array {name} has type {arrays[name].dtype}, expected {np.dtype(dtype)}")
        expected = (classes, *shape) if name == "votes" else shape
        if len(shape) != 2 or arrays[name].shape != expected:
            raise InvalidInput(f"its array {name} has shape {arrays[name].shape}, expected {expected}")
    if arrays["hits"].size == 0 or arrays["hits"].min() < 0 or arrays["hits"].max() > settings.n:
        raise InvalidInput(f"its hits must lie in [0, {settings.n}]")
