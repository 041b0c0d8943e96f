"""audit: measure every promise on models of known probabilities, and every known fault."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import check_file, counting, write_json
from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting

EXIT_FAILED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `audit`."""
    parser.add_argument("--quick", action="store_true", help="fewer scenarios and repetitions, well under a minute")
    parser.add_argument("--seed", type=int, default=0, help=f"decides all noise, in {BOUNDS['seed']}, default 0")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the whole report to this file as well")


def run(options: argparse.Namespace) -> int:
    """Print the tables and the verdict; 1 if a claim does not hold or a fault goes unseen."""
    from engine.audits.error_control import run_audit
    from engine.audits.error_control.table import lines

    if not BOUNDS["seed"].contains(options.seed):
        raise InvalidSetting(f"seed must lie in {BOUNDS['seed']}, got {options.seed}")
    check_file(options.json)

    report = run_audit(quick=options.quick, seed=options.seed, progress=counting("parts"))
    for line in lines(report):
        print(line)
    write_json(options.json, report.as_dict())
    return 0 if report.passed else EXIT_FAILED


COMMAND = Command(
    name="audit",
    help="measure every promise on models of known probabilities, and every known fault",
    configure=configure,
    run=run,
    description="Measures the error rate of every procedure in every mode on models whose true probabilities are "
    "known, then builds in faults found in published code and checks that each is detected. Exit code 1 if anything "
    "fails.",
)
