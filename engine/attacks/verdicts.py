"""What a changed input did to a certificate of the clean one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.attacks.search import norms
from engine.certification.certificates import Certificate
from engine.certification.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an attacked input did to a certificate of the clean one. Counts are of components.

    certified: on the clean input. violations: certified on both, with different classes; inside the region each would
    break the promise. now_abstain: certified on the clean input only. inside: whether the region has the change.
    """

    certified: int
    violations: int
    now_abstain: int
    inside: bool


def judge(clean: Certificate, attacked: Certificate, change: Mapping[str, float]) -> Verdict:
    """Compare the certificates of an input and of its attacked version.

    change: between them, by the amounts that the clean one's region is told by; for a norm see `change_between`.
    Source: METHOD section 8.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> found = judge(certificate, certificate, {"l2": 0.2})  # as if nothing had come of a change that large
    >>> found.violations, found.now_abstain, found.inside  # the radius is 0.1686
    (0, 0, False)
    """
    certified, still = clean.certified, attacked.certified
    return Verdict(
        certified=int(certified.sum()),
        violations=int((certified & still & (clean.labels != attacked.labels)).sum()),
        now_abstain=int((certified & ~still).sum()),
        inside=clean.settings.procedure.certifies and clean.region.contains(change),
    )


def change_between(settings: Settings, before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """How far two inputs are apart, in the norm of the settings' family, float64. Raises InvalidSetting for angles.

    before, after: float32 of one shape.

    >>> before, after = np.zeros(2, dtype=np.float32), np.array([3, 4], dtype=np.float32)
    >>> [change_between(Settings(family=name), before, after) for name in ("l2", "l1-laplace")]
    [5.0, 7.0]
    """
    return norms[settings.noise.norm].size(after.astype(np.float64) - before.astype(np.float64))


def flipped(before: NDArray[np.integer], after: NDArray[np.integer], where: NDArray[np.bool_] | None = None) -> float:
    """Share of the components (of those in `where`) whose class changed; 0 where there are none.

    before, after: class ids (*N). where: bool (*N).

    >>> before, after = np.array([0, 0, 1, 1]), np.array([0, 2, 1, 1])
    >>> flipped(before, after), flipped(before, after, where=before == 0)
    (0.25, 0.5)
    """
    changed = before != after
    if where is not None:
        changed = changed[where]
    return float(changed.mean()) if changed.size else 0.0


def certified_bound(certificate: Certificate, size: float) -> float:
    """Share of the components whose class no change of this size can flip, by their certificate: a guarantee.

    In modes that leave tau free each has a radius of its own, in the others all have the certificate's. size: in the
    radius' unit.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> whole = certificate.certified_count / certificate.labels.size
    >>> certified_bound(certificate, certificate.radius) == whole, certified_bound(certificate, 1.0)
    (True, 0.0)
    """
    settings = certificate.settings
    if not settings.testing.tau_free or settings.procedure.level is None:
        return float(certificate.certified.mean()) if size <= certificate.radius else 0.0
    radii = certificate.radius_map()
    return float(((radii > 0.0) & (radii >= size)).mean())
