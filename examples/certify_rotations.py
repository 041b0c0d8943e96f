"""Certify the parts of a chair against every rotation in space up to an angle, and save them as a coloured cloud.

python examples/certify_rotations.py [--seed 1] [--points 512] [--out FOLDER]
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import engine

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--seed", type=int, default=1, help="every seed is another chair")
parser.add_argument("--points", type=int, default=512)
parser.add_argument("--out", type=Path, default=Path("out"))
options = parser.parse_args()

model = engine.load_model("parts-rotated@Chair")
shape = engine.inputs.sample_mesh(engine.synthetic.build_shape("Chair", options.seed), options.points, seed=0)
settings = engine.Settings(family="so3", sigma=0.25, tau=0.75, n0=20, n=100)
cert = engine.certify(model, shape, settings)

published = engine.perturbations["so3"].published(settings.sigma, settings.tau)
print(f"{cert.certified_fraction:.1%} of the points cannot be given another part by any rotation")
print(f"up to {math.degrees(cert.radius):.2f} degrees, about any axis. That is proved.")
print(f"As published, without a proof for rotations in space: {math.degrees(published):.2f} degrees.")

options.out.mkdir(parents=True, exist_ok=True)
(options.out / "chair.ply").write_bytes(engine.export.labels_ply(shape, cert.labels, model.info.labels))
