"""What the region of a known change means: by how much each of its amounts may go alone, and all of them together."""

import engine
from engine.changes import Parameter
from engine.core import floored, raised
from engine.perturbations import Amounts

MINUS = "\N{MINUS SIGN}"
_ROUNDED = "while nothing else changes; rounded inwards"


def signed(value: float) -> str:
    """A number with three digits and a minus that is one, rounded towards 0.

    >>> signed(-0.13489)
    '−0.134'
    """
    return floored(value) if value >= 0.0 else f"{MINUS}{floored(-value)}"


def interval(one: Parameter, ends: tuple[float, float]) -> str:
    """An interval around an amount's neutral value for people, short and rounded inwards.

    >>> one = Parameter(name="gamma", title="Gamma", neutral=1.0, low=0.4, high=2.5, multiplies=True)
    >>> interval(one, (0.81686, 1.22413))
    '0.817–1.22'
    """
    low, high = raised(ends[0]) if ends[0] > 0.0 else signed(ends[0]), f"{signed(ends[1])}{one.unit}"
    if ends[0] == one.neutral:
        return f"up to {high}"
    if low == f"{MINUS}{signed(ends[1])}":
        return f"±{high}"
    return f"{low}–{high}" if ends[0] > 0.0 else f"{low} to {high}"


def amounts_apart(settings: engine.Settings) -> dict[str, tuple[str, str]]:
    """How far each amount of a family's change may go alone, as metrics."""
    change, region = settings.noise.change, settings.region
    return {one.title: (interval(one, region.bounds[one.name]), _ROUNDED) for one in change.parameters}


def within_amounts(settings: engine.Settings) -> str:
    """What a region of a known change allows, in plain terms."""
    change, region, beside = settings.noise.change, settings.region, beside_of(settings)
    parts = [f"{one.title.lower()} {interval(one, region.bounds[one.name])}" for one in change.parameters]
    alone = f"{'Alone, ' if len(parts) > 1 or beside else ''}{', or '.join(parts)}"
    if beside:
        alone += f", or any change of {beside} size up to {floored(region.bounds[beside][1])}"
    together = f" Together as far as the region reaches: any {region.sentence}." if len(parts) > 1 or beside else ""
    return f"{alone[0].upper()}{alone[1:]}.{together}"


def beside_of(settings: engine.Settings) -> str:
    """The norm of the other changes that a region has room for beside its own; empty if there is none."""
    measure = settings.noise.measure
    return measure.beside if isinstance(measure, Amounts) else ""


def strengths(settings: engine.Settings) -> str:
    """The strengths of a family's noise: sigma, and that of a second noise."""
    second = settings.noise.second
    if second is None:
        return f"σ = {settings.sigma:g}"
    strength = second.default if settings.strength is None else settings.strength
    return f"σ = {settings.sigma:g} and {second.title.lower()} {strength:g}"
