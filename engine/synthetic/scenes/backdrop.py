"""What closes the view: far tree lines and roofs, and the row of houses behind a junction."""

import numpy as np
from PIL import Image

from engine.synthetic.scenes.facades import hang_front
from engine.synthetic.scenes.plan import Lot, StreetPlan
from engine.synthetic.scenes.stage import Label, Stage
from engine.synthetic.scenes.vegetation import draw_tree


def draw_backdrop(stage: Stage, plan: StreetPlan, crowns: list[Image.Image], rng: np.random.Generator) -> None:
    """Far silhouettes along the horizon, deep in the haze."""
    centre = plan.at(0.0, 160.0)
    for z in (260.0, 210.0, 170.0):
        x = centre - z * 0.8
        while x < centre + z * 0.8:
            if rng.random() < 0.5:
                wide, tall = float(rng.uniform(10, 24)), float(rng.uniform(5, 13))
                quad = np.array([[x, 0, z], [x + wide, 0, z], [x + wide, tall, z], [x, tall, z]])
                stage.face(quad, np.array([150.0, 138.0, 128.0]), np.array([0.0, 0.0, -1.0]), Label.BUILDING)
            else:
                wide = float(rng.uniform(7, 14))
                draw_tree(stage, rng, crowns, x, z, float(rng.uniform(7, 13)), wide * 1.3)
            x += wide * 0.8


def draw_cross_row(stage: Stage, plan: StreetPlan, rng: np.random.Generator) -> None:
    """Houses that face the camera across the street at the end of a T-junction."""
    z = plan.junction + 8.0 + 2.0
    for side in (-1.0, 1.0):
        x = 0.0
        while x < z * 0.75:
            wide = float(rng.uniform(6, 11))
            _draw_front(stage, plan, rng, side * x if side > 0 else -x - wide, z, wide)
            x += wide


def _draw_front(stage: Stage, plan: StreetPlan, rng: np.random.Generator, x: float, z: float, wide: float) -> None:
    """One house front of `wide` metres parallel to the picture at distance z."""
    floors = int(rng.integers(2, 4))
    lot = Lot(
        side=0,
        start=z,
        end=z + wide,
        floors=floors,
        height=floors * 3.0 + 0.4,
        roof=float(rng.uniform(1.5, 3)),
        shop=bool(rng.random() < 0.4),
    )
    a = np.array([x + plan.at(0, z), 0.0, z])
    hang_front(
        stage,
        rng,
        lot,
        a,
        a + np.array([wide, 0.0, 0.0]),
        np.array([0.0, 0.0, -1.0]),
        99.0 if stage.light.to_sun[2] > 0 else 0.0,
    )
