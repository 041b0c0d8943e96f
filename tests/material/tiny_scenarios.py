"""Bundled attacks in small: of an image and of a shape, made in a second. No test in here."""

from __future__ import annotations

from engine.attacks import Attempt, Target
from engine.certification import Settings
from engine.papers import Scenario

PICTURE = Scenario(
    name="tiny", place=1, title="Tiny", told="A small picture.", sample="street-104", undefended="street-clean",
    certified="street-noise25", settings=Settings(sigma=0.25, tau=0.6, n0=5, n=60, seed=11, size=64),
    how=Attempt(share=0.99, loss="js", steps=6),
)  # fmt: skip
SHAPE = Scenario(
    name="tiny-shape", place=2, title="Tiny shape", told="A small chair.", sample="Chair-1",
    undefended="parts-clean@Chair", certified="parts-noise@Chair",
    settings=Settings(sigma=0.05, tau=0.6, n0=5, n=40, seed=12, points=64),
    how=Attempt(share=0.99, loss="flips", steps=4), target=Target(only=2),
)  # fmt: skip
