"""Puts trained weights into the zoo: the file under assets/models and its row in the manifest."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.errors import InvalidInput

MAX_WEIGHT_BYTES = 15 * 1024 * 1024


def publish(weights: Path, row: Mapping[str, Any], folder: Path) -> None:
    """Copy `weights` to `folder` and write `row` (name, title, labels, trained_sigma, architecture, spec) with file
    name, card name and sha256 into folder/manifest.json, replacing the row of that name.

    Raises InvalidInput if the file cannot be read or is too large, or if the model has no card yet.
    """
    name = row["name"]
    if not (folder / f"{name}.md").is_file():
        raise InvalidInput(f"write the model card {name}.md first: no model is published without one")
    try:
        data = weights.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read {weights}: {error.strerror or error}") from None
    if len(data) > MAX_WEIGHT_BYTES:
        raise InvalidInput(f"{weights} has {len(data)} bytes; at most {MAX_WEIGHT_BYTES} are kept in the repository")
    manifest = folder / "manifest.json"
    rows = json.loads(manifest.read_text(encoding="utf-8"))["models"] if manifest.is_file() else []
    entry = dict(row) | {
        "file": f"{name}.safetensors",
        "card": f"{name}.md",
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    (folder / entry["file"]).write_bytes(data)
    names = [known["name"] for known in rows]
    if name in names:
        rows[names.index(name)] = entry
    else:
        rows.append(entry)
    manifest.write_text(json.dumps({"models": rows}, indent=1) + "\n", encoding="utf-8")
