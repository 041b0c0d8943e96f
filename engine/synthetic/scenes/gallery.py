"""The bundled sample images: which seeds they are, and how their files are written."""

import json
from pathlib import Path

from PIL import Image as Pillow

from engine.inputs.labels import CAMVID
from engine.synthetic.scenes.street import render_street

SEEDS = {
    92: "Golden hour",
    102: "Wet dusk",
    104: "Park at noon",
    127: "Autumn",
    119: "Old town",
    107: "Mist",
    100: "Avenue",
    110: "After rain",
}


def write_gallery(folder: Path) -> None:
    """Render every sample into `folder`, a plain folder dataset: images, labels and classes.txt, and index.json."""
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows = []
    for seed, title in SEEDS.items():
        scene = render_street(seed)
        row = {
            "name": f"street-{seed}",
            "title": title,
            "image": f"images/street-{seed}.jpg",
            "labels": f"labels/street-{seed}.png",
        }
        Pillow.fromarray(scene.pixels).save(folder / row["image"], quality=95, subsampling=0)
        Pillow.fromarray(scene.labels).save(folder / row["labels"], optimize=True)
        rows.append(row)
    (folder / "classes.txt").write_text("\n".join(CAMVID.classes) + "\n", encoding="utf-8")
    (folder / "index.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
