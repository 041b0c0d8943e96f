"""The street plan: type, measures, curvature and building rows, all drawn from the seed."""

from dataclasses import dataclass

import numpy as np

TYPES = ("old_town", "suburb", "avenue", "high_street", "park_side")
_SHARES = (0.2, 0.26, 0.18, 0.2, 0.16)
FAR = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One house: side 0 left or 1 right, extent along the street in metres, height to the eaves, storeys."""

    side: int
    start: float
    end: float
    floors: int
    height: float
    roof: float
    shop: bool


@dataclass(slots=True, kw_only=True)
class StreetPlan:
    """Measures in metres; lateral positions are relative to the centre line of the carriageway."""

    kind: str
    half: float
    pavement: tuple[float, float]
    front: tuple[float, float]
    lanes: int
    bend: float
    centre_line: bool
    dash: float
    phase: float
    zebra: float
    yellow: bool
    slab: float
    shift: float
    asphalt: np.ndarray
    stone: np.ndarray
    kerb: np.ndarray
    patches: list[tuple[float, float, float, float, float]]
    openings: list[tuple[int, float, float]]
    junction: float
    lots: list[Lot]
    skyline: np.ndarray

    def offset(self, z: np.ndarray | float) -> np.ndarray:
        """Lateral shift of the centre line at distance z."""
        run = np.maximum(np.asarray(z) - 8.0, 0.0)
        return self.bend * np.minimum(run, 110.0) ** 2

    def at(self, u: float, z: float) -> float:
        """World x of lateral position u at distance z."""
        return u + float(self.offset(z))

    def sunlit(self, u: float, y: float, z: float, to_sun: np.ndarray) -> float:
        """Share of direct sun, 0..1, that the house rows let through to a point."""
        side = 0 if to_sun[0] < 0 else 1
        wall = -self.front[0] if side == 0 else self.front[1]
        reach = max((wall - u) / (float(to_sun[0]) or 1e-6), 0.0)
        step = min(max(int(z + float(to_sun[2]) * reach + 40.0), 0), self.skyline.shape[1] - 1)
        over = y + float(to_sun[1]) * reach - float(self.skyline[side, step])
        return min(max(over + 0.5, 0.0), 1.0)


def _lots(rng: np.random.Generator, kind: str, side: int, gaps: list[tuple[float, float]], end: float) -> list[Lot]:
    lots: list[Lot] = []
    z = -7.0 + float(rng.uniform(-4, 0))
    while z < end:
        ranges: dict[str, tuple[float, float, int, int]] = {
            "old_town": (5, 9, 2, 5),
            "suburb": (7, 11, 2, 3),
            "avenue": (10, 18, 3, 7),
            "high_street": (6, 12, 2, 5),
            "park_side": (7, 12, 2, 5),
        }
        narrow, broad, low_floors, high_floors = ranges[kind]
        wide, floors = float(rng.uniform(narrow, broad)), int(rng.integers(low_floors, high_floors))
        stop = min(z + wide, end)
        for low, high in gaps:
            if z < high and stop > low:
                if low - z > 4:
                    stop = low
                else:
                    z, stop = high, high + wide
        shop = bool(rng.random() < {"high_street": 0.9, "old_town": 0.3, "avenue": 0.5}.get(kind, 0.04))
        height = float(floors) * float(rng.uniform(2.7, 3.2)) + (0.6 if shop else 0.2)
        flat = bool(rng.random() < (0.6 if kind == "avenue" else 0.15))
        if stop - z > 3:
            lots.append(
                Lot(
                    side=side,
                    start=z,
                    end=stop,
                    floors=floors,
                    height=height,
                    roof=0.0 if flat else float(rng.uniform(1.8, 3.4)),
                    shop=shop,
                )
            )
        z = stop
        if kind == "suburb":
            z += float(rng.uniform(1.5, 5.0))
        elif rng.random() < 0.06:
            z += float(rng.uniform(2, 5))
    return lots


def draw_plan(rng: np.random.Generator) -> StreetPlan:
    """Draw a street."""
    kind = str(rng.choice(TYPES, p=_SHARES))
    low, high = {
        "old_town": (2.6, 3.2),
        "suburb": (3.0, 3.8),
        "avenue": (6.2, 7.2),
        "high_street": (3.6, 4.6),
        "park_side": (3.2, 4.4),
    }[kind]
    half = float(rng.uniform(low, high))
    base = {"old_town": 1.5, "suburb": 1.9, "avenue": 4.0, "high_street": 3.0, "park_side": 2.2}[kind]
    pavement = (base * float(rng.uniform(0.85, 1.2)), base * float(rng.uniform(0.85, 1.2)))
    setback = {"suburb": float(rng.uniform(3.5, 6.5)), "park_side": 0.0}.get(kind, 0.0)
    bend = float(rng.choice([0.0, 1.0, -1.0])) * float(rng.uniform(0.0008, 0.0032))
    junction = float(rng.uniform(34, 60)) if rng.random() < 0.22 else 0.0
    openings: list[tuple[int, float, float]] = []
    gaps: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    if junction:
        bend *= 0.2
        openings += [(-1, junction, junction + 8.0), (1, junction, junction + 8.0)]
    for side in (0, 1):
        if rng.random() < 0.5:
            start = float(rng.uniform(14, 30))
            openings.append((-1 if side == 0 else 1, start, start + 6.0))
            gaps[side].append((start - 1.8, start + 7.8))
    end = junction - 1.5 if junction else FAR
    lots = _lots(rng, kind, 0, gaps[0], end) + _lots(rng, kind, 1, gaps[1], end)
    if kind == "park_side":
        park = int(rng.integers(0, 2))
        lots = [lot for lot in lots if lot.side != park]
    skyline = np.zeros((2, 260), dtype=np.float32)
    for lot in lots:
        skyline[lot.side, max(round(lot.start) + 40, 0) : round(lot.end) + 40] = lot.height + 0.5 * lot.roof
    grey = float(rng.uniform(88, 126))
    patches = [
        (
            float(rng.uniform(-half, half - 1.5)),
            float(rng.uniform(0.6, 2.0)),
            float(rng.uniform(3, 40)),
            float(rng.uniform(1.5, 12)),
            float(rng.choice([-1, 1]) * rng.uniform(0.06, 0.16)),
        )
        for _ in range(int(rng.integers(1, 5)))
    ]
    stone = float(rng.uniform(128, 168))
    return StreetPlan(
        kind=kind,
        half=half,
        pavement=pavement,
        front=(half + pavement[0] + setback, half + pavement[1] + setback),
        lanes=4 if kind == "avenue" else 2,
        bend=bend,
        centre_line=kind != "old_town" or bool(rng.random() < 0.4),
        dash=float(rng.choice([2.0, 3.0])),
        phase=float(rng.uniform(0, 6)),
        zebra=float(rng.uniform(9, 24)) if rng.random() < 0.3 else 0.0,
        yellow=bool(rng.random() < 0.45),
        slab=float(rng.choice([0.45, 0.6, 0.9])),
        shift=float(rng.uniform(0, 400)),
        asphalt=np.array([grey, grey, grey * rng.uniform(0.98, 1.06)]),
        stone=stone * np.array([1.0, rng.uniform(0.95, 0.99), rng.uniform(0.87, 0.97)]),
        kerb=np.array([1.0, 0.98, 0.95]) * float(rng.uniform(150, 186)),
        patches=patches,
        openings=openings,
        junction=junction,
        lots=lots,
        skyline=skyline,
    )
