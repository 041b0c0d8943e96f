"""The bundled sample images: which seeds they are, and how their files are written."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image as Pillow

from engine.scenes.street import render_street

SEEDS = {
    92: "Golden hour, suburb",
    102: "Dusk, wet road",
    104: "Noon by the park",
    127: "Autumn evening",
    119: "Overcast old town",
    107: "Misty high street",
    100: "Wide avenue",
    110: "After the rain",
}


def write_gallery(folder: Path) -> None:
    """Render every sample into `folder`: street-SEED.jpg, street-SEED-labels.png and index.json."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed, title in SEEDS.items():
        scene = render_street(seed)
        row = {
            "name": f"street-{seed}",
            "title": title,
            "image": f"street-{seed}.jpg",
            "labels": f"street-{seed}-labels.png",
        }
        Pillow.fromarray(scene.pixels).save(folder / row["image"], quality=95, subsampling=0)
        Pillow.fromarray(scene.labels).save(folder / row["labels"], optimize=True)
        rows.append(row)
    (folder / "index.json").write_text(json.dumps(rows, indent=1) + "\n")
