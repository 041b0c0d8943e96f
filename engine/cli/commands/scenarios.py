"""scenarios: the bundled attacks, listed, verified or made again."""

import argparse
from dataclasses import asdict
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import check_file, check_folder, print_json, write_json

_DESCRIPTION = """One line for each bundled attack: how much the undefended model lost, how much was certified, and how
many certified components were flipped. With --verify everything that its files claim is checked, and the exit code is 1
if anything does not hold; with --make the files are made again first. Without a NAME: all of them."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as figure-1; default: all")
    parser.add_argument("--verify", action="store_true", help="check both certificates, the budget, the answers")
    parser.add_argument("--make", action="store_true", help="attack and certify again, and write the files")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where files are made and read; default: the bundle")
    parser.add_argument("--json", type=Path, metavar="OUT")


def run(options: argparse.Namespace) -> int:
    from engine.papers.scenarios import (
        SCENARIOS,
        check_scenario,
        make_scenario,
        open_scenario,
        save_scenario,
        scenarios,
    )

    check_file(options.json)
    folder = options.out or SCENARIOS
    if options.make:
        check_folder(folder)
    rows = []
    for scenario in [scenarios[name] for name in options.names or scenarios]:
        if options.make:
            save_scenario(make_scenario(scenario), folder / scenario.name)
        staged = open_scenario(scenario, folder / scenario.name)
        row = staged.as_row()
        if options.verify:
            told = check_scenario(staged)
            row |= {"verified": all(one.passed for one in told), "checks": [asdict(one) for one in told]}
        rows.append(row)
        print_json(row)
    write_json(options.json, {"rows": rows})
    return 0 if all(row.get("verified", True) for row in rows) else 1


COMMAND = Command(
    name="scenarios",
    help="the bundled attacks: list them, verify them, make them again",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
