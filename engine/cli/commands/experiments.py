"""experiments: recompute the paper's synthetic figures."""

import argparse
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import check_file, check_folder, print_json, write_json

_DESCRIPTION = """Recomputes the synthetic experiments of the paper, one line of findings each; all of them without a
NAME. With --json OUT the curves are written too: to the file OUT, or, for several, to OUT/NAME.json."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as figure-2a; default: all")
    parser.add_argument("--json", type=Path, metavar="OUT", help="a file for one NAME, a folder for several")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quality", default="paper", help="paper: 600 repetitions; draft: 60")


def run(options: argparse.Namespace) -> int:
    from engine.core.errors import unknown_name
    from engine.core.progress import never, unheard
    from engine.papers.figures import Quality, experiments

    qualities = {quality.value: quality for quality in Quality}
    if options.quality not in qualities:
        raise unknown_name("quality", options.quality, qualities)
    chosen = [experiments[name] for name in options.names or experiments]
    single = len(options.names) == 1
    if options.json is not None:
        check_file(options.json) if single else check_folder(options.json)
    for entry in chosen:
        result = entry.run(
            seed=options.seed,
            quality=qualities[options.quality],
            progress=unheard,
            cancelled=never,
        ).as_dict()
        if options.json is not None:
            write_json(options.json if single else options.json / f"{entry.name}.json", result)
        print_json({key: value for key, value in result.items() if key != "series"})
    return 0


COMMAND = Command(
    name="experiments",
    help="recompute the paper's synthetic figures",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
