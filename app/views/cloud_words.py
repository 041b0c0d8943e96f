"""The sentences beside a certified shape: what is guaranteed, with what probability, against what."""

from __future__ import annotations

import math

import engine
from app.cloud_attacking import LOSS
from app.views import wording
from engine.core import degrees_down, floored
from engine.perturbations import Family


def axis_of(family: Family) -> str:
    """What a family's rotations are about."""
    axis = family.angle.axis
    return f"the {axis} axis" if axis else "any axis"


def attack_on(family: Family) -> str:
    """What an attack does against a certificate of this family; rotations and shifts each have one search."""
    if not family.turns:
        return f"shifts of the points: PGD within {family.norm} on the {engine.attacks.losses[LOSS].title}"
    return f"a search for the worst rotation about {axis_of(family)}"


def guarantee(certificate: engine.Certificate) -> str:
    """The certificate of a shape as one sentence."""
    if nothing := wording.without_promise(certificate, "points", "shapes"):
        return nothing
    count, tolerated = certificate.certified_count, certificate.tolerated
    who = f"any of the {count:,} coloured points" if not tolerated else (
        f"more than {tolerated:,} of the {count:,} coloured points"
    )  # fmt: skip
    return (
        f"{wording.surely(certificate.settings, 'points')}, no {change(certificate.settings, certificate.radius)} "
        f"makes the smoothed model call {who} another part."
    )


def change(settings: engine.Settings, radius: float) -> str:
    """What an adversary may do within a radius, to stand after "no" or "any"."""
    family = settings.noise
    if not family.turns:
        return f"shift of the points of {family.norm} size up to {floored(radius)}"
    if radius < math.pi:
        return f"rotation about {axis_of(family)} by up to {degrees_down(radius)} degrees"
    return f"rotation about {axis_of(family)}" if family.angle.axis else "rotation whatsoever"


def length(settings: engine.Settings, radius: float) -> str:
    """A radius for a table or a metric: degrees for rotations, a number for shifts. Rounded down."""
    if not settings.noise.turns:
        return floored(radius)
    return "all angles" if radius >= math.pi else f"{degrees_down(radius)}°"


def radii(settings: engine.Settings) -> dict[str, tuple[str, str]]:
    """The radius of these settings as a metric with its explanation; of rotations in space the published one too."""
    family = settings.noise
    radius = family.radius(sigma=settings.sigma, tau=settings.tau)
    if not family.turns:
        title = f"Radius R ({family.norm})"
        return {title: (floored(radius), "in radii of the shape, over all coordinates; rounded down")}
    proved = {"Proved angle": (length(settings, radius), f"{family.source}; rounded down")}
    if family.published is None:
        return proved
    published = degrees_down(family.published(settings.sigma, settings.tau))
    why = "σ·ppf(τ), as published: not proved for rotations in space, which do not add as angles about one axis do"
    return proved | {"Published, not proved": (f"{published}°", why)}


def published(settings: engine.Settings, radius: float) -> str:
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


def in_plain_terms(certificate: engine.Certificate, cloud: engine.inputs.Cloud) -> str:
    """What the radius buys an adversary: for one point, and for all of them."""
    settings, radius, points = certificate.settings, certificate.radius, cloud.components
    family = settings.noise
    if family.turns:
        allowed = change(settings, radius)
        return (
            f"The whole shape may be turned by any {allowed}, about its centre; "
            "its points keep their number and order, none is drawn anew, and normals turn along. "
            f"{published(settings, radius)}"
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
        f"{floored(radius)}{straight} ({floored(radius * cloud.scale)} in the file's unit), or every "
        f"one of the {points:,} points by {floored(each, 2)}{straight}, or anything between: {rule}. "
        f"{_normals_line(cloud)}"
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


def fine_print(certificate: engine.Certificate, cloud: engine.inputs.Cloud) -> str:
    """What the certificate is about, and what it is not."""
    recorded, settings = certificate.provenance, certificate.settings
    points, faces = cloud.source_size
    source = f"{points:,} vertices and {faces:,} triangles" if faces else f"{points:,} points"
    if not wording.is_promise(settings):
        return (
            f"A selection on a working cloud of {cloud.components:,} points, for {recorded.model}. It promises nothing "
            "about any single point or about attacks."
        )
    turns = settings.noise.turns
    rounded = " The turn is an exact one: rounding turned coordinates to float32 is left out." if turns else ""
    return (
        f"It holds for the working cloud of {cloud.components:,} points, centred and of radius 1 (the file has "
        f"{source}; a changed shape is not centred or scaled anew), and for {recorded.model} under this noise, "
        f"computed in {recorded.precision}; it holds {settings.testing.promise}. The part that the smoothed "
        "model names is what cannot be changed; a run of SegCertify on a changed shape may abstain there. Hollow "
        "points are promised nothing. A certified part need not be the right one. Each certificate stands alone: "
        "whoever makes many and keeps the best adds up their "
        f"α.{rounded}"
    )


def hover_texts(certificate: engine.Certificate, space: engine.inputs.LabelSpace) -> list[str]:
    """One text for each point: the part under test, votes, hits, decision with radius."""
    votes, top = certificate.votes, certificate.top
    settings, promise = certificate.settings, wording.is_promise(certificate.settings)
    if settings.testing.tau_free and promise:
        own = {hits: _up_to(settings, radius) for hits, radius in _radius_by_hits(certificate).items()}
    else:
        certified = f"certified {_up_to(settings, certificate.radius)}" if promise else "selected"
        own = {}
    texts = []
    for point, (part, hits, sure) in enumerate(
        zip(top.tolist(), certificate.hits.tolist(), certificate.certified.tolist(), strict=True)
    ):
        if own:
            decision = (
                f"{'certified' if sure else 'abstains at this τ, but certified'} {own[hits]}" if own[hits] else ""
            )
        else:
            decision = certified if sure else ""
        texts.append(
            f"<b>{space.classes[part]}</b><br>votes: {votes[part, point]} of {settings.n0} selection draws<br>"
            f"hits: {hits} of {certificate.draws} test draws ({100.0 * hits / certificate.draws:.1f} %, an estimate)"
            f"<br>{decision or 'abstains: nothing is promised'}"
        )
    return texts


def _radius_by_hits(certificate: engine.Certificate) -> dict[int, float]:
    return dict(zip(certificate.hits.tolist(), certificate.radius_map().tolist(), strict=True))


def _up_to(settings: engine.Settings, radius: float) -> str:
    if radius <= 0.0:
        return ""
    family = settings.noise
    if radius >= math.pi and family.turns:
        return f"for every rotation about {axis_of(family)}"
    return f"up to {length(settings, radius)}"
