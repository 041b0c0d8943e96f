"""angle: how large a rotation is proved to be harmless, beside the figure that was published."""

import argparse

from engine.cli.command import Command
from engine.cli.output import print_json

_DESCRIPTION = """For any rotation in space, smoothed by exp([v]x) with v of three Gaussian numbers of standard
deviation sigma radians: the largest angle that a class of probability above tau is proved to survive. "published" is
sigma ppf(tau) as in the paper, which treats rotations as if they added; it is not proved, and for another floor than
1/2 nothing was published."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sigma", type=float, required=True, metavar="S", help="in radians, from 0.001 to 10")
    parser.add_argument("--tau", type=float, required=True, metavar="T", help="in [0.5, 1)")
    parser.add_argument("--floor", type=float, default=0.5, metavar="F", help="what must be kept, in [0.5, tau]")


def run(options: argparse.Namespace) -> int:
    from engine.core.rounding import degrees_down
    from engine.perturbations import certifies_all, families, published_angle

    sigma, tau, floor = options.sigma, options.tau, options.floor
    proved = families["so3"].radius(sigma=sigma, tau=tau, floor=floor)
    print_json(
        {
            "sigma": sigma,
            "tau": tau,
            "floor": floor,
            "proved": proved,
            "degrees": float(degrees_down(proved)),
            "published": published_angle(sigma, tau) if floor == 0.5 else None,
            "all_rotations": certifies_all(sigma, tau, floor),
        }
    )
    return 0


COMMAND = Command(
    name="angle",
    help="how large a rotation of a 3D shape is proved to be harmless",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
