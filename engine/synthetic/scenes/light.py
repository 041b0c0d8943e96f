"""Weather and light: presets, surface shading, haze, sky and the development of the final picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from engine.synthetic.scenes.camera import Camera
from engine.synthetic.scenes.textures import Noise, smoothstep

WEATHERS = ("noon", "broken", "overcast", "golden", "dusk", "mist")
_SHARES = (0.22, 0.2, 0.2, 0.17, 0.11, 0.1)
# elevation range (deg), sun rgb, ambient rgb, zenith, horizon, cloud cover range, haze range (m)
_PRESETS: dict[str, tuple[Any, ...]] = {
    "noon": (
        (38, 58),
        (0.78, 0.74, 0.66),
        (0.47, 0.51, 0.57),
        (92, 140, 200),
        (206, 222, 236),
        (-0.2, 0.6),
        420,
    ),
    "broken": (
        (30, 50),
        (0.66, 0.62, 0.56),
        (0.44, 0.47, 0.53),
        (92, 132, 186),
        (214, 222, 230),
        (0.5, 1.2),
        330,
    ),
    "overcast": (
        (40, 60),
        (0.0, 0.0, 0.0),
        (0.84, 0.86, 0.89),
        (176, 184, 194),
        (222, 226, 230),
        (2.2, 3.0),
        230,
    ),
    "golden": (
        (9, 20),
        (0.92, 0.72, 0.50),
        (0.44, 0.43, 0.49),
        (112, 144, 192),
        (250, 220, 178),
        (-0.1, 0.9),
        210,
    ),
    "dusk": ((2, 5), (0.10, 0.06, 0.05), (0.47, 0.47, 0.54), (80, 96, 140), (234, 184, 152), (0.2, 1.1), 200),
    "mist": (
        (20, 35),
        (0.22, 0.20, 0.17),
        (0.62, 0.63, 0.64),
        (182, 192, 202),
        (226, 228, 226),
        (1.0, 2.0),
        85,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """One sun, one ambient term and one haze colour; colours are multipliers or 0..255 levels."""

    weather: str
    to_sun: np.ndarray
    sun: np.ndarray
    ambient: np.ndarray
    zenith: np.ndarray
    horizon: np.ndarray
    cover: float
    haze_range: float
    lamps: bool
    wet: bool

    @staticmethod
    def draw(rng: np.random.Generator) -> Light:
        """Draw a weather, a sun position and small colour variations."""
        weather = str(rng.choice(WEATHERS, p=_SHARES))
        elevation, sun, ambient, zenith, horizon, cover, haze = _PRESETS[weather]
        height = math.radians(rng.uniform(*elevation))
        # Sun mostly from the side: long shadows across the street model it best.
        side = 1.0 if rng.random() < 0.5 else -1.0
        azimuth = side * math.radians(rng.uniform(25, 150))
        flat = math.cos(height)
        return Light(
            weather=weather,
            to_sun=np.array([flat * math.sin(azimuth), math.sin(height), flat * math.cos(azimuth)]),
            sun=np.array(sun) * rng.uniform(0.9, 1.08),
            ambient=np.array(ambient) * rng.uniform(0.94, 1.06),
            zenith=np.array(zenith) * rng.uniform(0.9, 1.08, 3),
            horizon=np.minimum(np.array(horizon) * rng.uniform(0.96, 1.03, 3), 255.0),
            cover=float(rng.uniform(*cover)),
            haze_range=haze * float(rng.uniform(0.75, 1.3)),
            lamps=weather == "dusk",
            wet=weather in ("overcast", "mist", "dusk") and bool(rng.random() < 0.5),
        )

    @property
    def haze(self) -> np.ndarray:
        """Colour (3,) that far surfaces fade into."""
        return 0.75 * self.horizon + 0.25 * self.zenith

    @property
    def sunny(self) -> bool:
        """Whether objects cast sharp shadows."""
        return float(self.sun.max()) > 0.3

    def shade(self, normal: np.ndarray, lit: float = 1.0) -> np.ndarray:
        """Light multiplier (3,) of a surface with this unit normal."""
        (a, b, c), (d, e, f) = normal.tolist(), self.to_sun.tolist()
        direct = max(a * d + b * e + c * f, 0.0)
        sky = 0.80 + 0.20 * float(normal[1])
        level: np.ndarray = self.ambient * sky + self.sun * (1.25 * direct * lit)
        return level

    def clear(self, depth: float) -> float:
        """Share of a surface's own colour that survives the haze over `depth` metres."""
        return math.exp(-max(depth, 0.0) / self.haze_range)

    def fog(self, rgb: np.ndarray, depth: float) -> np.ndarray:
        """Colour after haze."""
        share = self.clear(depth)
        return rgb * share + self.haze * (1.0 - share)


def paint_sky(camera: Camera, light: Light, noise: Noise, rng: np.random.Generator) -> Image.Image:
    """Sky RGB of the canvas size, worked out at a third of it because it has no sharp edges."""
    columns, rows = max(camera.columns // 3, 8), max(camera.rows // 3, 8)
    x = (np.arange(columns, dtype=np.float32)[None, :] + 0.5) / columns - 0.5
    y = (np.arange(rows, dtype=np.float32)[:, None] + 0.5) / rows
    dx = x * np.float32(camera.columns / camera.focal) + np.float32(math.sin(camera.yaw))
    rise = np.maximum((camera.horizon / camera.rows - y) * (camera.rows / camera.focal), 0.004)
    blend = np.clip(rise / 0.55, 0, 1) ** 0.6
    rgb = light.horizon.astype(np.float32) * (1 - blend)[..., None] + light.zenith.astype(np.float32) * blend[..., None]
    rgb = np.broadcast_to(rgb, (rows, columns, 3)).copy()
    sun = light.to_sun
    toward = np.stack(np.broadcast_arrays(dx, rise, np.float32(1.0)), axis=-1)
    toward = toward / np.sqrt((toward * toward).sum(-1, keepdims=True))
    near_sun = np.clip((toward * sun.astype(np.float32)).sum(-1), 0, 1)
    warm = np.minimum(light.sun / max(float(light.sun.max()), 0.2), 1.0).astype(np.float32)
    glow = near_sun**6 * (0.35 if light.sunny else 0.12) + near_sun**60 * (0.5 if light.sunny else 0.0)
    rgb += (np.array([255, 250, 240], np.float32) * warm - rgb) * np.clip(glow, 0, 0.95)[..., None]
    # Clouds lie on a plane overhead, so they crowd together towards the horizon.
    shift = rng.uniform(0, 512, 2).astype(np.float32)
    scale = np.float32(rng.uniform(26, 44))
    lift = rise + 0.09
    u, v = dx / lift * scale + shift[0], 1.0 / lift * scale + shift[1]
    density = Noise.look(noise.soft, u, v) + 0.35 * Noise.look(noise.full, u * 4, v * 4) + np.float32(light.cover - 1.0)
    shifted = Noise.look(noise.soft, u + np.float32(6 * sun[0]), v - 5)
    opacity = smoothstep(-0.2, 1.1, density) * np.clip(rise / 0.05, 0, 1)
    lit = np.clip(0.55 + 0.25 * (density - shifted), 0.0, 1.0)[..., None]
    bright = np.minimum(255.0, light.horizon * 0.35 + 160 * (light.ambient + light.sun) ** 0.7).astype(np.float32)
    dark = (0.62 * light.horizon + 0.2 * light.zenith).astype(np.float32)
    rgb += (dark + (bright - dark) * lit - rgb) * (0.9 * opacity)[..., None]
    small = Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8))
    small = small.filter(ImageFilter.GaussianBlur(0.8))
    return small.resize((camera.columns, camera.rows), Image.Resampling.BICUBIC)


def reflect(picture: Image.Image, road: np.ndarray, gloss: np.ndarray) -> Image.Image:
    """Mirror what stands at the far edge of a wet road in it.

    road: bool (H, W). gloss: float32 (H, W), 0..1, share of the mirror image. What is upright is mirrored in
    its foot, so for every road pixel the next pixel above that is not road is the axis.
    """
    rgb = np.asarray(picture, dtype=np.float32)
    rows, columns = road.shape
    row = np.arange(rows, dtype=np.int32)[:, None]
    foot = np.maximum.accumulate(np.where(road, 0, row), axis=0)
    column = np.arange(columns, dtype=np.int32)[None, :]
    mirror = np.zeros_like(rgb)
    # Ripples smear a reflection mostly up and down.
    for stretch in (0.8, 1.0, 1.25):
        source = np.clip(foot - (stretch * (row - foot)).astype(np.int32), 0, rows - 1)
        mirror += rgb[source, column] * np.float32(1 / 3)
    share = np.where(road, gloss, 0.0)[..., None]
    mixed = Image.fromarray(np.clip(rgb * (1 - 0.35 * share) + mirror * share * 0.75, 0, 255).astype(np.uint8))
    return Image.composite(mixed.filter(ImageFilter.GaussianBlur(0.5)), picture, Image.fromarray(road))


def develop(picture: Image.Image, light: Light, glow: Image.Image, rng: np.random.Generator) -> np.ndarray:
    """Sensor and lens: bloom, tone curve, white balance, vignette and grain; uint8 (H, W, 3)."""
    soft = picture.filter(ImageFilter.GaussianBlur(0.45))
    rgb = np.asarray(soft, dtype=np.float32)
    rows, columns = rgb.shape[:2]
    faint = glow.reduce(4).filter(ImageFilter.GaussianBlur(columns / 280))
    bloom = np.asarray(faint.resize(glow.size, Image.Resampling.BICUBIC), dtype=np.float32)
    rgb = (rgb + bloom * np.float32(0.9)) * np.float32(1 / 255)
    # The camera meters on the lower part of the picture, as exposure programs do.
    target = rng.uniform(0.36, 0.46) * {"dusk": 0.80, "mist": 1.15, "overcast": 1.05}.get(light.weather, 1.0)
    rgb *= np.float32(min(max(target / max(float(rgb[rows // 3 :].mean()), 0.05), 0.85), 1.75) ** 0.8)
    balance = rng.uniform(0.97, 1.03, 3).astype(np.float32)
    rgb = np.clip(rgb * balance, 0, 1.25)
    rgb = np.where(rgb > 0.8, 0.8 + 0.2 * np.tanh((rgb - 0.8) * 3.5), rgb)
    contrast = np.float32(rng.uniform(0.15, 0.5) * (0.4 if light.weather == "mist" else 1.0))
    curve = np.minimum(rgb, 1.0)
    curve = curve * curve * (3 - 2 * curve)
    rgb += (curve - rgb) * contrast
    gray = rgb.mean(axis=2, keepdims=True)
    rgb = gray + (rgb - gray) * np.float32(rng.uniform(0.85, 1.1))
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    rgb *= (1 - np.float32(rng.uniform(0.04, 0.12)) * (x * x + y * y))[..., None]
    strength = np.float32(rng.uniform(0.004, 0.011))
    grain = rng.standard_normal((rows, columns, 1), dtype=np.float32) * strength
    chroma = rng.standard_normal((rows, columns, 3), dtype=np.float32) * (strength * np.float32(0.6))
    rgb += (grain + chroma) * (1.2 - 0.6 * gray)
    developed: np.ndarray = (np.clip(rgb, 0, 1) * 255 + 0.5).astype(np.uint8)
    return developed
