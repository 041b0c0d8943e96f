"""Recipes of part models made tiny. No test in here."""

from __future__ import annotations

from dataclasses import replace

from engine.models.architectures.part_net import PartNetSpec
from engine.training.part_categories import CATEGORIES
from engine.training.part_recipe import PartsRecipe
from engine.training.parts import RECIPES

SPEC = PartNetSpec(
    parts=10, categories=3, normals=True, centres=(24, 8), neighbours=(8, 5), first=(8, 16), second=(16, 24),
    scene=(24, 32), back=(24, 16, 16),
)  # fmt: skip
KNOWN = {name: CATEGORIES[name] for name in ("Chair", "Cup", "Lamp")}  # 4, 2 and 4 parts; psb has no lamps
SMALL = {"batch": 2, "warmup": 2, "points": 64, "pool": 200, "own_count": 2}


def silent(_: str) -> None:
    pass


def tiny(name: str = "parts-normals-noise", **changes: object) -> PartsRecipe:
    spec = replace(SPEC, normals="normals" in name or "rotated" in name)
    return replace(RECIPES[name], **{"spec": spec, "categories": KNOWN, "steps": 4, **SMALL, **changes})
