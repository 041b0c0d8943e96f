"""Audits of certificates in words: what was tried, and that nothing certified was flipped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import engine
from app.words.kinds import PIXELS, POINTS
from engine.core import degrees_down, floored

Record = Mapping[str, Any]

TESTED_NOTHING = "Nothing was certified, so nothing was promised, and this audit has tested nothing."


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """How one kind of audit is shown.

    violations: certified components that were flipped within the radius. certified: those that could be.
    certificates: how many were made, each with an alpha of its own. again: draws for each changed input, asked for a
    majority; 0 if it is certified as the first was. sentence: what was tried, and what came of it, as Markdown. grid:
    all counts.
    """

    label: str
    title: str
    violations: Callable[[Record], int]
    certified: Callable[[Record], int]
    certificates: Callable[[Record], int]
    again: Callable[[Record], int]
    sentence: Callable[[Record], str]
    grid: Callable[[Record], engine.papers.Grid]
    reading: str


def attack_sentence(record: Record) -> str:
    """What the attacks did to both models."""
    words = PIXELS if "images" in record else POINTS
    inputs, components = words.inputs, words.many
    strongest = record["strongest"]
    shares = strongest["at_least_plain_pgd"]
    plainly = "" if shares is None else f", at least as strong as plain PGD on {shares:.0%} of the {inputs}"
    alone = (
        f" Of {record['alone']} single {components} that were attacked with the whole budget, "
        f"{record['alone_flipped_share']:.0%} fell: all {components} of one input share one budget."
        if record["alone"]
        else ""
    )
    outside = record.get("outside")
    beyond = (
        f" For contrast: {_beyond(record)} attacks on each with {record['plan']['beyond']:g} R, where nothing is "
        f"promised, flipped certified {components} {outside['flipped']:,} times."
        if outside
        else ""
    )
    return (
        f"{len(record['by_attack'])} attacks on each of {record[inputs]} {inputs}, within exactly R = "
        f"{floored(record['radius'])}, against {record['certified_components']:,} certified {components} of "
        f"{record['certified']}: {_flips(record['violations'])}. {record['undefended']}, undefended, lost "
        f"{record['flipped_share']:.1%} of its correct {components} to the strongest attack on each; the strongest on "
        f"average is {strongest['attack']} with {strongest['loss']}{plainly}.{alone}{beyond}"
    )


def _flips(violations: int) -> str:
    return "none was flipped" if violations == 0 else f"flips of certified ones were found {violations:,} times"


def _inputs(record: Record) -> str:
    """What was attacked; the record counts it under that name."""
    return (PIXELS if "images" in record else POINTS).inputs


def _certificates(record: Record) -> int:
    """The clean input's, and one for each attack, those beyond the radius too."""
    return int(record[_inputs(record)]) * (1 + len(record["by_attack"]) + _beyond(record))


def _beyond(record: Record) -> int:
    """How many attacks were made on each input beyond the radius: those on the smoothed model."""
    if not record.get("outside"):
        return 0
    return len([row for row in record["by_attack"] if row["victim"] == engine.attacks.SMOOTHED])


def _again(record: Record) -> int:
    return int(record["plan"]["again"])


def turn_sentence(record: Record) -> str:
    """What the turns did."""
    inside, outside = record["inside"], record["outside"]
    degrees = degrees_down(record["radius"])
    beyond = (
        f" For contrast: {outside['turns']:,} turns by {record['plan']['factor']:g} times the angle, where nothing is "
        f"promised, flipped certified points {outside['violations']:,} times."
        if outside["turns"]
        else ""
    )
    return (
        f"{record['shapes']} shapes, {inside['turns']:,} turns by up to the certified {degrees}°, which carried "
        f"certified points of {record['model']} {inside['certified_points_turned']:,} times: "
        f"{_flips(inside['violations'])}, and {inside['now_abstain']:,} times the draws showed nothing. The undefended "
        f"model changed {inside['base_flipped']:.1%} of its answers.{beyond}"
    )


AUDITS = {
    engine.papers.ATTACKS: AuditView(
        label="Attacks",
        title="Certificates under attack",
        violations=lambda record: int(record["violations"]),
        certified=lambda record: int(record["certified_components"]),
        certificates=_certificates,
        again=_again,
        sentence=attack_sentence,
        grid=engine.papers.attack_grid,
        reading="The victim `base` is the undefended model, and *flipped* the share of its correct pixels that the "
        "attack flips. The victim `smoothed` is the certified model under noise, driven away from what is certified. "
        "Every attacked image is certified again with fresh noise: *violations* are pixels certified before and after "
        "with different classes. *As plain PGD* is the share of images where an attack flips as much as PGD with "
        "cross-entropy does in as many steps, or more. An attack finds some of the harm that there is; another may "
        "find more.",
    ),
    engine.papers.SHIFTS: AuditView(
        label="Shifts",
        title="Certificates of shapes under attack",
        violations=lambda record: int(record["violations"]),
        certified=lambda record: int(record["certified_components"]),
        certificates=_certificates,
        again=_again,
        sentence=attack_sentence,
        grid=engine.papers.attack_grid,
        reading="Attacks shift all points of a shape within one l2 budget; normals stay as they were. The victim "
        "`base` is the undefended model, and *flipped* the share of its correct points that the attack flips; the "
        "victim `smoothed` is the certified model under noise. Every attacked shape is asked again with fresh "
        "noise: a point counts as flipped if it is "
        "certified before and, attacked, is shown to have another part by more than half of the probability, which "
        "takes nearly all of so few draws. *Now abstain* are the points for which these draws show nothing.",
    ),
    engine.papers.TURNS: AuditView(
        label="Turns",
        title="Rotation certificates, turned",
        violations=lambda record: int(record["inside"]["violations"]),
        certified=lambda record: int(record["inside"]["certified_points_turned"]),
        certificates=lambda record: int(record["shapes"]) + record["inside"]["turns"] + record["outside"]["turns"],
        again=lambda record: int(record["plan"]["n"]),
        sentence=turn_sentence,
        grid=engine.papers.turn_grid,
        reading="Half of the turns inside are by exactly the certified angle. Every turned shape is asked again with "
        "fresh noise; a point counts as flipped if it is certified before and, turned, is shown to have another part "
        "by more than half of the probability, which takes nearly all of so few draws. *Now abstain* are the points "
        "for which these draws show nothing. Outside the angle nothing is promised; those turns are for contrast.",
    ),
}
