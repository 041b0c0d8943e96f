"""Clouds as charts that can be turned: coloured by part, abstentions hollow."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

import engine

DISTANCE = 1.5  # of the eye from the middle, where the longest side of a shape is 1
PLAIN = engine.inputs.LabelSpace(name="shape", classes=("surface",), palette=((122, 150, 186),))
CHART = {"displayModeBar": False, "scrollZoom": False}
ABSTAINED = "abstains"

_HEIGHT = 400
_MARGIN = 0.03
_LEGEND = 0.16  # of the height, kept free: shapes side by side must have the same size
_OUTLINES = {True: "#9AA6B6", False: "#4A5565", None: "#8A94A3"}
_HOLLOW = {True: "#1B222C", False: "#FFFFFF", None: "#FFFFFF"}  # WebGL draws no transparent ones


def cloud_figure(
    cloud: engine.inputs.Cloud,
    labels: NDArray[np.integer],
    space: engine.inputs.LabelSpace,
    *,
    hover: Sequence[str] | None = None,
    point_size: float = 3.0,
    dark: bool | None = None,
    frame: NDArray[np.float32] | None = None,
    key: str = "cloud",
) -> go.Figure:
    """A cloud that can be turned, one colour and one entry of the legend for every part.

    labels: class ids (P,); ABSTAIN, and all else that `space` has no class for, is drawn hollow. hover: a text for each
    point. dark: whether it stands on a dark ground, None where that is not known.
    frame: points (K, 3) whose box is shown, where several clouds are to have the same size; the cloud's own for None.
    key: while it stays the same, what the reader has turned stays turned.
    """
    figure = go.Figure()
    known = (labels >= 0) & (labels < len(space))
    texts = None if hover is None else np.asarray(hover, dtype=object)
    groups = [(name, f"rgb{colour}", labels == i) for i, (name, colour) in enumerate(_classes(space))]
    for name, colour, mask in [*groups, (ABSTAINED, "", ~known)]:
        if not mask.any():
            continue
        x, y, z = cloud.points[mask].T
        figure.add_scatter3d(
            x=x, y=y, z=z, mode="markers", name=name, marker=_marker(colour, point_size, dark),
            text=None if texts is None else texts[mask],
            hovertemplate=f"<b>{name}</b><extra></extra>" if texts is None else "%{text}<extra></extra>",
        )  # fmt: skip
    figure.update_layout(
        height=_HEIGHT, margin={"l": 0, "r": 0, "t": 0, "b": 0}, uirevision=key,
        scene=_scene(cloud.points if frame is None else frame),
        showlegend=True,
        legend={"orientation": "h", "y": _LEGEND, "yanchor": "top", "x": 0.5, "xanchor": "center",
                "itemsizing": "constant", "itemclick": "toggle"},
    )  # fmt: skip
    return figure


def default_camera() -> dict[str, Any]:
    """From in front, to the left and above."""
    direction = np.array([1.0, 1.0, 0.7])
    x, y, z = (DISTANCE * direction / np.linalg.norm(direction)).tolist()
    return {"eye": {"x": x, "y": y, "z": z}, "up": {"x": 0, "y": 0, "z": 1}, "center": {"x": 0, "y": 0, "z": 0}}


def _classes(space: engine.inputs.LabelSpace) -> list[tuple[str, tuple[int, int, int]]]:
    return list(zip(space.classes, space.palette, strict=True))


def _marker(colour: str, size: float, dark: bool | None) -> dict[str, Any]:
    """Of a part its colour; without one, hollow."""
    if colour:
        return {"size": size, "color": colour, "opacity": 1.0, "line": {"width": 0}}
    return {"size": size, "color": _HOLLOW[dark], "opacity": 1.0, "line": {"width": 1, "color": _OUTLINES[dark]}}


def _scene(points: NDArray[np.float32]) -> dict[str, Any]:
    """Axes are hidden; their ranges, and the ratio of their lengths, are those of all the points."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    pad = _MARGIN * float((high - low).max())
    sides = high - low + 2.0 * pad
    ratio = (sides / sides.max()).tolist()
    scene: dict[str, Any] = {
        f"{axis}axis": {"visible": False, "range": [low[i] - pad, high[i] + pad]} for i, axis in enumerate("xyz")
    }
    return scene | {
        "aspectmode": "manual",
        "aspectratio": dict(zip("xyz", ratio, strict=True)),
        "camera": default_camera(),
        "domain": {"x": [0.0, 1.0], "y": [_LEGEND, 1.0]},
        "dragmode": "orbit",
        "bgcolor": "rgba(0,0,0,0)",
    }
