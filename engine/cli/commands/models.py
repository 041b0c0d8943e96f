"""models: what the zoo holds."""

import argparse

from engine.cli.command import Command
from engine.cli.output import print_json
from engine.models import zoo
from engine.models.catalogue import available


def configure(parser: argparse.ArgumentParser) -> None:
    """It takes no arguments."""
    _ = parser


def run(options: argparse.Namespace) -> int:
    _ = options
    for info in available():
        print_json(
            {
                "name": info.name,
                "title": info.title,
                "labels": info.labels.name,
                "classes": len(info.labels),
                "trained_sigma": info.trained_sigma,
                "weights_sha256": info.weights_sha256,
            }
        )
    for entry in (*zoo.bundled(zoo.PARTS), *zoo.bundled(zoo.DENOISER)):
        told = {"name": entry.name, "title": entry.title, "role": entry.role, "weights_sha256": entry.sha256}
        print_json({**told, "trained_sigma": entry.trained_sigma, "categories": list(entry.categories)}
                   if entry.role == zoo.PARTS else told)  # fmt: skip
    return 0


COMMAND = Command(name="models", help="list the models that ship with the project", configure=configure, run=run)
