"""Which pictures, as cameras save them, the region of a known change covers: clipped, and rounded to 8 bits."""

from dataclasses import dataclass

import engine
from app.words.amounts import beside_of, interval
from engine.core import floored, raised


@dataclass(frozen=True, slots=True, kw_only=True)
class RealPictures:
    """What a region is worth for pictures as cameras save them, at the picture at hand.

    unclipped: for each parameter, between which of its amounts, alone and within the region, no value leaves [0, 1].
    rounding: the l2 size of rounding the unchanged picture to 8 bits. levels: by how many of 255 levels it may grow
    darker and brighter, be clipped and rounded, all of it covered; None of regions without room beside the change.
    """

    unclipped: tuple[tuple[float, float], ...]
    rounding: float
    levels: tuple[int, int] | None


def covered(settings: engine.Settings, real: RealPictures) -> str:
    """The same as sentences."""
    change, bounds, beside = settings.noise.change, settings.region.bounds, beside_of(settings)
    if real.levels is not None and real.levels != (0, 0):
        darker, brighter = real.levels
        return (
            "As a camera saves it, clipped where it leaves black or white and rounded to 8 bits, this picture is "
            f"covered from {darker} of 255 levels darker to {brighter} levels brighter."
        )
    told = ["The region is about the picture as computed: not clipped to black and white, not rounded to 8 bits."]
    if real.levels is not None:
        told.append(
            f"Rounding this picture alone is a change of {beside} size {raised(real.rounding)}, and the region has "
            f"room for {floored(bounds[beside][1])} beside its {change.title.lower()}: more σ or τ makes more."
        )
    for one, ends in zip(change.parameters, real.unclipped, strict=True):
        alone = f"{one.title} alone" if len(bounds) > 1 else one.title
        if ends == bounds[one.name]:
            told.append(f"{alone} clips nothing of this picture anywhere in the region.")
        else:
            told.append(f"{alone} clips nothing of this picture at {interval(one, ends)}, and something beyond.")
    return " ".join(told)
