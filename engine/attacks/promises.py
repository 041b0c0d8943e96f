"""Which certificates promise something that an attack could break, and what a changed input is asked to show it."""

from dataclasses import replace

from engine.certification.settings import Settings
from engine.certification.useful import check_useful
from engine.core.errors import InvalidSetting


def check_promise(settings: Settings) -> None:
    """Raises InvalidSetting where a certified component that flips would break no promise, or not by itself."""
    procedure = settings.procedure
    if not procedure.certifies or settings.budget:
        why = "tolerates errors" if procedure.certifies else "certifies no component"
        raise InvalidSetting(
            f"{settings.correction} {why}: an attack on it proves nothing; choose a correction without an error budget"
        )


def check_radius(settings: Settings) -> None:
    """Raises InvalidSetting where the radius is 0, so that no change lies within it."""
    if not settings.radius > 0.0:
        raise InvalidSetting(
            f"at tau {settings.tau:g} the radius is 0, so there is nothing to attack within: choose a larger tau"
        )


def check_can_fail(settings: Settings, components: int) -> None:
    """Raises InvalidSetting where an audit could find no violation: within a radius of 0, or of certificates from so
    few draws that they certify nothing."""
    check_radius(settings)
    check_useful(settings, components)


def majority_question(settings: Settings, components: int, *, n0: int, n: int) -> Settings:
    """What a changed input is asked: which class has more than half of the probability (tau = 1/2), the least that
    would break a promise. Raises InvalidSetting where so few draws could not show it of any component."""
    asked = replace(settings, tau=0.5, n0=n0, n=n)
    needed = asked.smallest_useful_n(components)
    if n < needed:
        raise InvalidSetting(
            f"{n} draws of a changed input of {components:,} components can show no majority at alpha "
            f"{settings.alpha:g}, so no violation either: take {needed} at least"
        )
    return asked
