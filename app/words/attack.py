"""Sentences about an attack on an image or a shape: what was allowed, what was done, and what became of it."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import engine
from app.words.kinds import VOCABULARIES, words_for
from app.words.promise import joint, left_open, without_promise
from app.words.radius import axis_of, length
from engine.attacks import Attempt, ChangeResult, Duel, Found, RotationResult, Target
from engine.core import degrees_down, floored
from engine.perturbations import Amounts, Family

VICTIMS = {
    "image": {engine.attacks.BASE: "the undefended model", engine.attacks.SMOOTHED: "the certified model under noise"},
    "cloud": {
        engine.attacks.BASE: "the undefended model",
        engine.attacks.SMOOTHED: "the smoothed model, under noise",
    },
}
"""Whom to attack, by the kind of input."""

MORE = "What was found is some of the harm that there is, and another {search} may find more."


def unit_of(family: Family) -> str:
    """The name of what a certificate covers, for Markdown."""
    if isinstance(family.measure, Amounts):
        return "the region"
    return r"θ\*" if family.turns else "R"


def attack_on(family: Family, loss: str) -> str:
    """What an attack does against a certificate of shapes; rotations, known changes and shifts each have one search."""
    if isinstance(family.measure, Amounts):
        return f"a search for the worst {family.change.title.lower()}"
    if not family.turns:
        return f"shifts of the points: PGD within {family.norm} on the {engine.attacks.losses[loss].title}"
    return f"a search for the worst rotation about {axis_of(family)}"


def budget_line(settings: engine.Settings, share: float, kind: str) -> str:
    """The budget as Markdown, and whether the certificate covers it. Figures are rounded down."""
    family = settings.noise
    beyond = "" if share <= 1.0 else " **Outside the certificate**: nothing is promised about changes beyond it."
    if isinstance(family.measure, Amounts):
        return f"Budget {share:g} of the region in each direction; the region: any {settings.region.sentence}.{beyond}"
    size = length(settings, share * settings.radius)
    budget = f"Budget {share:g} {unit_of(family)} = {size} in"
    if kind == "image":
        outside = " This is **outside the certificate**: nothing is promised there." if share > 1.0 else ""
        over = "over all pixels and channels together; intensities in [0, 1]."
        return f"{budget} {family.norm}, {over}{outside}"
    what = (
        "the angle of the rotation" if family.turns else f"{family.norm}, over all coordinates of all points together"
    )
    everything = family.turns and settings.radius >= math.pi
    return f"{budget} {what}.{'' if everything else beyond}"


def sentences(duel: Duel[Found], target: Target | None = None) -> tuple[str, str]:
    """What became of the undefended model, in the attacker's own measure, and of the certificate. All is counted.

    target: what was attacked; None for everything.
    """
    many, wanted = words_for(duel.clean).many, target or Target()
    aimed = wanted.mask(duel.before)
    return _fell(duel, wanted, aimed), _stood(duel, aimed, of_all=bool(aimed.all()), many=many)


def _fell(duel: Duel[Found], target: Target, aimed: NDArray[np.bool_]) -> str:
    words, classes, total = words_for(duel.clean), duel.clean.provenance.classes, int(aimed.sum())
    if target.towards is not None:
        wanted = aimed & (duel.before != target.towards)
        got = float((duel.after[wanted] == target.towards).mean()) if wanted.any() else 0.0
        return (
            f"{got:.1%} of the {words.many} that were something else became {classes[target.towards]} for the "
            "undefended model."
        )
    changed = engine.attacks.flipped(duel.before, duel.after, aimed)
    if target.only is not None:
        return (
            f"{changed:.1%} of {classes[target.only]} is gone: the undefended model found {total:,} {words.many} of it."
        )
    if not aimed.all():
        return f"The undefended model changed its answer at {changed:.1%} of the {total:,} {words.many} attacked."
    return f"The undefended model changed its answer at {changed:.1%} of its {words.many}."


def _stood(duel: Duel[Found], aimed: NDArray[np.bool_], *, of_all: bool, many: str) -> str:
    clean, verdict = duel.clean, duel.verdict
    if not verdict.certified:
        return f"Nothing was certified, so nothing was promised. {left_open(clean)}".rstrip()
    certified, still = clean.certified & aimed, duel.attacked.certified
    flipped = int((certified & still & (clean.labels != duel.attacked.labels)).sum())
    count, away = int(certified.sum()), int((certified & ~still).sum())
    begin = f"Of its {aimed.sum():,} {many}" if of_all else f"Of these {aimed.sum():,} {many}"
    if not count:
        told = f"{begin} none was certified, so nothing was promised of them."
    else:
        told = f"{begin} {count:,} were certified; {flipped:,} of them were flipped, {away:,} now abstain."
    if not of_all:
        told += f" In the whole {words_for(clean).input} {verdict.violations:,} of {verdict.certified:,} were flipped."
    if not verdict.inside:
        told += (
            f" This attack is outside the certificate: {_outside(duel)}, where nothing was promised and another attack "
            "may flip more."
        )
    elif verdict.violations:
        told += (
            " Inside the radius that breaks the promise, which may happen with probability "
            f"{clean.settings.alpha:g} for each of the two certificates."
        )
    return f"{told} {left_open(clean)}".rstrip()


def made_for(kind: str, how: Attempt) -> str:
    """Whom the change was made for, and who meets it second-hand, as Markdown. kind: of the input."""
    what = VOCABULARIES[kind].input
    if how.victim == engine.attacks.BASE:
        return (
            f"**Direct** on the undefended model, for which this {what} was made; **transferred** to the certified "
            "one, which meets it second-hand."
        )
    return (
        f"**Direct** on the certified model, under noise, for which this {what} was made; **transferred** to the "
        "undefended one, which meets it second-hand."
    )


def curve_promise(clean: engine.Certificate, points: Sequence[engine.attacks.CurvePoint]) -> str:
    """What all certificates behind a robustness curve promise together, and whether it came true."""
    if not clean.certified_count:
        return "Nothing was certified, so nothing was promised: this curve tells of the undefended model alone."
    ledger = engine.attacks.curve_ledger(clean, points)
    broken = sum(bool(point.certified) for point in points if point.share <= 1.0)
    came = (
        f"Something does at {broken} of these budgets: so one of the certificates is false, which has probability "
        f"{ledger.alpha:g} at most"
        if broken
        else "Nothing did"
    )
    return (
        f"The curve rests on {len(ledger.entries)} certificates: one of the clean {words_for(clean).input}, for all "
        f"budgets, and one of each attacked one that was certified too. {joint(ledger)} If they do, nothing certified "
        f"flips up to R. {came}."
    )


def kept(duel: Duel[Found]) -> bool:
    """Whether the certificate stood where it had to: something was promised, and inside the radius nothing flipped."""
    return not without_promise(duel.clean) and duel.verdict.inside and not duel.verdict.violations


def how_it_was_made(duel: Duel[Found], how: Attempt, undefended: str) -> str:
    """What was done, how far it went, and by what the certificates were made."""
    result, settings, recorded = duel.result, duel.clean.settings, duel.clean.provenance
    family, image = settings.noise, duel.clean.kind == "image"
    steps = len(result.history) - 1  # those made: an attack that is stopped makes fewer than it was given
    noise = f"σ = {settings.sigma:g}, " if family.scaled else ""
    certified = f"Certified: {recorded.model}, {noise}τ = {settings.tau:g}, n = {settings.n:,}, seed {settings.seed}"
    other = f"the attacked {words_for(duel.clean).input} got other noise."
    if image:
        worst = f", the worst of {how.attacks_made} losses" if how.attacks_made > 1 else ""
        victim = undefended if how.victim == engine.attacks.BASE else f"{recorded.model} under noise"
        return (
            f"{engine.attacks.attacks[result.attack].title} with {engine.attacks.losses[result.settings.loss].title}"
            f"{worst}, {steps:,} steps on {victim}; {family.norm} size of the change {result.size:.6g}, "
            f"{how.share:g} R = {how.share * duel.clean.radius:.6g}, checked in float64; it has {result.share:.1%} of "
            f"its aim; gradients in {recorded.precision}, {result.seconds:.1f} s. {certified}; {other} "
            f"{MORE.format(search='attack')}"
        )
    if isinstance(result, RotationResult):
        budget = f"{math.degrees(result.settings.budget):.6g}°"
        size = f"angle {math.degrees(result.size):.6g}° of a budget of {budget}, {how.share:g} θ\\*"
        tried = f"{len(result.history):,} rotations tried"
    elif isinstance(result, ChangeResult):
        amounts = ", ".join(f"{name} {value:.6g}" for name, value in result.amounts.items())
        size = f"{amounts}: {result.size:.6g} of the way to the region's edge, of a budget of {how.share:g}"
        tried = f"{len(result.history):,} changes tried"
    else:
        change = f"{family.norm} size of the change {result.size:.6g}"
        size = f"{change} of a budget of {result.settings.budget:.6g}, {how.share:g} R"
        tried = f"{steps:,} steps"
    return (
        f"Attack on {VICTIMS['cloud'][how.victim]} by {attack_on(family, result.settings.loss)}, {tried}; {size}, "
        f"checked in float64; {result.seconds:.1f} s. {MORE.format(search='search')} {certified}; {other}"
    )


def _outside(duel: Duel[Found]) -> str:
    """How far the change is beyond the radius."""
    size, radius = duel.result.size, duel.clean.radius
    if isinstance(duel.result, ChangeResult):
        return f"it is {size:.4g} times as far as the region's edge"
    if not duel.clean.settings.noise.turns:
        return f"its size {size:.4g} is above R = {floored(radius)}"
    return f"its angle of {math.degrees(size):.4g}° is above θ* = {degrees_down(radius)}°"
