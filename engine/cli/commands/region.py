"""region: which changes a certificate of a family would cover, before any model is asked."""

import argparse

from engine.cli.command import Command
from engine.cli.options import add_strength
from engine.cli.output import print_json

_DESCRIPTION = """What a class of probability above tau is proved to survive under smoothing by its noise: "low"
and "high" are the ends of each amount while the others are neutral; for amounts together see "sentence", or ask with
--contains NAME=VALUE,..."""


def configure(parser: argparse.ArgumentParser) -> None:
    from engine.perturbations import families

    parser.add_argument("--family", required=True, metavar="FAMILY", help=f"one of {', '.join(families)}")
    parser.add_argument("--sigma", type=float, required=True, metavar="S")
    add_strength(parser)
    parser.add_argument("--tau", type=float, required=True, metavar="T", help="in [0.5, 1)")
    parser.add_argument("--floor", type=float, default=0.5, metavar="F", help="what must be kept, in [0.5, tau]")
    parser.add_argument("--contains", metavar="NAME=VALUE,...", help="whether a change of these amounts is covered")


def run(options: argparse.Namespace) -> int:
    from engine.perturbations import families

    family = families[options.family]
    strength = family.second.default if family.second and options.strength is None else options.strength
    family = family.with_strength(strength)
    region = family.region(sigma=options.sigma, tau=options.tau, floor=options.floor)
    row: dict[str, object] = {
        "family": family.name,
        "sigma": options.sigma,
        "strength": options.strength
        if family.second is None or options.strength is not None
        else family.second.default,
        "tau": options.tau,
        "floor": options.floor,
        "low": {name: low for name, (low, _) in region.bounds.items()},
        "high": {name: high for name, (_, high) in region.bounds.items()},
        "reach": region.reach,
        "unit": family.unit,
        "sentence": region.sentence,
    }
    if options.contains is not None:
        row["contains"] = region.contains(_amounts(options.contains))
    print_json(row)
    return 0


def _amounts(text: str) -> dict[str, float]:
    """The amounts of "name=value,name=value". Raises InvalidSetting."""
    from engine.core.errors import InvalidSetting

    try:
        pairs = [part.split("=") for part in text.split(",")]
        return {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        raise InvalidSetting(f"--contains takes NAME=VALUE,..., got {text!r:.60}") from None


COMMAND = Command(
    name="region",
    help="which changes a certificate of a family covers",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
