"""fetch: download an off-the-shelf segmenter and configure it."""

import argparse
import json
from pathlib import Path

from engine.cli.command import Command
from engine.cli.output import check_folder, counting, print_json
from engine.core.errors import InvalidInput, unknown_name

_DESCRIPTION = """Without a name: list what can be had, with sizes and terms, downloading nothing. With one: download it
to --folder, check it, and add it to models.toml here, from where every command and the app know it by its name."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME")
    parser.add_argument("--folder", type=Path, default=Path("models"), metavar="DIR")


def run(options: argparse.Namespace) -> int:
    from engine.models.configured import CONFIG, configured_models
    from engine.models.external import sha256_of, sources

    offers = {offer.name: (source, offer) for source in sources.values() for offer in source.offers}
    if options.name is None:
        for name, (source, offer) in offers.items():
            print_json(
                {
                    "name": name,
                    "title": offer.title,
                    "source": source.name,
                    "labels": offer.labels,
                    "megabytes": offer.megabytes,
                    "terms": offer.terms,
                    "needs": "" if source.installed else source.install,
                }
            )
        return 0
    if options.name not in offers:
        raise unknown_name("offer", options.name, offers)
    source, offer = offers[options.name]
    model = offer.name.replace("_", "-")
    if model in configured_models():
        raise InvalidInput(f"{CONFIG} has a model {model} already; remove that entry to fetch it again")
    check_folder(options.folder)
    options.folder.mkdir(parents=True, exist_ok=True)
    path = source.fetch(offer, options.folder, counting(f"bytes of about {offer.megabytes:g} MB"))
    entry = {
        "name": model,
        "title": offer.title,
        "source": source.name,
        "path": str(path),
        "labels": offer.labels,
        "sha256": sha256_of(path),
    }
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in entry.items())
    with CONFIG.open("a", encoding="utf-8") as file:
        file.write(f"\n[[model]]\n{lines}")
    print_json({"model": model, "path": str(path), "config": str(CONFIG)})
    return 0


COMMAND = Command(
    name="fetch",
    help="download an off-the-shelf segmenter, or list those that can be had",
    description=_DESCRIPTION,
    configure=configure,
    run=run,
)
