"""What a certificate covers: what an adversary may do within it, as a sentence, a metric, and in plain terms."""

import math

import engine
from app.words.amounts import amounts_apart, within_amounts
from engine.core import degrees_down, floored
from engine.perturbations import Amounts, Family, Region

Metric = tuple[str, str]
"""A value to show, and its explanation."""


def axis_of(family: Family) -> str:
    """What a family's rotations are about."""
    axis = family.angle.axis
    return f"the {axis} axis" if axis else "any axis"


def told(region: Region, kind: str) -> str:
    """What an adversary may do to an image or a shape within a region, to stand after "no" or "any"."""
    return region.sentence if kind == "image" else region.sentence.replace("change of", "shift of the points of", 1)


def length(settings: engine.Settings, radius: float) -> str:
    """A radius for a table or a metric: degrees for rotations, a number for shifts. Rounded down."""
    if not settings.noise.turns:
        return floored(radius)
    return "all angles" if radius >= math.pi else f"{degrees_down(radius)}°"


def up_to(settings: engine.Settings, radius: float) -> str:
    """How far a component is certified; empty if not at all."""
    if radius <= 0.0:
        return ""
    family = settings.noise
    if radius >= math.pi and family.turns:
        return f"for every rotation about {axis_of(family)}"
    return f"up to {length(settings, radius)}"


def radii(settings: engine.Settings, kind: str) -> dict[str, Metric]:
    """The radius of these settings as a metric; of rotations in space the published one too. None of a selection."""
    family = settings.noise
    if not settings.procedure.certifies:
        return {"Radius": ("–", "nothing is promised about attacks")}
    if isinstance(family.measure, Amounts):
        return amounts_apart(settings)
    if kind == "image":
        why = f"{family.norm}, intensities in [0, 1]; rounded down"
        return {"Radius R = σ·ppf(τ)": (floored(settings.radius), why)}
    if not family.turns:
        why = "in radii of the shape, over all coordinates; rounded down"
        return {f"Radius R ({family.norm})": (floored(settings.radius), why)}
    proved = {"Proved angle": (length(settings, settings.radius), f"{family.source}; rounded down")}
    if family.published is None:
        return proved
    published = degrees_down(family.published(settings.sigma, settings.tau))
    why = "σ·ppf(τ), as published: not proved for rotations in space, which do not add as angles about one axis do"
    return proved | {"Published, not proved": (f"{published}°", why)}


def in_plain_terms(certificate: engine.Certificate, subject: engine.inputs.Image | engine.inputs.Cloud) -> str:
    """What the radius buys an adversary: for one component, and for all of them."""
    settings, radius, family = certificate.settings, certificate.radius, certificate.settings.noise
    if isinstance(subject, engine.inputs.Image):
        return of_image(certificate)
    if isinstance(family.measure, Amounts):
        return within_amounts(settings)
    points = subject.components
    if family.turns:
        return (
            f"The whole shape may be turned by any {certificate.region.sentence}, about its centre; "
            "its points keep their number and order, none is drawn anew, and normals turn along. "
            f"{_published(settings, radius)}"
        )
    each = radius / math.sqrt(points) if family.norm == "l2" else radius / points
    rule = (
        "the squares of all shifts, over all coordinates of all points, add up to at most R²"
        if family.norm == "l2"
        else "the shifts of all coordinates of all points add up to at most R"
    )
    straight = "" if family.norm == "l2" else " along an axis"
    return (
        f"The shape has radius 1. A budget of R = {floored(radius)} can move one point by "
        f"{floored(radius)}{straight} ({floored(radius * subject.scale)} in the file's unit), or every "
        f"one of the {points:,} points by {floored(each, 2)}{straight}, or anything between: {rule}. "
        f"{_normals_line(subject)}"
    )


def of_image(certificate: engine.Certificate) -> str:
    """The same of a certificate of an image, which needs no picture."""
    settings = certificate.settings
    if isinstance(settings.noise.measure, Amounts):
        return within_amounts(settings)
    return levels(certificate.radius, certificate.labels.size)


def levels(radius: float, pixels: int) -> str:
    """What an l2 budget of that size can buy an adversary on an image of so many pixels."""
    one = radius / math.sqrt(3.0)
    everywhere = radius / math.sqrt(3.0 * pixels)
    single = f"by {floored(one * 255.0)} of 255 grey levels" if one <= 1.0 else "from black to white and more"
    shown = floored(radius)
    return (
        f"A budget of {shown} can change one pixel {single}, or every one of the {pixels:,} pixels by "
        f"{floored(everywhere * 255.0, 2)} levels, or anything between: the squares of all changes over pixels "
        f"and channels add up to at most {shown}²."
    )


def _published(settings: engine.Settings, radius: float) -> str:
    """For rotations in space, how the proved angle stands to the published one; else empty."""
    family = settings.noise
    if family.published is None:
        return ""
    angle = degrees_down(family.published(settings.sigma, settings.tau))
    return (
        f"Proved: {length(settings, radius)}. As published, **not proved**: {angle}°, which is "
        "σ·ppf(τ) and treats rotations in space as if they added, as angles about one axis do. They do not; the proved "
        "angle is that of the worst base model there could be."
    )


def _normals_line(cloud: engine.inputs.Cloud) -> str:
    """What becomes of the normals when points are shifted."""
    if cloud.normals is None:
        return "There are no normals."
    if cloud.estimated:
        return (
            "Normals stay as they are: the file has none of use, so they were estimated from the points as they "
            "stood, and are not estimated anew from shifted ones."
        )
    return "Normals stay as they are."
