"""plan: what a run can reach, before it is made."""

import argparse
import math
from pathlib import Path

from engine.certification.pace import measure_pace
from engine.cli.command import Command
from engine.cli.options import add_category, add_settings, model_of, read_subject, settings_of
from engine.cli.output import print_json
from engine.core.errors import InvalidSetting
from engine.stats.planner import expected_share, forecasts

_TRUE_P = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 0.999)
_DESCRIPTION = """Prints the smallest useful n, an n worth taking, the share of pixels expected to be certified if
all had a given true probability (power), the corrections compared, and, for an image or a shape, the time that the run
takes here."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="an image or a shape: count components, estimate the time"
    )
    add_category(parser)
    parser.add_argument("--pixels", type=int, metavar="N", help="so many components, instead of a file")
    parser.add_argument("--p", type=float, default=0.95, help="true probability at which corrections are compared")
    add_settings(parser)


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if (options.file is None) == (options.pixels is None):
        raise InvalidSetting("plan needs either a FILE or --pixels N")
    if options.file is None:
        components, seconds = options.pixels, None
        if not 1 <= components <= 1 << 24:
            raise InvalidSetting(f"pixels must lie in [1, {1 << 24}], got {components}")
    else:
        subject, model = read_subject(options.file, settings), model_of(options)
        model.info.check_kind(subject.kind)
        components = math.prod(subject.shape)
        seconds = measure_pace(model, subject) * components * (settings.n0 + settings.n)
    budget = settings.tolerated(components)
    common = {
        "draws": settings.n, "tau": settings.tau, "alpha": settings.alpha, "components": components,
        "mode_name": settings.mode, "budget": budget,
    }  # fmt: skip
    rows = forecasts(p=options.p, **common)
    print_json(
        {
            "components": components,
            "smallest_useful_n": settings.smallest_useful_n(components),
            "useful_n": settings.useful_n(components),
            "power": {
                f"{p:g}": round(expected_share(p=p, correction_name=settings.correction, **common), 4) for p in _TRUE_P
            },
            "corrections_at_p": options.p,
            "corrections": [
                {"correction": row.correction, "share": round(row.share, 4), "smallest_useful_n": row.smallest_n}
                for row in rows
            ],
            "best_correction": rows[0].correction if rows else None,
            "seconds": None if seconds is None else round(seconds, 2),
            "settings": settings.as_dict(),
        }
    )
    return 0


COMMAND = Command(
    name="plan", help="what a run can reach, before it is made", description=_DESCRIPTION, configure=configure, run=run
)
