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
    all counts. promise: whether certificates were audited; else there is nothing to be broken.
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
    promise: bool = True


def figure_sentence(record: Record) -> str:
    """What the attack of Figure 1 did to other pictures, to both models, and how far beyond the radius these stood."""
    rows, undefended = record["by_input"], record["undefended"]
    many = sum(row["flipped_share"] >= 0.4 for row in rows)
    certified = sum(row["certified_fraction"] for row in rows) / len(rows)
    return (
        f"{len(rows)} images, attacked within exactly R = {floored(record['radius'])}: {undefended}, undefended, lost "
        f"{record['flipped_share']:.0%} of what it had right on average, 40 % or more on {many}; of "
        f"{record['certified']} {certified:.0%} was certified, and of that {_flips(record['violations'])}."
        f"{_edge_sentence(record)}"
    )


def _edge_sentence(record: Record) -> str:
    """How far beyond its radius the certified model stood, where that was looked for."""
    edges, radius = record["empirical_radius"], record["radius"]
    if not edges:
        return ""
    sentence = f" Beyond R, on {edges['inputs']} of them:"
    for name, what in (("lost_majority", "lost the majority"), ("flipped", "was certified with another class")):
        told = edges[name]
        sentence += (
            f" the first certified pixel {what} at {told['smallest'] / radius:.2f} R at the earliest, found on "
            f"{told['found']};"
            if told["found"]
            else f" none {what} up to {max(one['tried'] for one in edges['by_input']) / radius:.2f} R;"
        )
    return sentence.rstrip(";") + "."


def loss_sentence(record: Record) -> str:
    """Which attack and loss was strongest at each budget."""
    told = [f"{row['attack']} with {row['loss']} at {row['budget']:g}" for row in record["by_budget"]]
    return f"{record['images']} images, {record['undefended']}: what flips most is {', '.join(told)}."


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
    **{
        name: AuditView(
            label=label,
            title=title,
            violations=lambda record: int(record["violations"]),
            certified=lambda record: int(record["certified_components"]),
            certificates=_certificates,
            again=_again,
            sentence=figure_sentence,
            grid=engine.papers.input_grid,
            reading="The settings are those of the Attack page's first scenario. *Flipped* is the share of the pixels "
            "that the undefended model had right and the attack changed; *certified* the share of all pixels of the "
            "certified model; *violations* are certified pixels with another class on an attacked picture, by attacks "
            "on either model. The attacked pictures were certified again with fresh noise.",
        )
        for name, label, title in (
            (engine.papers.FIGURE, "Figure 1", "The paper's Figure 1, on pictures that were not chosen"),
            (engine.papers.SAMPLES, "Samples", "The paper's Figure 1, on the bundled samples"),
        )
    },
    engine.papers.LOSSES: AuditView(
        label="Losses",
        title="Which loss is strongest",
        violations=lambda _: 0,
        certified=lambda _: 0,
        certificates=lambda _: 0,
        again=lambda _: 0,
        sentence=loss_sentence,
        grid=engine.papers.loss_grid,
        reading="The share of the pixels that the undefended model had right and that an attack flips, by the loss "
        "that it raises and the l2 budget. All attacks take as many steps. The Attack page takes by itself what was "
        "strongest.",
        promise=False,
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
