"""Where everything in the street stands: vehicles, people, trees, poles, signs and fences."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PIL import Image

from engine.scenes.furniture import draw_fence, draw_lamp, draw_sign, draw_traffic_light
from engine.scenes.people import draw_cyclist, draw_pedestrian
from engine.scenes.plan import FAR, Plan
from engine.scenes.stage import Stage
from engine.scenes.vegetation import draw_hedge, draw_tree
from engine.scenes.vehicles import car_shadow, draw_car

Item = tuple[float, Callable[[], None]]
Shadow = tuple[np.ndarray, int]


class _Cast:
    """Collects what is to be drawn, and the shadows it throws on the ground."""

    def __init__(self, stage: Stage, plan: Plan, crowns: list[Image.Image], rng: np.random.Generator) -> None:
        self.stage, self.plan, self.crowns, self.rng = stage, plan, crowns, rng
        self.items: list[Item] = []
        self.shadows: list[Shadow] = []
        self.end = plan.junction if plan.junction else 110.0

    def fork(self) -> np.random.Generator:
        """A generator of its own for one object, because objects are drawn in another order than placed."""
        return np.random.default_rng(int(self.rng.integers(2**62)))

    def free(self, sign: int, z: float, margin: float = 1.0) -> bool:
        """Whether the kerb at z is not the mouth of a side street."""
        return all(s != sign or not start - margin < z < end + margin for s, start, end in self.plan.openings)

    def upright(self, x: float, z: float, width: float, height: float) -> None:
        """Shadow of something thin and upright, and a dark spot where it stands."""
        spot = [(x + 1.3 * width * math.cos(t), z + 1.3 * width * math.sin(t)) for t in np.linspace(0, 6.0, 10)]
        self.shadows.append((np.array(spot), 130))
        light = self.stage.light
        if light.sunny:
            reach = height / max(float(light.to_sun[1]), 0.18)
            dx, dz = -light.to_sun[0] * reach, -light.to_sun[2] * reach
            px, pz = -dz, dx
            k = 0.5 * width / max(math.hypot(px, pz), 1e-6)
            px, pz = px * k, pz * k
            quad = [(x + px, z + pz), (x + dx + px, z + dz + pz), (x + dx - px, z + dz - pz), (x - px, z - pz)]
            self.shadows.append((np.array(quad), 235))

    def tree(self, u: float, z: float, height: float, spread: float) -> None:
        x, rng, light = self.plan.at(u, z), self.fork(), self.stage.light
        self.items.append((z, lambda: draw_tree(self.stage, rng, self.crowns, x, z, height, spread)))
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
        self.items.append((z, lambda: draw_car(self.stage, rng, x, z, heading, shape, braking)))
        self.shadows += car_shadow(x, z, heading, self.stage.light.to_sun, self.stage.light.sunny)

    def person(self, u: float, z: float) -> None:
        rng, x = self.fork(), self.plan.at(u, z)
        self.items.append((z, lambda: draw_pedestrian(self.stage, rng, x, z)))
        self.upright(x, z, 0.42, 1.7)

    def cyclist(self, u: float, z: float, pose: str) -> None:
        rng, x = self.fork(), self.plan.at(u, z)
        self.items.append((z, lambda: draw_cyclist(self.stage, rng, x, z, pose)))
        self.upright(x, z, 0.5 if pose == "along" else 0.9, 1.7)


def _traffic(cast: _Cast) -> None:
    rng, plan = cast.rng, cast.plan
    lane = plan.half / (2 if plan.lanes == 4 else 1)
    parked = {"old_town": 0.45, "suburb": 0.4, "avenue": 0.45, "high_street": 0.35, "park_side": 0.5}[plan.kind]
    taken: list[tuple[float, float]] = []
    room = plan.half > 3.0
    for sign in (-1, 1):
        if not room and sign < 0:
            continue
        z = float(rng.uniform(9.5, 15)) if sign < 0 else float(rng.uniform(6, 11))
        while z < min(cast.end - 4, 95):
            if rng.random() < parked and cast.free(sign, z, 3.0) and not plan.zebra - 3 < z < plan.zebra + 6:
                u = sign * (plan.half - 1.0 + (0.0 if plan.half > 3.4 else 0.35))
                cast.car(u, z, away=(sign < 0) == (rng.random() < 0.9), parked=True)
                taken.append((u, z))
            z += float(rng.uniform(5.4, 7.5))

    def clear(u: float, z: float) -> bool:
        return all(abs(z - b) > 5.5 or abs(u - a) > 2.0 for a, b in taken)

    for sign in (-1, 1):
        lines = [0.5 * lane, 1.5 * lane] if plan.lanes == 4 else [0.42 * lane]
        for line in lines:
            z = float(rng.uniform(10.5, 26)) if sign < 0 else float(rng.uniform(7, 22))
            while z < cast.end - 2:
                u = sign * line + float(rng.normal(0, 0.12))
                if rng.random() < 0.55 and clear(u, z):
                    cast.car(u, z, away=sign < 0, parked=False)
                    taken.append((u, z))
                z += float(rng.uniform(8, 26))
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.22, 0.4, 0.25, 0.13]))):
        z = float(rng.uniform(6.5, 22))
        u = float(rng.choice([-1.0, 1.0])) * (plan.half - float(rng.uniform(0.5, 0.9)))
        if rng.random() < 0.3:
            u, pose = float(rng.uniform(-plan.half, plan.half)), "side"
        else:
            pose = "along"
            for _ in range(6):
                if clear(u, z):
                    break
                u -= math.copysign(0.45, u)
        if clear(u, z):
            cast.cyclist(u, z, pose)
            taken.append((u, z))


def _people(cast: _Cast) -> None:
    rng, plan = cast.rng, cast.plan
    mean = {"old_town": 6, "suburb": 3, "avenue": 7, "high_street": 13, "park_side": 5}[plan.kind]
    for _ in range(int(rng.poisson(mean)) + 1):
        side = int(rng.integers(0, 2))
        sign = -1 if side == 0 else 1
        z = 5.0 + 40 * float(rng.random()) ** 1.4
        u = sign * (plan.half + float(rng.uniform(0.5, max(plan.pavement[side] - 0.4, 0.7))))
        cast.person(u, z)
        if rng.random() < 0.3:
            cast.person(u + float(rng.uniform(0.45, 0.65)), z + float(rng.uniform(-0.3, 0.3)))
    if plan.zebra or rng.random() < 0.2:
        z = plan.zebra + 1.5 if plan.zebra else float(rng.uniform(12, 26))
        for _ in range(int(rng.integers(1, 4))):
            cast.person(float(rng.uniform(-plan.half, plan.half)), z + float(rng.uniform(-0.9, 0.9)))


def _furniture(cast: _Cast) -> None:
    rng, plan, stage = cast.rng, cast.plan, cast.stage
    style = int(rng.choice([0, 1, 2, 3])) if plan.kind != "avenue" else int(rng.integers(0, 2))
    gap = float(rng.uniform(15, 24))
    for side, sign in ((0, -1), (1, 1)):
        z = float(rng.uniform(5, 16))
        while z < cast.end:
            if cast.free(sign, z) and (side == 0 or rng.random() < 0.85):
                u = sign * (plan.half + 0.45)
                x, own = plan.at(u, z), cast.fork()
                cast.items.append((z, lambda x=x, z=z, own=own, sign=sign: draw_lamp(stage, own, x, z, -sign, style)))
                cast.upright(x, z, 0.14, 6.0)
            z += gap
        z = float(rng.uniform(9, 17))
        while z < cast.end:
            x, own = plan.at(sign * (plan.half + 0.4), z), cast.fork()
            if cast.free(sign, z):
                if rng.random() < 0.22:
                    cast.items.append((z, lambda x=x, z=z, own=own: draw_traffic_light(stage, own, x, z)))
                else:
                    kind = int(rng.integers(6))
                    cast.items.append((z, lambda x=x, z=z, own=own, kind=kind: draw_sign(stage, own, x, z, kind)))
                cast.upright(x, z, 0.09, 2.6)
            z += float(rng.uniform(9, 26))
    if plan.zebra:
        for sign in (-1, 1):
            z = plan.zebra - 0.4
            x, own = plan.at(sign * (plan.half + 0.4), z), cast.fork()
            cast.items.append((z, lambda x=x, z=z, own=own: draw_traffic_light(stage, own, x, z)))


def _edges(cast: _Cast) -> None:
    """Fences, railings and hedges along the pavements."""
    rng, plan, stage = cast.rng, cast.plan, cast.stage
    for side, sign in ((0, -1), (1, 1)):
        built = any(lot.side == side for lot in plan.lots)
        if plan.kind == "suburb":
            u, mode = sign * (plan.half + plan.pavement[side] + 0.1), "garden"
        elif not built:
            u, mode = sign * (plan.half + plan.pavement[side] + 0.1), "park"
        elif rng.random() < 0.5:
            u, mode = sign * (plan.half + 0.35), "guard"
        else:
            continue
        wood = rng.random() < 0.5
        tone = np.array([150.0, 118.0, 84.0] if wood else [206.0, 204.0, 196.0]) * float(rng.uniform(0.75, 1.0))
        metal = np.array([58.0, 64.0, 62.0]) * float(rng.uniform(0.7, 1.7))
        style = str(rng.choice(["boards", "picket", "railing"]))
        z = float(rng.uniform(1.0, 3.0)) if mode != "guard" else float(rng.uniform(5, 14))
        stop = min(cast.end - 2, 90.0) if mode != "guard" else z + float(rng.uniform(8, 26))
        while z < stop:
            step = 4.0 if z < 24 else 8.0
            if cast.free(sign, z, 0.5) and cast.free(sign, z + step, 0.5):
                a = np.array([plan.at(u, z), 0.0, z])
                b = np.array([plan.at(u, z + step), 0.0, z + step])
                normal, own, depth = np.array([-float(sign), 0.0, 0.0]), cast.fork(), z + 0.5 * step
                if mode == "garden" and rng.random() < 0.42:
                    tall = float(rng.uniform(0.9, 1.7))
                    cast.items.append((depth, lambda a=a, b=b, n=normal, own=own, tall=tall: draw_hedge(stage, own, a, b, tall, n)))
                elif mode != "garden" or rng.random() < 0.85:
                    look, rgb = (style, tone) if mode == "garden" and style != "railing" else ("railing", metal)
                    cast.items.append((depth, lambda a=a, b=b, n=normal, own=own, look=look, rgb=rgb: draw_fence(stage, own, a, b, n, look, rgb)))
            z += step


def _trees(cast: _Cast) -> None:
    rng, plan = cast.rng, cast.plan
    for side, sign in ((0, -1), (1, 1)):
        built = any(lot.side == side for lot in plan.lots)
        if not built:
            for _ in range(34):
                z = float(rng.uniform(6, FAR))
                u = sign * (plan.half + plan.pavement[side] + float(rng.uniform(2.5, 22)))
                cast.tree(u, z, float(rng.uniform(6, 13)), float(rng.uniform(5, 9)))
            continue
        chance = {"old_town": 0.12, "suburb": 0.65, "avenue": 0.85, "high_street": 0.3, "park_side": 0.5}[plan.kind]
        z = float(rng.uniform(8, 15))
        while z < cast.end:
            if rng.random() < chance and cast.free(sign, z, 1.5):
                if plan.kind == "suburb":
                    u = sign * (plan.half + plan.pavement[side] + float(rng.uniform(1.2, 3.0)))
                else:
                    u = sign * (plan.half + min(0.9, 0.4 * plan.pavement[side]))
                tall = float(rng.uniform(4.5, 8.5)) * (1.15 if plan.kind == "avenue" else 1.0)
                cast.tree(u, z, tall, tall * float(rng.uniform(0.6, 0.8)))
            z += float(rng.uniform(6, 12))


def place_actors(
    stage: Stage, plan: Plan, crowns: list[Image.Image], rng: np.random.Generator
) -> tuple[list[Item], list[Shadow]]:
    """Everything that stands in the street, as (distance, draw) pairs, and the shadows it casts."""
    cast = _Cast(stage, plan, crowns, rng)
    _traffic(cast)
    _people(cast)
    _furniture(cast)
    _edges(cast)
    _trees(cast)
    return cast.items, cast.shadows
