"""Views for the viewer's tests: counts that are made up, and decided by the engine in every mode and correction."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

import engine
from app.pictures import overlay
from app.pictures.packed import packed_certificate
from app.pictures.view_data import Pane, View, certificate_layer, classes_layer, picture_layer
from tests.material.pictures import street_scene
from tests.material.totals import totals_of

SIZES = {"small": (48, 64), "usual": (240, 320), "large": (480, 640), "wide": (512, 1024)}
CHANGES: dict[str, dict[str, Any]] = {
    "fixed": {},
    "fixed-step-down": {"correction": "k-step-down", "budget": 40},
    "explore": {"mode": "explore", "correction": "bonferroni"},
    "explore-budget": {"mode": "explore", "correction": "k-single-step", "budget": 40},
    "free": {"mode": "free", "correction": "bonferroni", "n": 300},
    "anytime": {"mode": "anytime"},
    "selection": {"correction": "fdr-by"},
    "selection-assumed": {"correction": "fdr-bh"},
}
CAMVID = engine.inputs.label_spaces["camvid"]


def counts(height: int, width: int, draws: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Classes under test, hits of so many draws, and votes of 10: blocks of classes, unsure at their borders."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / height
    top = np.where(rows < 0.35, 0, np.where(rows < 0.62, np.where(columns < 0.5, 1, 5), 3)).astype(np.uint8)
    top[(abs(rows - 0.66) < 0.12) & (abs(columns - 0.7) < 0.09)] = 9
    near = np.minimum.reduce([abs(rows - 0.35), abs(rows - 0.62), abs(columns - 0.5) + 0.05])
    chance = np.clip(0.55 + 4.5 * near + 0.03 * rng.normal(size=near.shape), 0.02, 0.9995)
    hits = rng.binomial(draws, chance).astype(np.int32)
    votes = np.zeros((len(CAMVID), height, width), dtype=np.uint16)
    given = rng.binomial(10, chance)
    np.put_along_axis(votes, top[None].astype(int), given[None].astype(np.uint16), axis=0)
    other = (top + 1) % len(CAMVID)
    np.put_along_axis(votes, other[None].astype(int), (10 - given)[None].astype(np.uint16), axis=0)
    return top, hits, votes


def certificate_named(name: str, size: str = "small", seed: int = 0) -> engine.Certificate:
    """A certificate of made-up counts under the settings of that name."""
    base = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    settings = replace(base.settings, **{"n": 100, "alpha": 0.01, "tau": 0.75, "sigma": 0.25, **CHANGES[name]})
    top, hits, votes = counts(*SIZES[size], settings.n, seed)
    decision = engine.certification.decisions.decide(settings, top, hits, settings.n)
    return replace(
        base, settings=settings, labels=decision.labels, top=top, votes=votes, hits=hits,
        totals=totals_of(hits, settings.n), draws=settings.n, cutoff=decision.cutoff, radius=decision.radius,
    )  # fmt: skip


@cache
def view_named(name: str, seed: int = 0) -> View:
    """`MODE`, or `MODE.SIZE`: four panes with both certificates; `plain`: one picture and nothing else."""
    mode, _, size = name.partition(".")
    height, width = SIZES[size or "small"]
    scene = street_scene(width, height)
    if mode == "plain":
        return View(panes=(Pane(title="Input", layer="Input"),), layers=(picture_layer("Input", scene),), space=CAMVID)
    clean, attacked = (certificate_named(mode, size or "small", seed) for seed in (seed, seed + 1))
    truth = np.where(np.arange(width)[None] < 2, engine.inputs.VOID, clean.top).astype(np.uint8)
    fallen = np.where((clean.top == 0) & (np.arange(height)[:, None] > height // 8), 1, clean.top).astype(np.uint8)
    noisy = np.clip(scene + np.random.default_rng(2).normal(0, 14, scene.shape), 0, 255).astype(np.uint8)
    layers = (
        picture_layer("Input", scene),
        picture_layer("Attacked input", noisy),
        classes_layer("Ground truth", truth),
        classes_layer("Undefended", clean.top),
        classes_layer("Undefended, attacked", fallen),
        classes_layer("Flips", overlay.flips(clean.top, fallen, clean.labels, attacked.labels), overlay.FLIPS),
        certificate_layer("Certified, clean", "certified", "clean"),
        certificate_layer("Certified", "certified", "attacked"),
        certificate_layer("Radius", "radius", "clean"),
        certificate_layer("Vote share", "share", "clean"),
        certificate_layer("p-value", "p_value", "clean"),
    )
    return View(
        panes=(
            Pane(title="The attacked picture", layer="Attacked input", caption="l2 size of the change: 0.31"),
            Pane(title="What is there", layer="Ground truth"),
            Pane(title="Undefended answer", layer="Undefended, attacked", caption="Nothing is promised about it."),
            Pane(title="Certified answer", layer="Certified", caption="White with a hatch: abstains."),
        ),
        layers=layers,
        space=CAMVID,
        certificates={
            "clean": packed_certificate(clean, title="clean picture"),
            "attacked": packed_certificate(attacked, title="attacked picture"),
        },
        truth="Ground truth",
        below="Input",
        caption=f"Made-up counts, {mode}.",
        budget=None if mode == "anytime" else 0.1,
    )
