"""A certificate against patches, saved as one file that numpy reads without pickle."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.core.npz import arrays_of
from engine.core.saved import Origin, load_record, save_record
from engine.patches.settings import PatchSettings
from engine.patches.windows import check_windows, window_count

KIND, FORMAT = "patches", 1
_ARRAYS = {"answers": np.uint8, "against": np.int32}


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchProvenance(Origin):
    """Where a certificate comes from. threads: of a CPU. seconds: of all passes. Raises InvalidInput."""

    threads: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatchCertificate:
    """What is promised about one working picture of H x W pixels, without noise and without alpha.

    answers: uint8 (H, W), the model's classes on the picture. against: int32 (H, W), behind how many of the windows
    the model answers another class; where none, the pixel is certified.

    Replace any rectangle of at most patch x patch pixels by any values in [0, 1]. Then at every certified pixel the
    model's answer is the one here, or the alarm is raised there: some window changes the answer (`respond`). For a
    window that hides the whole rectangle makes both pictures one, behind it the certified pixel has the answer
    of here, and without an alarm the attacked answer is the one behind every window. It holds for the model as it is
    computed: one picture a pass, on the same device, precision, threads and libraries as recorded.
    Source: METHOD section 14; Yatsura et al. 2023 (demasked smoothing), section 4; Xiang et al. 2022.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> settings = engine.patches.PatchSettings(patch=8, stride=16)
    >>> certificate = engine.patches.certify_patches(engine.load_model("street-clean"), image, settings)
    >>> again = PatchCertificate.load(certificate.to_bytes())
    >>> again.settings == settings, bool((again.certified == certificate.certified).all())
    (True, True)
    """

    settings: PatchSettings
    provenance: PatchProvenance
    answers: NDArray[np.uint8]
    against: NDArray[np.int32]

    def __post_init__(self) -> None:
        shape = self.answers.shape
        for name, dtype in _ARRAYS.items():
            array = getattr(self, name)
            if array.dtype != dtype:
                raise InvalidInput(f"its array {name} has type {array.dtype}, expected {np.dtype(dtype)}")
            if len(shape) != 2 or array.size == 0 or array.shape != shape:
                raise InvalidInput(f"its array {name} has shape {array.shape}, expected two sides as its answers")
        if self.answers.max() >= len(self.provenance.classes):
            raise InvalidInput(f"its answers must lie below {len(self.provenance.classes)}")
        check_windows(*shape, patch=self.settings.patch, stride=self.settings.stride)
        if self.against.min() < 0 or self.against.max() > self.passes:
            raise InvalidInput(f"its counts must lie in [0, {self.passes}]")

    @property
    def certified(self) -> NDArray[np.bool_]:
        """Whose answer cannot be changed unnoticed, bool (H, W)."""
        return self.against == 0

    @property
    def certified_count(self) -> int:
        return int(np.count_nonzero(self.certified))

    @property
    def certified_fraction(self) -> float:
        return self.certified_count / self.answers.size

    @property
    def passes(self) -> int:
        """How many windows there are, each of which takes one pass of the model."""
        height, width = self.answers.shape
        return window_count(height, width, patch=self.settings.patch, stride=self.settings.stride)

    def save(self, target: Path | io.BytesIO) -> None:
        """Write one .npz; every entry is a plain array, the record is JSON text."""
        record = {
            "kind": KIND,
            "format": FORMAT,
            "settings": self.settings.as_dict(),
            "provenance": asdict(self.provenance),
        }
        save_record(target, record, {name: getattr(self, name) for name in _ARRAYS})

    def to_bytes(self) -> bytes:
        """The saved file's bytes."""
        buffer = io.BytesIO()
        self.save(buffer)
        return buffer.getvalue()

    @classmethod
    def load(cls, source: Path | bytes) -> PatchCertificate:
        """Read a saved certificate; nothing is unpickled. Raises InvalidInput if it is not one.

        Loading does not verify: `verify_patches` does.
        """
        return load_record(source, _ARRAYS, _from_record, "certificate against patches")


def is_patch_certificate(data: bytes) -> bool:
    """Whether a file says that it is one; it may be damaged all the same.

    >>> is_patch_certificate(b"something else")
    False
    """
    try:
        record = json.loads(str(arrays_of(data, "the file", ("record",))["record"]))
        return bool(record["kind"] == KIND)
    except Exception:  # whatever a damaged or hostile file provokes: then it is not
        return False


def _from_record(record: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> PatchCertificate:
    if record.get("kind") != KIND or record.get("format") != FORMAT:
        raise InvalidInput(
            f"its kind and format are {record.get('kind')!r:.40} and {record.get('format')!r:.40}; this version reads "
            f"{KIND} {FORMAT}"
        )
    settings = PatchSettings.from_dict(record["settings"])
    return PatchCertificate(settings=settings, provenance=PatchProvenance.of_record(record["provenance"]), **arrays)
