"""Counts and decisions -> a frozen certificate with provenance, saved as one file that numpy reads without pickle."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.certification.decisions import Decision, decide, lower_bounds, p_value_table, radius_map
from engine.certification.provenance import Provenance
from engine.certification.selection import Selection
from engine.certification.settings import Settings
from engine.core.errors import InvalidInput, InvalidSetting, NotCertifiable
from engine.core.grid import GRID
from engine.core.saved import load_record, save_record
from engine.inputs.labels import ABSTAIN
from engine.inputs.subject import Kind
from engine.perturbations import Region

FORMAT = 3
_BEFORE = (
    "certificates of formats 1 and 2 are for noise drawn in float32, which shows a model the last digits of the input, "
    "so that they promise nothing of a model that reads them: certify again"
)
_ARRAYS = {"labels": np.int16, "top": np.uint8, "votes": np.uint16, "hits": np.int32, "totals": np.int32}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certificate:
    """What SegCertify promises about one working image, *N = (H, W), or one working cloud, *N = (P,).

    labels: int16 (*N), the certified class or ABSTAIN. top: uint8 (*N), the class under test. votes: uint16 (classes,
    *N) of the n0 selection draws. hits: int32 (*N), how many of the `draws` fresh draws gave `top`. totals: int32
    (draws,), at how many components each of these draws did, in their order: its sum is that of the hits. draws:
    settings.n, or fewer in a mode that may be stopped. cutoff: the smallest number of hits that is certified.
    radius: in the unit of the settings' perturbation family; 0 of a selection.

    With probability at least 1 - alpha over the draws, for all certified components at once (for all but `budget` of
    them, if the correction has a budget): no perturbation of size up to `radius` changes the smoothed model's class
    there to another one (under attack it may abstain). What an FDR procedure selects has no such promise: it is in
    `selected`, as everything is that passed its test, and in nothing that is named for certificates.

    >>> import engine
    >>> certificate = Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> only_selected = replace(certificate, settings=replace(certificate.settings, correction="fdr-by"), radius=0.0)
    >>> only_selected.selected_count == certificate.certified_count, only_selected.certified_count
    (True, 0)
    """

    settings: Settings
    provenance: Provenance
    labels: NDArray[np.int16]
    top: NDArray[np.uint8]
    votes: NDArray[np.uint16]
    hits: NDArray[np.int32]
    totals: NDArray[np.int32]
    draws: int
    cutoff: int
    radius: float

    def __post_init__(self) -> None:
        shape = self.labels.shape
        few = 1 if self.settings.testing.anytime else self.settings.n
        if not few <= self.draws <= self.settings.n:
            raise InvalidInput(f"its number of draws must lie in [{few}, {self.settings.n}]")
        for name, dtype in _ARRAYS.items():
            array = getattr(self, name)
            expected = {"votes": (len(self.provenance.classes), *shape), "totals": (self.draws,)}.get(name, shape)
            if array.dtype != dtype:
                raise InvalidInput(f"its array {name} has type {array.dtype}, expected {np.dtype(dtype)}")
            if len(shape) not in (1, 2) or array.size == 0 or array.shape != expected:
                raise InvalidInput(f"its array {name} has shape {array.shape}, expected {expected}")
        self.settings.noise.check_input(self.kind)
        if self.hits.min() < 0 or self.hits.max() > self.draws:
            raise InvalidInput(f"its hits must lie in [0, {self.draws}]")
        if self.radius != 0.0 and not self.settings.procedure.certifies:
            raise InvalidInput(f"its radius must be 0, since {self.settings.correction} certifies no component")

    @property
    def kind(self) -> Kind:
        """What was certified: an image has two dimensions, a cloud one."""
        return "image" if self.labels.ndim == 2 else "cloud"

    @property
    def selected(self) -> NDArray[np.bool_]:
        """Which components passed the tests, bool (*N), whatever that promises."""
        return self.labels != ABSTAIN

    @property
    def selected_count(self) -> int:
        return int(np.count_nonzero(self.selected))

    @property
    def certified(self) -> NDArray[np.bool_]:
        """Which components are certified, bool (*N): the selected ones, or none if the correction certifies nothing."""
        return self.selected & self.settings.procedure.certifies

    @property
    def certified_count(self) -> int:
        return int(np.count_nonzero(self.certified))

    @property
    def certified_fraction(self) -> float:
        return self.certified_count / self.labels.size

    @property
    def region(self) -> Region:
        """The changes that cannot flip what is certified. Raises NotCertifiable for a mere selection.

        >>> import engine
        >>> certificate = Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
        >>> certificate.region.sentence
        'change of l2 size up to 0.168'
        """
        if not self.settings.procedure.certifies:
            raise NotCertifiable(f"{self.settings.correction} certifies no component, so no change is covered")
        return self.settings.region

    @property
    def tolerated(self) -> int:
        """How many of the certified components the promise may fail for: the error budget."""
        return self.settings.tolerated(self.labels.size)

    @property
    def misplaced(self) -> float:
        """How far a probability under the drawn noise may be from that under ideal noise; see `Settings.misplaced`.

        All tests and bounds are charged for it.
        """
        return self.settings.misplaced(self.labels.size)

    def p_value_table(self) -> NDArray[np.float64]:
        """The uncorrected p-value of every number of hits, float64 (draws+1,)."""
        return p_value_table(self.settings, self.labels.size, self.draws)

    def p_values(self) -> NDArray[np.float64]:
        """The uncorrected p-value of every component, float64 (*N)."""
        return self.p_value_table()[self.hits]

    def lower_bounds(self) -> NDArray[np.float64]:
        """Lower bounds of the class probabilities that hold together; see the function `lower_bounds`."""
        return lower_bounds(self.settings, self.hits, self.draws)

    def radius_map(self) -> NDArray[np.float64]:
        """The radius up to which each component's class is certified; see the function `radius_map`.

        >>> import engine
        >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
        >>> settings = engine.Settings(sigma=0.02, mode="explore", correction="bonferroni")
        >>> radii = engine.certify(engine.load_model("street-noise25"), image, settings).radius_map()
        >>> bound = (0.001 / radii.size) ** (1 / 100)  # of p, where all 100 draws agree
        >>> round(float(radii.max()), 6) == round(settings.noise.radius(sigma=0.02, tau=bound), 6)
        True
        """
        return radius_map(self.settings, self.hits, self.draws)

    def at(self, tau: float) -> Certificate:
        """The certificate of the same draws for another tau, which holds together with this one.

        Raises InvalidSetting unless the mode is one whose result holds for every tau.

        >>> import engine
        >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
        >>> settings = engine.Settings(sigma=0.02, mode="explore", correction="bonferroni")
        >>> certificate = engine.certify(engine.load_model("street-noise25"), image, settings)
        >>> low, high = certificate.at(0.6), certificate.at(0.8)
        >>> low.radius < high.radius, low.certified_count >= high.certified_count  # farther, for fewer pixels
        (True, True)
        """
        if not self.settings.testing.tau_free:
            raise InvalidSetting(
                f"a certificate of mode {self.settings.mode} holds only for the tau that was set before the draws "
                f"({self.settings.tau:g}); draw again, or use a mode that leaves tau free"
            )
        settings = replace(self.settings, tau=tau)
        decision = decide(settings, self.top, self.hits, self.draws)
        decision.labels.setflags(write=False)
        return replace(self, settings=settings, labels=decision.labels, cutoff=decision.cutoff, radius=decision.radius)

    def non_abstention_radius(self, floor: float) -> float:
        """The smaller radius R(tau, floor) within which the class of a certified component keeps probability > `floor`.

        So a thresholded model with threshold `floor`, 1/2 <= floor <= tau, does not abstain there either. Holds with
        the certificate, not in addition to it. Raises NotCertifiable for other floors, and where nothing is certified.
        Source: METHOD section 1.
        """
        if not self.settings.procedure.certifies:
            raise NotCertifiable(f"{self.settings.correction} certifies no component, so there is no radius")
        return self.settings.noise.radius(sigma=self.settings.sigma, tau=self.settings.tau, floor=floor)

    def save(self, target: Path | io.BytesIO) -> None:
        """Write one .npz; every entry is a plain array, the record is JSON text."""
        record = {
            "format": FORMAT,
            "settings": self.settings.as_dict(),
            "provenance": asdict(self.provenance),
            "draws": self.draws,
            "cutoff": self.cutoff,
            "radius": self.radius,
            "grid": GRID,
            "misplaced": self.misplaced,
        }
        save_record(target, record, {name: getattr(self, name) for name in _ARRAYS})

    def to_bytes(self) -> bytes:
        """The saved file's bytes."""
        buffer = io.BytesIO()
        self.save(buffer)
        return buffer.getvalue()

    @classmethod
    def load(cls, source: Path | bytes) -> Certificate:
        """Read a saved certificate; nothing is unpickled. Raises InvalidInput if it is not one.

        Loading does not verify: `engine.verify` does.

        >>> import engine
        >>> certificate = Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
        >>> certificate.kind, certificate.settings.tau, round(certificate.radius, 4)  # 0.25 * 0.6745
        ('image', 0.75, 0.1686)
        >>> Certificate.load(certificate.to_bytes()).certified_count == certificate.certified_count
        True
        """
        return load_record(source, _ARRAYS, _from_record, "Certiscope certificate")


def issue(
    settings: Settings,
    provenance: Provenance,
    selection: Selection,
    hits: NDArray[np.int32],
    totals: NDArray[np.int32],
    decision: Decision,
) -> Certificate:
    """Freeze counts and decision into a certificate; its arrays become read-only."""
    for array in (decision.labels, selection.top, selection.votes, hits, totals):
        array.setflags(write=False)
    return Certificate(
        settings=settings,
        provenance=provenance,
        labels=decision.labels,
        top=selection.top,
        votes=selection.votes,
        hits=hits,
        totals=totals,
        draws=len(totals),
        cutoff=decision.cutoff,
        radius=decision.radius,
    )


def _from_record(record: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Certificate:
    if record.get("format") != FORMAT:
        why = _BEFORE if record.get("format") in (1, 2) else f"this version reads {FORMAT}"
        raise InvalidInput(f"its format is {record.get('format')!r:.40}; {why}")
    settings = Settings.from_dict(record["settings"])
    draws, cutoff, radius = record["draws"], record["cutoff"], float(record["radius"])
    if type(draws) is not int or type(cutoff) is not int:
        raise InvalidInput("its draws and its cutoff must be whole numbers")
    provenance = Provenance.of_record(record["provenance"])
    return Certificate(settings=settings, provenance=provenance, draws=draws, cutoff=cutoff, radius=radius, **arrays)
