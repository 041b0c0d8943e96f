"""Certify a street scene, and save what is promised about it.

python examples/certify_image.py [--image FILE] [--size 160] [--out FOLDER]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import engine
from engine.core.assets import ASSETS

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--image", type=Path, default=ASSETS / "samples" / "images" / "street-104.jpg")
parser.add_argument("--size", type=int, default=160)
parser.add_argument("--out", type=Path, default=Path("out"))
options = parser.parse_args()

model = engine.load_model("street-noise25")
image = engine.read_image(options.image, size=options.size)
cert = engine.certify(model, image, engine.Settings(sigma=0.25, tau=0.75, n=100))
print(f"{cert.certified_fraction:.1%} of the pixels cannot be flipped by a change of l2 size up to {cert.radius:.4f}.")

options.out.mkdir(parents=True, exist_ok=True)
cert.save(options.out / "certificate.npz")
(options.out / "certified.png").write_bytes(engine.export.labels_png(cert.labels, model.info.labels))
print(f"Saved in {options.out}: the certificate, and a picture that is white where the model abstains.")
