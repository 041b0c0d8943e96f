"""Audits of certificates on the Results page: what was tried, and that nothing certified was flipped."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

import engine
from app.views import wording
from app.views.results import show_grid

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """How one kind of audit is shown.

    violations: certified components that were flipped within the radius. certificates: how many were made, each with an
    alpha of its own. sentence: what was tried, and what came of it, as Markdown. grid: all counts.
    """

    label: str
    title: str
    violations: Callable[[Record], int]
    certificates: Callable[[Record], int]
    sentence: Callable[[Record], str]
    grid: Callable[[Record], engine.Grid]
    reading: str


def show_audit(name: str) -> None:
    """The bundled record of that name."""
    view, record = AUDITS[name], engine.audit_records()[name]
    st.header(view.title, anchor=False)
    text = f"**{view.sentence(record)}**"
    if view.violations(record):
        st.error(text, icon=":material/gpp_bad:")
    else:
        st.success(text, icon=":material/verified_user:")
    st.markdown(view.reading)
    show_grid(view.grid(record), key=f"audit_{name}")
    settings = record["settings"]
    st.caption(
        f"{record['dataset']}, σ = {settings['sigma']:g}, τ = {settings['tau']:g}, n₀ = {settings['n0']}, n = "
        f"{settings['n']}, α = {settings['alpha']:g}, {record['compute']}, version {record['version']}. These are "
        f"counts of what was tried, not a proof; what is proved is that each of the {view.certificates(record):,} "
        "certificates made here fails with probability at most α."
    )
    st.code(record["command"], language="bash", wrap_lines=True)


def attack_sentence(record: Record) -> str:
    """What the attacks did to both models."""
    strongest = record["strongest"]
    alone = (
        f" Of {record['alone']} single pixels that were attacked with the whole budget, "
        f"{record['alone_flipped_share']:.0%} fell: all pixels of an image share one budget."
        if record["alone"]
        else ""
    )
    return (
        f"{len(record['by_attack'])} attacks on each of {record['images']} images, within exactly R = "
        f"{wording.floored(record['radius'])}: {record['violations']:,} of {record['certified_components']:,} "
        f"certified pixels of {record['certified']} were flipped. {record['undefended']}, undefended, lost "
        f"{record['flipped_share']:.1%} of its correct pixels to the strongest attack on each image; the strongest on "
        f"average is {strongest['attack']} with {strongest['loss']}.{alone}"
    )


def turn_sentence(record: Record) -> str:
    """What the turns did."""
    inside = record["inside"]
    degrees = wording.floored(math.degrees(record["radius"]))
    return (
        f"{record['shapes']} shapes, {inside['turns']:,} turns by up to the certified {degrees}°: "
        f"{inside['violations']:,} certified points of {record['model']} were flipped, of "
        f"{inside['certified_points_turned']:,} looked at. The undefended model changed {inside['base_flipped']:.1%} "
        "of its answers."
    )


AUDITS = {
    engine.ATTACKS: AuditView(
        label="Attacks",
        title="Certificates under attack",
        violations=lambda record: int(record["violations"]),
        certificates=lambda record: int(record["images"]) * (1 + len(record["by_attack"])),
        sentence=attack_sentence,
        grid=engine.attack_grid,
        reading="The victim `base` is the undefended model, and *flipped* the share of its correct pixels that the "
        "attack flips. The victim `smoothed` is the certified model under noise, driven away from what is certified. "
        "Every attacked image is certified again with fresh noise: *violations* are pixels certified before and after "
        "with different classes. An attack finds some of the harm that there is; another may find more.",
    ),
    engine.TURNS: AuditView(
        label="Turns",
        title="Rotation certificates, turned",
        violations=lambda record: int(record["inside"]["violations"]),
        certificates=lambda record: int(record["shapes"]) + record["inside"]["turns"] + record["outside"]["turns"],
        sentence=turn_sentence,
        grid=engine.turn_grid,
        reading="Half of the turns inside are by exactly the certified angle. Every turned shape is asked again with "
        "fresh noise; a point is flipped if it is certified before and, turned, has another part by more than half of "
        "the probability. Outside the angle nothing is promised: those turns are there for contrast.",
    ),
}
