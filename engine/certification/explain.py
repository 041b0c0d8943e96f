"""The story of one component, and of the region it lies in: from votes to a decision, for people who ask why."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from engine.certification.certificates import Certificate
from engine.certification.decisions import decide
from engine.core.errors import InvalidInput
from engine.inputs.labels import ABSTAIN


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PixelStory:
    """One component of a certificate.

    votes: uint16 (classes,), of the n0 selection draws. top: the class under test. hits of `draws`: fresh draws that
    gave it. p_value: uncorrected. rank: of its p-value among all components, from 1, the first of equal ones.
    threshold: what the correction compares that rank with. passed_over: its p-value is below its threshold, yet an
    earlier rank failed, and step-down procedures stop there. taken_along: it is above, yet a later rank passed, and
    step-up procedures take all before that along. selected: the decision. certified: the same, if the procedure
    certifies at all. bound: lower bound of its probability, and radius: up to which it is certified; in modes that hold
    for one tau they are tau and R, or 0.
    """

    row: int
    column: int
    votes: NDArray[np.uint16]
    top: int
    hits: int
    draws: int
    p_value: float
    rank: int
    threshold: float
    selected: bool
    certified: bool
    bound: float
    radius: float

    @property
    def passed_over(self) -> bool:
        return not self.selected and self.p_value <= self.threshold

    @property
    def taken_along(self) -> bool:
        return self.selected and self.p_value > self.threshold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegionStory:
    """Pixels of one class under test: a connected region of them, or all.

    mask: bool (H, W). selected, certified: of its `size` pixels, as in `Certificate`. smallest_radius: over its
    certified pixels, 0 if there are none.
    """

    mask: NDArray[np.bool_]
    size: int
    selected: int
    certified: int
    smallest_radius: float


def pixel_story(certificate: Certificate, row: int, column: int) -> PixelStory:
    """Tell one pixel's story. Raises InvalidInput outside the image, and for a shape. Source: METHOD sections 2 and 3.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> story = pixel_story(certificate, row=0, column=0)
    >>> 0.75**100 <= story.p_value <= 1.0, int(story.votes.sum())  # of n = 100 hits at most, of n0 = 10 votes
    (True, 10)
    """
    if certificate.kind != "image":
        raise InvalidInput("a pixel's story is told of an image, not of a shape")
    height, width = certificate.labels.shape
    if not (0 <= row < height and 0 <= column < width):
        raise InvalidInput(f"pixel ({row}, {column}) lies outside the image of {height} rows and {width} columns")
    settings, hits = certificate.settings, int(certificate.hits[row, column])
    rank = int(np.count_nonzero(certificate.hits > hits)) + 1
    procedure = settings.procedure
    certified = bool(certificate.certified[row, column])
    bound, radius = (settings.tau, certificate.radius) if certified else (0.0, 0.0)
    if settings.testing.tau_free:
        bound = float(certificate.lower_bounds()[row, column])
        radius = float(certificate.radius_map()[row, column])
    return PixelStory(
        row=row,
        column=column,
        votes=certificate.votes[:, row, column],
        top=int(certificate.top[row, column]),
        hits=hits,
        draws=certificate.draws,
        p_value=float(certificate.p_value_table()[hits]),
        rank=rank,
        threshold=procedure.threshold(rank, certificate.hits.size, settings.alpha, certificate.tolerated),
        selected=bool(certificate.selected[row, column]),
        certified=certified,
        bound=bound,
        radius=radius,
    )


def region_story(certificate: Certificate, row: int, column: int) -> RegionStory:
    """The connected region of the pixel's class under test. Raises InvalidInput outside the image.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> region = region_story(certificate, row=0, column=0)
    >>> bool(region.mask[0, 0]), region.certified <= region.size
    (True, True)
    """
    top = pixel_story(certificate, row, column).top
    parts, _ = ndimage.label(certificate.top == top)
    return _region(certificate, parts == parts[row, column])


def class_story(certificate: Certificate, class_id: int) -> RegionStory:
    """All pixels whose class under test is `class_id`; none where there are none.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> stories = [class_story(certificate, one) for one in range(len(certificate.provenance.classes))]
    >>> sum(story.certified for story in stories) == certificate.certified_count
    True
    """
    return _region(certificate, certificate.top == class_id)


def counterfactual_share(certificate: Certificate) -> float:
    """The share that Holm would certify, had these draws and this tau been fixed before: what the mode's freedom costs.

    For comparison only; it is no certificate unless they really were. Source: METHOD section 3.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> certificate.settings.mode, counterfactual_share(certificate) == certificate.certified_fraction  # they were
    ('fixed', True)
    """
    settings = replace(certificate.settings, mode="fixed", correction="holm", budget=0, n=certificate.draws)
    decision = decide(settings, certificate.top, certificate.hits, certificate.draws)
    return float(np.mean(decision.labels != ABSTAIN))


def _region(certificate: Certificate, mask: NDArray[np.bool_]) -> RegionStory:
    certified = mask & certificate.certified
    smallest = 0.0
    if certified.any():
        free = certificate.settings.testing.tau_free
        smallest = float(certificate.radius_map()[certified].min()) if free else certificate.radius
    return RegionStory(
        mask=mask,
        size=int(np.count_nonzero(mask)),
        selected=int(np.count_nonzero(mask & certificate.selected)),
        certified=int(np.count_nonzero(certified)),
        smallest_radius=smallest,
    )
