"""Arrays and certificates packed for the browser: exact, small, and with every number already computed."""

import base64
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.words.viewer import phrases

Packed = Mapping[str, Any]
"""What JSON holds."""

SMALLEST_P = 1e-37
"""Smaller p-values are sent as this one, which float32 holds."""

_FIRST, _LAST, _STEP = 0.5, 0.995, 0.005


def packed(array: NDArray[Any]) -> Packed:
    """An array as its type, its shape and its bytes (little-endian, raw deflate, base64).

    >>> bytes_of = base64.b64decode(packed(np.arange(3, dtype=np.uint8))["data"])
    >>> list(zlib.decompress(bytes_of, wbits=-15))
    [0, 1, 2]
    """
    squeeze = zlib.compressobj(level=6, wbits=-15)
    raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
    data = base64.b64encode(squeeze.compress(raw) + squeeze.flush()).decode()
    return {"type": array.dtype.name, "shape": list(array.shape), "data": data}


def thresholds(certificate: engine.Certificate) -> list[float]:
    """Every tau that a slider may stand at: a grid and the certificate's own; only its own where tau is not free.

    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> certificate.settings.mode, thresholds(certificate)
    ('fixed', [0.75])
    """
    own = certificate.settings.tau
    if not certificate.settings.testing.tau_free:
        return [own]
    grid = np.round(np.arange(_FIRST, _LAST + _STEP / 2, _STEP), 3).tolist()
    return sorted({own, *(tau for tau in grid if abs(tau - own) > 1e-9)})


def packed_certificate(certificate: engine.Certificate, *, title: str = "") -> Packed:
    """An image's certificate: its counts, and what the engine makes of every number of hits and of every tau.

    Numbers of hits are sent as levels: `level` (H, W) is an index into `hits`, the numbers that occur, and into what
    the engine makes of each: `count`, `rank`, `threshold`, `bound`, `radius`. Of every tau there are `cutoffs`,
    `radii`, `counts` and a row of `p_values`; a pixel passes at a tau if its hits reach the cut-off, and nothing else
    is decided in the browser. title: what to call it where there are two. Raises ValueError for a shape's certificate.

    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> made = packed_certificate(certificate)
    >>> made["cutoffs"] == [certificate.cutoff], made["counts"] == [certificate.selected_count]
    (True, True)
    """
    settings, shape = certificate.settings, certificate.labels.shape
    if certificate.kind != "image":
        raise ValueError("the viewer shows certificates of images, not of shapes")
    hits, level, count = np.unique(certificate.hits, return_inverse=True, return_counts=True)
    rank = count[::-1].cumsum()[::-1] - count + 1
    threshold = [
        settings.procedure.threshold(int(one), certificate.hits.size, settings.alpha, certificate.tolerated)
        for one in rank
    ]
    bound, radius = _of_each_level(certificate, hits)
    taus = thresholds(certificate)
    at = [certificate.at(tau) if settings.testing.tau_free else certificate for tau in taus]
    p_values = np.array([one.p_value_table()[hits] for one in at])
    voted = np.flatnonzero(certificate.votes.reshape(len(certificate.votes), -1).any(axis=1))
    votes = certificate.votes[voted]
    return {
        "title": title,
        "top": packed(certificate.top),
        "level": packed(_small(level.reshape(shape))),
        "votes": packed(_small(votes)),
        "voted": voted.tolist(),
        "n0": settings.n0,
        "draws": certificate.draws,
        "hits": hits.tolist(),
        "count": count.tolist(),
        "rank": rank.tolist(),
        "threshold": threshold,
        "bound": bound.tolist(),
        "radius": radius.tolist(),
        "taus": taus,
        "own": taus.index(settings.tau),
        "cutoffs": [one.cutoff for one in at],
        "radii": [one.radius for one in at],
        "counts": [one.selected_count for one in at],
        "p_values": packed(np.maximum(p_values, SMALLEST_P).astype(np.float32)),
        "free": settings.testing.tau_free,
        "certifies": settings.procedure.certifies,
        "tolerated": certificate.tolerated,
        "words": dict(phrases(certificate)),
    }


def _of_each_level(
    certificate: engine.Certificate, hits: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower bound and the radius of every number of hits; where tau is not free they are tau and R, or 0."""
    settings = certificate.settings
    if not settings.testing.tau_free:
        passed = ((hits >= certificate.cutoff) & settings.procedure.certifies).astype(np.float64)
        return passed * settings.tau, passed * certificate.radius
    bound, radius = np.zeros((2, certificate.draws + 1))
    bound[certificate.hits], radius[certificate.hits] = certificate.lower_bounds(), certificate.radius_map()
    return bound[hits], radius[hits]


def _small(array: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers from 0 in the smallest type that the browser has."""
    return array.astype(np.min_scalar_type(int(array.max(initial=0))))
