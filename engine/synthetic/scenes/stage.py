"""The stage: camera, light and two parallel canvases, one of colours and one of labels."""

import math
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from engine.synthetic.scenes.camera import Camera
from engine.synthetic.scenes.light import Light
from engine.synthetic.scenes.textures import Noise


class Label(IntEnum):
    """The CamVid classes."""

    SKY = 0
    BUILDING = 1
    POLE = 2
    ROAD = 3
    PAVEMENT = 4
    TREE = 5
    SIGN = 6
    FENCE = 7
    CAR = 8
    PEDESTRIAN = 9
    BICYCLIST = 10


Points = list[tuple[float, float]]


def _rgb(colour: np.ndarray) -> tuple[int, int, int]:
    r, g, b = (min(max(int(v + 0.5), 0), 255) for v in colour)
    return r, g, b


@dataclass(slots=True)
class Stage:
    """Draws world geometry; what is drawn later covers what was drawn before.

    `sunlight` is the share of direct sun that reaches the object being drawn.
    """

    camera: Camera
    light: Light
    noise: Noise
    colour: Image.Image
    label: Image.Image
    glow: Image.Image
    sunlight: float = 1.0
    _colour_pen: ImageDraw.ImageDraw = field(init=False)
    _label_pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self._colour_pen, self._label_pen = ImageDraw.Draw(self.colour), ImageDraw.Draw(self.label)

    def polygon(self, points: Points, rgb: np.ndarray, label: int, foot: float = 1.0) -> None:
        """Screen polygon of finished colour; `foot` multiplies the colour at its lower end (a gradient)."""
        if len(points) < 3:
            return
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        x0, y0 = max(math.floor(min(xs)), 0), max(math.floor(min(ys)), 0)
        x1, y1 = (
            min(math.ceil(max(xs)) + 1, self.colour.width),
            min(math.ceil(max(ys)) + 1, self.colour.height),
        )
        if x1 <= x0 or y1 <= y0:
            return
        self._label_pen.polygon(points, fill=int(label))
        if foot == 1.0 or (x1 - x0) * (y1 - y0) < 80:
            self._colour_pen.polygon(points, fill=_rgb(rgb * (0.5 + 0.5 * foot)))
            return
        mask = Image.new("L", (x1 - x0, y1 - y0))
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in points], fill=255)
        top = max(min(ys), y0)
        share = np.clip((np.arange(y0, y1) - top) / max(y1 - top, 1), 0, 1)[:, None]
        ramp = np.clip(rgb[None, :] * (1 + (foot - 1) * share), 0, 255).astype(np.uint8)
        fill = Image.fromarray(ramp[:, None, :]).resize((x1 - x0, y1 - y0), Image.Resampling.NEAREST)
        self.colour.paste(fill, (x0, y0), mask)

    def face(
        self,
        points: np.ndarray,
        albedo: np.ndarray,
        normal: np.ndarray,
        label: int,
        foot: float = 1.0,
        lit: float = 1.0,
    ) -> None:
        """World polygon (N, 3), shaded and hazed."""
        screen, depth = self.camera.project_deep(points)
        if screen:
            colour = self.light.fog(albedo * self.light.shade(normal, lit * self.sunlight), depth)
            self.polygon(screen, colour, label, foot)

    def texture(self, image: Image.Image, origin: np.ndarray, right: np.ndarray, down: np.ndarray, label: int) -> None:
        """Finished RGB or RGBA image on the world parallelogram origin, origin + right, origin + down."""
        screen = self.camera.project(np.stack([origin, origin + right, origin + right + down, origin + down]))
        if len(screen) < 3:
            return
        xs, ys = [p[0] for p in screen], [p[1] for p in screen]
        x0, y0 = max(math.floor(min(xs)), 0), max(math.floor(min(ys)), 0)
        x1, y1 = (
            min(math.ceil(max(xs)) + 1, self.colour.width),
            min(math.ceil(max(ys)) + 1, self.colour.height),
        )
        if x1 <= x0 or y1 <= y0:
            return
        inverse = self.camera.plane_inverse(origin, right / image.width, down / image.height)
        move = np.array([[1.0, 0.0, x0], [0.0, 1.0, y0], [0.0, 0.0, 1.0]])
        local = np.stack([(inverse[i][:, None] * move).sum(axis=0) for i in range(3)])
        if abs(local[2, 2]) < 1e-12:
            return
        local = local / local[2, 2]
        size = (x1 - x0, y1 - y0)
        warped = image.transform(
            size, Image.Transform.PERSPECTIVE, local.ravel()[:8].tolist(), Image.Resampling.BILINEAR
        )
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - x0, y - y0) for x, y in screen], fill=255)
        if image.mode == "RGBA":
            mask = ImageChops.multiply(mask, warped.getchannel("A"))
        self.colour.paste(warped.convert("RGB"), (x0, y0), mask)
        self.label.paste(int(label), (x0, y0, x1, y1), mask.point(lambda v: 255 if v > 127 else 0))

    def sprite(self, image: Image.Image, left: float, top: float, label: int) -> None:
        """RGBA image of final colours and size at a screen position."""
        at = (round(left), round(top))
        alpha = image.getchannel("A")
        self.colour.paste(image.convert("RGB"), at, alpha)
        box = (at[0], at[1], at[0] + image.width, at[1] + image.height)
        self.label.paste(int(label), box, alpha.point(lambda v: 255 if v > 127 else 0))

    def shine(self, x: float, y: float, z: float, radius: float, rgb: np.ndarray) -> None:
        """A lamp's bloom around a world point; radius in metres."""
        depth = self.camera.depth(x, y, z)
        if depth < 1.0:
            return
        spot = self.camera.project(np.array([[x, y, z]]))[0]
        size = max(radius * self.camera.focal / depth, 1.2)
        # The bloom picture has half the canvas size.
        a, b, size = spot[0] / 2, spot[1] / 2, size / 2
        ImageDraw.Draw(self.glow).ellipse((a - size, b - size, a + size, b + size), fill=_rgb(rgb))
