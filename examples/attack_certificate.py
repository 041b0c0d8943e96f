"""Attack a certified picture inside its radius, and check the certificate by drawing again.

python examples/attack_certificate.py [--size 96] [--share 0.95]
"""

from __future__ import annotations

import argparse

import engine
from engine.core.assets import ASSETS

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--size", type=int, default=96)
parser.add_argument("--share", type=float, default=0.95, help="of the certified radius")
options = parser.parse_args()

model = engine.load_model("street-noise25")
image = engine.read_image(ASSETS / "samples" / "images" / "street-104.jpg", size=options.size)
cert = engine.certify(model, image, engine.Settings(sigma=0.25, tau=0.75, n=80))

verdict = engine.attack(model, image, against=cert, share=options.share).verdict
print(f"{verdict.certified:,} pixels were certified. Under an attack of {options.share:g} R")
print(f"{verdict.violations} of them were flipped to another class, and {verdict.now_abstain:,} now abstain.")
if not verdict.inside:
    print("That attack was outside the radius, where nothing was promised.")

check = engine.verify(cert, subject=image, resample=True)
print("The certificate holds:" if check.passed else "The certificate does NOT hold:")
for one in check.checks:
    print(f"  {one.name}: {one.detail}")
