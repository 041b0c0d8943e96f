"""Things placed in the street: how each is drawn later, and the shadows it throws on the ground."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image

from engine.synthetic.scenes.furniture import draw_fence, draw_lamp, draw_sign, draw_traffic_light
from engine.synthetic.scenes.people import draw_cyclist, draw_pedestrian
from engine.synthetic.scenes.plan import StreetPlan
from engine.synthetic.scenes.stage import Stage
from engine.synthetic.scenes.vegetation import draw_hedge, draw_tree
from engine.synthetic.scenes.vehicles import car_shadow, draw_car

Item = tuple[float, float, Callable[[], None]]  # distance, share of sun, draw
Shadow = tuple[np.ndarray, int]


class Cast:
    """Collects what is to be drawn, and the shadows it throws on the ground."""

    def __init__(self, stage: Stage, plan: StreetPlan, crowns: list[Image.Image], rng: np.random.Generator) -> None:
        self.stage, self.plan, self.crowns, self.rng = stage, plan, crowns, rng
        self.items: list[Item] = []
        self.contact: list[Shadow] = []
        self.shadows: list[Shadow] = []
        self.end = plan.junction if plan.junction else 110.0

    def fork(self) -> np.random.Generator:
        """A generator of its own for one object, because objects are drawn in another order than placed."""
        return np.random.default_rng(int(self.rng.integers(2**62)))

    def free(self, sign: int, z: float, margin: float = 1.0) -> bool:
        """Whether the kerb at z is not the mouth of a side street."""
        return all(s != sign or not start - margin < z < end + margin for s, start, end in self.plan.openings)

    def add(self, u: float, y: float, z: float, draw: Callable[[], None]) -> None:
        """Something whose middle is at height y and lateral position u."""
        self.items.append((z, self.plan.sunlit(u, y, z, self.stage.light.to_sun), draw))

    def upright(self, x: float, z: float, width: float, height: float) -> None:
        """Shadow of something thin and upright, and a dark spot where it stands."""
        spot = [(x + 0.6 * width * math.cos(t), z + 0.6 * width * math.sin(t)) for t in np.linspace(0, 6.0, 10)]
        self.contact.append((np.array(spot), 150))
        light = self.stage.light
        if light.sunny:
            reach = height / max(float(light.to_sun[1]), 0.18)
            dx, dz = -light.to_sun[0] * reach, -light.to_sun[2] * reach
            px, pz = -dz, dx
            k = 0.5 * width / max(math.hypot(px, pz), 1e-6)
            px, pz = px * k, pz * k
            quad = [
                (x + px, z + pz),
                (x + dx + px, z + dz + pz),
                (x + dx - px, z + dz - pz),
                (x - px, z - pz),
            ]
            self.shadows.append((np.array(quad), 235))

    def tree(self, u: float, z: float, height: float, spread: float) -> None:
        x, rng, light = self.plan.at(u, z), self.fork(), self.stage.light
        self.add(u, 0.6 * height, z, partial(draw_tree, self.stage, rng, self.crowns, x, z, height, spread))
        self.upright(x, z, 0.3, height * 0.5)
        if light.sunny:
            reach = 0.68 * height / max(float(light.to_sun[1]), 0.18)
            cx, cz = x - light.to_sun[0] * reach, z - light.to_sun[2] * reach
            for _ in range(7):
                ax, az = cx + self.rng.normal(0, 0.24) * spread, cz + self.rng.normal(0, 0.26) * spread
                radius = spread * self.rng.uniform(0.12, 0.26)
                turn = np.linspace(0, 2 * math.pi, 14, endpoint=False)
                wobble = radius * self.rng.uniform(0.7, 1.2, 14)
                blob = np.stack([ax + wobble * np.cos(turn), az + wobble * np.sin(turn)], axis=1)
                self.shadows.append((blob, 225))

    def car(self, u: float, z: float, away: bool, parked: bool) -> None:
        rng, x = self.fork(), self.plan.at(u, z)
        slope = math.atan(float(self.plan.offset(z + 1) - self.plan.offset(z - 1)) / 2)
        heading = slope + (0.0 if away else math.pi) + float(rng.normal(0, 0.02 if parked else 0.035))
        shape = str(rng.choice(["hatch", "saloon", "suv", "van"], p=[0.38, 0.27, 0.23, 0.12]))
        braking = not parked and away and bool(rng.random() < 0.4)
        self.add(u, 0.9, z, partial(draw_car, self.stage, rng, x, z, heading, shape, braking))
        contact, cast = car_shadow(x, z, heading, self.stage.light.to_sun)
        self.contact += contact
        if self.stage.light.sunny:
            self.shadows += cast

    def person(self, u: float, z: float) -> None:
        rng, x = self.fork(), self.plan.at(u, z)
        self.add(u, 1.2, z, partial(draw_pedestrian, self.stage, rng, x, z))
        self.upright(x, z, 0.42, 1.7)

    def cyclist(self, u: float, z: float, pose: str) -> None:
        rng, x = self.fork(), self.plan.at(u, z)
        self.add(u, 1.2, z, partial(draw_cyclist, self.stage, rng, x, z, pose))
        self.upright(x, z, 0.5 if pose == "along" else 0.9, 1.7)

    def lamp(self, u: float, z: float, sign: int, style: int) -> None:
        x = self.plan.at(u, z)
        self.add(u, 3.5, z, partial(draw_lamp, self.stage, x, z, -sign, style))
        self.upright(x, z, 0.14, 6.0)

    def sign(self, u: float, z: float) -> None:
        x, kind = self.plan.at(u, z), int(self.rng.integers(6))
        self.add(u, 2.2, z, partial(draw_sign, self.stage, self.fork(), x, z, kind))
        self.upright(x, z, 0.09, 2.6)

    def signal(self, u: float, z: float) -> None:
        x = self.plan.at(u, z)
        self.add(u, 2.5, z, partial(draw_traffic_light, self.stage, self.fork(), x, z))
        self.upright(x, z, 0.10, 3.2)

    def barrier(self, u: float, z: float, step: float, style: str, tone: np.ndarray, height: float) -> None:
        """One stretch of fence or, with style 'hedge', of hedge, from z on."""
        a = np.array([self.plan.at(u, z), 0.0, z])
        b = np.array([self.plan.at(u, z + step), 0.0, z + step])
        normal = np.array([-math.copysign(1.0, u), 0.0, 0.0])
        if style == "hedge":
            draw = partial(draw_hedge, self.stage, self.fork(), a, b, height, normal)
        else:
            draw = partial(draw_fence, self.stage, self.fork(), a, b, normal, style, tone)
        self.add(u, 0.8, z + 0.5 * step, draw)
