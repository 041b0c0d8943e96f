"""One picture under many amounts of a change, packed for the browser: frames on a grid, and a region over it."""

import base64
import hashlib
import io
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

import engine
from engine.changes import Change, Parameter
from engine.perturbations import Region

Point = tuple[float, ...]
"""A value for each parameter of a change, in order; or the same as fractions of what the sliders reach."""

_STEPS = {1: (16, 1.5), 2: (5, 2.0)}  # by the number of parameters: how many on a side, and how they grow outwards
_QUALITY = 85
_OUTLINE = 25  # points on half of the edge


@runtime_checkable
class Outlined(Protocol):
    """A region of two amounts that tells its edge."""

    def outline(self, count: int) -> NDArray[np.float64]:
        """The first amount and the largest second beside it, float64 (count, 2), along the first; the other half is its
        mirror image, with the second amount below 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """One parameter as a slider: the values that it stands at, rising, the neutral one among them. Steps look alike,
    though they are finer around the neutral value."""

    parameter: Parameter
    values: tuple[float, ...]

    def fraction(self, value: float) -> float:
        """Where a value lies on the slider, from 0 to 1; at an end if it lies beyond."""
        places = [_scale(self.parameter, each) for each in self.values]
        return float(np.interp(_scale(self.parameter, value), places, np.linspace(0.0, 1.0, len(places))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A picture after a change, and what a model without defence says of it.

    picture: a JPEG file. answer: a PNG file in the colours of the classes. flipped: the share of the model's answers
    that are not those of the unchanged picture. clipped: the share of the picture's values outside [0, 1].
    """

    picture: bytes
    answer: bytes
    flipped: float
    clipped: float


def sliders(change: Change, reach: float) -> tuple[Slider, ...]:
    """A slider for each parameter. reach: how far they go, in units of the range that people meet."""
    return tuple(_slider(one, reach, *_STEPS[len(change.parameters)]) for one in change.parameters)


def grid(axes: Sequence[Slider]) -> list[Point]:
    """All places that the sliders can stand at, those of the last one in a row.

    >>> one = Parameter(name="a", title="A", neutral=0.0, low=-1.0, high=1.0)
    >>> grid([Slider(parameter=one, values=(-1.0, 0.0))] * 2)
    [(-1.0, -1.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 0.0)]
    """
    return list(itertools.product(*(axis.values for axis in axes)))


def frame_of(
    values: NDArray[np.floating],
    answer: NDArray[np.uint8],
    before: NDArray[np.uint8],
    space: engine.inputs.LabelSpace,
) -> Frame:
    """The frame of a changed picture, float (H, W, 3), whose values may lie outside [0, 1].

    answer, before: a model's classes on it and on the unchanged picture, uint8 (H, W).
    """
    jpeg = io.BytesIO()
    shown = np.rint(values.clip(0.0, 1.0) * 255.0).astype(np.uint8)
    Pillow.fromarray(shown).save(jpeg, format="JPEG", quality=_QUALITY)
    return Frame(
        picture=jpeg.getvalue(),
        answer=indexed_png(answer, space),
        flipped=engine.attacks.flipped(before, answer),
        clipped=float(((values < 0.0) | (values > 1.0)).mean()),
    )


def indexed_png(labels: NDArray[np.uint8], space: engine.inputs.LabelSpace) -> bytes:
    """Classes (H, W) in their colours as a PNG file of one byte a pixel."""
    file = io.BytesIO()
    indexed = Pillow.fromarray(labels)
    indexed.putpalette(space.colours().tobytes())
    indexed.save(file, format="PNG", optimize=False)
    return file.getvalue()


def outline_of(region: Region, change: Change) -> list[Point]:
    """Points all around on a region's edge, of a change of two parameters; none where the region tells no outline."""
    if len(change.parameters) != 2 or not isinstance(region, Outlined):
        return []
    upper = [(float(across), float(up)) for across, up in region.outline(_OUTLINE)]
    return [*upper, *((across, -up) for across, up in reversed(upper))]


def frames_data(
    change: Change, axes: Sequence[Slider], frames: Sequence[Frame], space: engine.inputs.LabelSpace
) -> dict[str, Any]:
    """What does not depend on any certificate, as JSON takes it, with a hash of its own."""
    data = {
        "sliders": [_packed(axis) for axis in axes],
        "frames": [
            {"picture": _text(one.picture), "answer": _text(one.answer), "flipped": one.flipped, "clipped": one.clipped}
            for one in frames
        ],
        "neutral": grid(axes).index(change.neutral),
        "classes": [
            {"name": name, "colour": list(colour)} for name, colour in zip(space.classes, space.palette, strict=True)
        ],
    }
    return {**data, "hash": _hash(data)}


def as_data(
    frames: Mapping[str, Any], region: Mapping[str, Any], certified: bytes | None, words: Mapping[str, Any]
) -> dict[str, Any]:
    """All that the browser needs, with a stamp that changes when anything in it does.

    frames, region: as below. certified: a PNG file of what is certified, None where nothing is yet. words: as
    `app.words.changes.phrases` makes them.
    """
    rest = {"region": dict(region), "certified": None if certified is None else _text(certified), "words": dict(words)}
    return {"shown": dict(frames), **rest, "stamp": _hash([frames["hash"], rest])}


def region_data(region: Region, change: Change, axes: Sequence[Slider], told: Sequence[str]) -> Mapping[str, Any]:
    """Where the region lies on the sliders, in fractions of them, and which frames it holds. told: its extent, for
    people, one text a slider."""
    names = [one.name for one in change.parameters]
    bands = [[axis.fraction(end) for end in region.bounds[axis.parameter.name]] for axis in axes]
    outline = outline_of(region, change)
    return {
        "told": list(told),
        "bands": bands,
        "outline": [[axis.fraction(value) for axis, value in zip(axes, point, strict=True)] for point in outline],
        "inside": [region.contains(dict(zip(names, point, strict=True))) for point in grid(axes)],
    }


def _slider(one: Parameter, reach: float, steps: int, power: float) -> Slider:
    low, high = (reach * (_scale(one, end) - _scale(one, one.neutral)) for end in (one.low, one.high))
    if low == 0.0:
        steps *= 2
    shares = [(step / steps) ** power for step in range(1, steps + 1)]
    down = [_moved(one, low * share) for share in reversed(shares)] if low else []
    return Slider(parameter=one, values=(*down, one.neutral, *(_moved(one, high * share) for share in shares)))


def _scale(one: Parameter, value: float) -> float:
    return math.log(value) if one.multiplies else value


def _moved(one: Parameter, step: float) -> float:
    """The value a step from the neutral one."""
    return one.neutral * math.exp(step) if one.multiplies else one.neutral + step


def _packed(axis: Slider) -> Mapping[str, Any]:
    one = axis.parameter
    return {
        "title": one.title,
        "unit": one.unit,
        "values": [_shown(one, value) for value in axis.values],
        "neutral": axis.values.index(one.neutral),
        "at": [axis.fraction(value) for value in axis.values],
    }


def _shown(one: Parameter, value: float) -> str:
    """A slider's value for people, with a sign where values add."""
    if one.multiplies or one.low == one.neutral or value == one.neutral:
        return f"{value:.3g}"
    return f"{value:+.2g}".replace("-", "\N{MINUS SIGN}")


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _text(file: bytes) -> str:
    return base64.b64encode(file).decode()
