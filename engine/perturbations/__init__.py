"""Perturbation families, one per file; each declares `FAMILY`."""

from collections.abc import Mapping

from engine.core.registry import Registry, entries_of
from engine.inputs.subject import Kind
from engine.perturbations._contrast_law import two_step_margin
from engine.perturbations._eight_bits import covered_levels, eight_bits, size_beside_brightness
from engine.perturbations._regions import Region
from engine.perturbations._rotation_law import certifies_all, published_angle, rotation_curve
from engine.perturbations._turning import rotation_angle, rotation_of
from engine.perturbations.base import Amounts, Family

__all__ = [
    "Amounts",
    "Family",
    "Region",
    "certifies_all",
    "covered_levels",
    "eight_bits",
    "families",
    "families_for",
    "published_angle",
    "rotation_angle",
    "rotation_curve",
    "rotation_of",
    "size_beside_brightness",
    "two_step_margin",
]


families = Registry("perturbation family", lambda: entries_of(__name__, "FAMILY", Family))
"""All families by name."""


def families_for(kind: Kind) -> Mapping[str, Family]:
    """The families that can perturb this kind of input, "image" or "cloud", by name.

    >>> "so3" in families_for("cloud"), "so3" in families_for("image")
    (True, False)
    """
    return {name: entry for name, entry in families.items() if kind in entry.inputs}
