"""What stands where in the street: vehicles, people, trees, poles, signs and fences."""

import math

import numpy as np
from PIL import Image

from engine.synthetic.scenes.cast import Cast, Item, Shadow
from engine.synthetic.scenes.plan import FAR, StreetPlan
from engine.synthetic.scenes.stage import Stage


def _traffic(cast: Cast) -> None:
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
    for _ in range(int(rng.choice([0, 1, 2, 3], p=[0.1, 0.42, 0.31, 0.17]))):
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


def _people(cast: Cast) -> None:
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


def _furniture(cast: Cast) -> None:
    rng, plan = cast.rng, cast.plan
    style = int(rng.integers(0, 4)) if plan.kind != "avenue" else int(rng.integers(0, 2))
    gap = float(rng.uniform(15, 24))
    for side, sign in ((0, -1), (1, 1)):
        z = float(rng.uniform(5, 16))
        while z < cast.end:
            if cast.free(sign, z) and (side == 0 or rng.random() < 0.85):
                cast.lamp(sign * (plan.half + 0.45), z, sign, style)
            z += gap
        z = float(rng.uniform(9, 17))
        while z < cast.end:
            if cast.free(sign, z):
                if rng.random() < 0.22:
                    cast.signal(sign * (plan.half + 0.4), z)
                else:
                    cast.sign(sign * (plan.half + 0.4), z)
            z += float(rng.uniform(9, 26))
    if plan.zebra:
        for sign in (-1, 1):
            cast.signal(sign * (plan.half + 0.4), plan.zebra - 0.4)


def _edges(cast: Cast) -> None:
    """Fences, railings and hedges along the pavements."""
    rng, plan = cast.rng, cast.plan
    for side, sign in ((0, -1), (1, 1)):
        built = any(lot.side == side for lot in plan.lots)
        back = sign * (plan.half + plan.pavement[side] + 0.1)
        wood = rng.random() < 0.5
        tone = np.array([150.0, 118.0, 84.0] if wood else [206.0, 204.0, 196.0]) * float(rng.uniform(0.75, 1.0))
        metal = np.array([58.0, 64.0, 62.0]) * float(rng.uniform(0.7, 1.7))
        trim = float(rng.uniform(0.9, 1.7))
        style = str(rng.choice(["boards", "picket", "railing"]))
        z, stop = float(rng.uniform(1.0, 3.0)), min(cast.end - 2, 90.0)
        garden = plan.kind == "suburb"
        if not garden and built:
            if rng.random() < 0.5:
                continue
            back, z = sign * (plan.half + 0.35), float(rng.uniform(5, 14))
            stop = z + float(rng.uniform(8, 26))
        while z < stop:
            step = 4.0 if z < 24 else 8.0
            if cast.free(sign, z, 0.5) and cast.free(sign, z + step, 0.5):
                if garden and rng.random() < 0.42:
                    cast.barrier(back, z, step, "hedge", tone, trim + float(rng.uniform(-0.06, 0.06)))
                elif not garden or style == "railing":
                    cast.barrier(back, z, step, "railing", metal, 0.0)
                elif rng.random() < 0.85:
                    cast.barrier(back, z, step, style, tone, 0.0)
            z += step


def _trees(cast: Cast) -> None:
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
    stage: Stage, plan: StreetPlan, crowns: list[Image.Image], rng: np.random.Generator
) -> tuple[list[Item], list[Shadow], list[Shadow]]:
    """Everything in the street as (distance, share of sun, draw); its contact shade; its sun shadows."""
    cast = Cast(stage, plan, crowns, rng)
    _traffic(cast)
    _people(cast)
    _furniture(cast)
    _edges(cast)
    _trees(cast)
    return cast.items, cast.contact, cast.shadows
