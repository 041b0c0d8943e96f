"""ledger: what several certificates promise together."""

import argparse
from dataclasses import asdict
from pathlib import Path

from engine.certification.certificates import Certificate
from engine.certification.ledger import ledger_of
from engine.cli.command import Command
from engine.cli.output import print_json


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("certificates", type=Path, nargs="+", metavar="CERT")


def run(options: argparse.Namespace) -> int:
    made = ledger_of((path.name, Certificate.load(path)) for path in options.certificates)
    promising = sum(entry.promise for entry in made.entries)
    print_json(
        {
            "certificates": promising,
            "selections": len(made.entries) - promising,
            "alpha": made.alpha,
            "tolerated": made.tolerated,
            "noise_reused": made.reused,
            "assumes": any(entry.assumes for entry in made.entries if entry.promise),
            "taken_on_trust": "the certificates themselves; see: python -m engine verify",
            "entries": [asdict(entry) for entry in made.entries],
        }
    )
    return 0


COMMAND = Command(name="ledger", help="what several certificates promise together", configure=configure, run=run)
