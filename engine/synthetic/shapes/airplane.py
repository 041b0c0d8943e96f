"""Airplanes: airliners, business jets, propeller planes and deltas; propellers count as engines."""

from dataclasses import dataclass

import numpy as np

from engine.inputs.clouds import Mesh
from engine.synthetic.shapes._assembly import Assembly
from engine.synthetic.shapes._curves import Array, smooth
from engine.synthetic.shapes._solids import Solid, blade, ellipsoid, lathe, loft
from engine.synthetic.shapes.base import ShapeBuilder

_PARTS = ("body", "engine", "rudder", "stabilizer", "wing")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """Ranges of a kind of airplane, lengths as shares of the body's: (least, most)."""

    fat: tuple[float, float]
    span: tuple[float, float]
    chord: tuple[float, float]
    sweep: tuple[float, float]
    taper: tuple[float, float]
    height: float  # where the wing sits on the body, -1 at its floor to 1 at its roof
    engines: str


_KINDS = {
    "airliner": _Kind(
        fat=(0.055, 0.068),
        span=(0.44, 0.54),
        chord=(0.17, 0.22),
        sweep=(0.22, 0.34),
        taper=(0.25, 0.4),
        height=-0.55,
        engines="under",
    ),
    "business": _Kind(
        fat=(0.055, 0.065),
        span=(0.40, 0.5),
        chord=(0.15, 0.19),
        sweep=(0.15, 0.25),
        taper=(0.3, 0.45),
        height=-0.6,
        engines="rear",
    ),
    "propeller": _Kind(
        fat=(0.07, 0.09),
        span=(0.55, 0.72),
        chord=(0.17, 0.21),
        sweep=(-0.01, 0.04),
        taper=(0.6, 0.95),
        height=0.8,
        engines="nose",
    ),
    "delta": _Kind(
        fat=(0.045, 0.058),
        span=(0.3, 0.38),
        chord=(0.36, 0.46),
        sweep=(0.28, 0.36),
        taper=(0.12, 0.25),
        height=-0.2,
        engines="none",
    ),
}


def _build(rng: np.random.Generator) -> Mesh:
    name = str(rng.choice(list(_KINDS), p=[0.4, 0.2, 0.25, 0.15]))
    kind = _KINDS[name]
    plane = Assembly(_PARTS)
    fat = rng.uniform(*kind.fat)
    line = _spine(fat, name)
    plane.add("body", _fuselage(line))
    if name in ("propeller", "delta"):
        plane.add("body", ellipsoid((0.2 if name == "delta" else 0.12, 0, 0.75 * fat), (0.11, 0.62 * fat, 0.6 * fat)))
    span, chord, sweep = rng.uniform(*kind.span), rng.uniform(*kind.chord), rng.uniform(*kind.sweep)
    tip, rise = chord * rng.uniform(*kind.taper), rng.uniform(0.0, 0.05)
    root = 0.5 * chord + rng.uniform(-0.02, 0.06) - (0.12 if name == "delta" else 0.0)
    height = kind.height * fat
    wing = _panel(root, height, span, chord, tip, sweep, rise, 0.12)
    plane.add_pair("wing", wing)
    if kind.engines == "under":
        for share in (0.34, 0.62) if rng.random() < 0.35 else (0.36,):
            ahead = root - sweep * share + 0.035
            pod = _nacelle(0.13 - 0.03 * share, 0.027).moved(ahead, span * share, height + rise * share - 0.036)
            plane.add_pair("engine", pod)
    elif kind.engines == "rear":
        plane.add_pair("engine", _nacelle(0.16, 0.026).moved(-0.24, fat + 0.018, 0.4 * fat))
    elif kind.engines == "nose":
        plane.add("engine", *_propeller(0.515, 0.13 + 0.4 * fat, int(rng.integers(2, 5))))
    _tail(plane, fat, name, rng)
    return plane.shape()


def _spine(fat: float, name: str) -> Array:
    """(N, 3) of (place, radius, height of the middle) from the nose at 0.5 back to the tail at -0.5."""
    if name == "delta":
        points = [(0.5, 0.004, -0.01), (0.4, 0.45 * fat, -0.006), (0.2, fat, 0), (-0.35, fat, 0), (-0.5, 0.75 * fat, 0)]
    elif name == "propeller":
        points = [
            (0.49, 0.35 * fat, 0),
            (0.45, 0.7 * fat, 0),
            (0.25, fat, 0),
            (0.0, fat, 0),
            (-0.48, 0.2 * fat, 0.4 * fat),
        ]
    else:
        points = [(0.5, 0.012, -0.012), (0.475, 0.55 * fat, -0.008), (0.39, fat, 0), (-0.2, fat, 0)]
        points += [(-0.38, 0.62 * fat, 0.3 * fat), (-0.5, 0.16 * fat, 0.66 * fat)]
    return smooth(points, 40)


def _fuselage(line: Array) -> Solid:
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    rings = np.zeros((len(line), 28, 3))
    rings[:, :, 0] = line[:, :1]
    rings[:, :, 1] = line[:, 1:2] * np.cos(angle)
    rings[:, :, 2] = line[:, 2:] + line[:, 1:2] * np.sin(angle)
    return loft(rings)


def _panel(x: float, z: float, span: float, chord: float, tip: float, sweep: float, rise: float, thick: float) -> Solid:
    """Half a wing from y = 0 outwards; its tip is rounded off."""
    stations = []
    for share in (*np.linspace(0.0, 0.96, 13), 0.985, 0.997, 1.0):
        wide = chord + (tip - chord) * share
        end = np.sqrt(max(1 - ((share - 0.96) / 0.0405) ** 2, 0.0)) if share > 0.96 else 1.0
        wide *= 0.55 + 0.45 * end
        stations.append(
            (x - sweep * share - 0.2 * tip * (1 - end), span * share, z + rise * share, wide, thick * wide * end)
        )
    return blade(stations, 20)


def _tail(plane: Assembly, fat: float, name: str, rng: np.random.Generator) -> None:
    tall, chord = rng.uniform(0.13, 0.18), rng.uniform(0.11, 0.15)
    back = -0.36 if name != "delta" else -0.28
    lean = rng.uniform(0.08, 0.13) if name != "propeller" else rng.uniform(0.03, 0.07)
    top = 0.3 * fat if name != "delta" else 0.6 * fat
    fin = _panel(back, 0.0, tall, chord, 0.5 * chord, lean, 0.0, 0.11)
    plane.add("rudder", fin.turned((1, 0, 0), 90.0).moved(z=top))
    on_fin = name == "business" or (name == "propeller" and rng.random() < 0.25)
    span, wide = rng.uniform(0.14, 0.2), rng.uniform(0.08, 0.11)
    at = (back - lean + 0.01, top + tall - 0.008) if on_fin else (back - 0.02, 0.35 * fat if name != "delta" else 0.0)
    half = _panel(at[0], at[1], span, wide, 0.5 * wide, 0.6 * lean, rng.uniform(0.0, 0.02), 0.11)
    plane.add_pair("stabilizer", half)


def _nacelle(length: float, radius: float) -> Solid:
    """An open cowl along x with a core, its intake at x = 0."""
    outer = [(0.86, 0.0), (1.0, 0.08), (1.04, 0.3), (0.95, 0.65), (0.72, 1.0)]
    inner = [(0.6, 0.97), (0.62, 0.8), (0.3, 0.8), (0.0, 0.8)]
    mouth = [(0.0, 0.12), (0.3, 0.2), (0.7, 0.16), (0.78, 0.02)]
    line = np.concatenate([mouth, smooth(outer, 16), inner]) * np.array([radius, -length])
    return lathe(line, sides=24).mapped(lambda points: points[:, [2, 0, 1]])


def _propeller(x: float, reach: float, blades: int) -> list[Solid]:
    hub = lathe([(0, -0.03), (0.022, -0.03), (0.024, -0.01), (0.02, 0.01), (0.01, 0.025), (0, 0.03)], sides=20)
    vane = ellipsoid((0, 0.5 * reach, 0), (0.004, 0.5 * reach, 0.014), 12, 12).turned((0, 1, 0), 20.0)
    turned = [vane.turned((1, 0, 0), 360.0 * number / blades + 25.0).moved(x=x) for number in range(blades)]
    return [hub.mapped(lambda points: points[:, [2, 0, 1]]).moved(x=x), *turned]


SHAPE = ShapeBuilder(category="Airplane", parts=_PARTS, build=_build, optional=frozenset({"engine"}))
