"""What the audits of attacks share: the options of a plan, and the rows that tell of it."""

import argparse
from dataclasses import asdict
from typing import Any

from engine.audits.attacks.plan import AttackPlan
from engine.audits.attacks.result import AuditResult
from engine.certification.settings import Settings
from engine.cli.options import list_of
from engine.cli.output import made_by, print_json, verdict_of, write_json

_DEFAULTS = AttackPlan()


def add_attack_plan(parser: argparse.ArgumentParser, *, again: int) -> None:
    """All fields of an `AttackPlan`; `again` is the default of that one."""
    parser.add_argument("--losses", default=",".join(_DEFAULTS.losses), metavar="A,B")
    parser.add_argument("--attacks", default=",".join(_DEFAULTS.attacks), metavar="A,B")
    parser.add_argument("--steps", type=int, default=_DEFAULTS.steps)
    parser.add_argument("--smoothed-steps", type=int, default=_DEFAULTS.smoothed_steps)
    parser.add_argument("--smoothed-losses", default="", metavar="A,B", help="on the smoothed model; default: the same")
    parser.add_argument("--draws", type=int, default=_DEFAULTS.draws)
    parser.add_argument("--restarts", type=int, default=_DEFAULTS.restarts)
    parser.add_argument(
        "--alone", type=int, default=_DEFAULTS.alone, metavar="K",
        help="also attack K random components of each input, each alone",
    )  # fmt: skip
    parser.add_argument(
        "--again", type=int, default=again, metavar="N",
        help="draws for each attacked input, asked for a majority; 0: it is certified as the clean one was",
    )  # fmt: skip
    parser.add_argument(
        "--beyond", type=float, default=_DEFAULTS.beyond, metavar="X",
        help="for contrast, also attack the smoothed model with X times the radius",
    )  # fmt: skip
    parser.add_argument(
        "--edges", type=int, default=_DEFAULTS.edges, metavar="K",
        help="of the first K inputs also look for the smallest change beyond the radius that flips what is certified",
    )  # fmt: skip


def attack_plan_of(options: argparse.Namespace) -> AttackPlan:
    """The plan asked for. Raises EngineError kinds."""
    return AttackPlan(
        losses=list_of(options.losses, str),
        attacks=list_of(options.attacks, str),
        steps=options.steps,
        smoothed_steps=options.smoothed_steps,
        smoothed_losses=list_of(options.smoothed_losses, str) if options.smoothed_losses else (),
        draws=options.draws,
        restarts=options.restarts,
        alone=options.alone,
        again=options.again,
        beyond=options.beyond,
        edges=options.edges,
    )


def tell_audit(
    options: argparse.Namespace, models: dict[str, Any], settings: Settings, plan: AttackPlan, result: AuditResult
) -> int:
    """Print and write the record of an audit, with what tells of its models; the exit code: 1 for a
    broken promise, or where none was made."""
    row = {
        **models,
        **made_by(options),
        "settings": settings.as_dict(),
        "plan": asdict(plan),
        **result.as_dict(),
    }
    print_json(row)
    write_json(options.json, row)
    return verdict_of(row["certified_components"], result.violations)
