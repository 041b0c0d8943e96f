"""Pictures in space: the ball of all rotations, and shapes that are turned."""

import math

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

import engine
from app.pictures.clouds import cloud_figure
from app.pictures.style import BLUE, GREY, ORANGE

Floats = NDArray[np.float64]

DISTANCE = 1.3  # of the eye from the middle of any picture here
_FULL = 180.0
_INK = "#7C8798"  # readable on white and on near-black
AXES = {
    "x · to the front": (1.0, 0.0, 0.0),
    "y · to the side": (0.0, 1.0, 0.0),
    "z · up": (0.0, 0.0, 1.0),
    "(1, −1, 1) · askew": (1.0, -1.0, 1.0),
}


def ball_figure(angle: float, turn: Floats) -> go.Figure:
    """All rotations as a ball, those up to `angle` radians in it, and one turn, a rotation vector in radians (3,)."""
    figure = go.Figure()
    _sphere(figure, _FULL, GREY, 0.10)
    for circle in _circles(_FULL):
        figure.add_scatter3d(
            x=circle[0], y=circle[1], z=circle[2], mode="lines", line={"color": GREY, "width": 1.5},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    inner = math.degrees(angle)
    if inner > 0.0:
        _sphere(figure, inner, BLUE, 0.35 if angle < math.pi else 0.25)
    for circle in _circles(inner):
        figure.add_scatter3d(
            x=circle[0], y=circle[1], z=circle[2], mode="lines", line={"color": BLUE, "width": 3},
            hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    for axis, name in zip(np.eye(3) * 1.18 * _FULL, ("x", "y", "z"), strict=True):
        ends = np.stack((-axis, axis))
        figure.add_scatter3d(
            x=ends[:, 0], y=ends[:, 1], z=ends[:, 2], mode="lines+text", text=["", name], textposition="top center",
            textfont={"color": _INK, "size": 16}, line={"color": _INK, "width": 2}, hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    place = np.degrees(turn)
    figure.add_scatter3d(
        x=[place[0]], y=[place[1]], z=[place[2]], mode="markers", marker={"color": ORANGE, "size": 7},
        hovertemplate=f"your turn, by {np.linalg.norm(place):.0f}°<extra></extra>", showlegend=False,
    )  # fmt: skip
    return _scene(figure, 1.4 * _FULL, height=460, name="ball")


def shape_figure(
    cloud: engine.inputs.Cloud,
    labels: NDArray[np.integer],
    space: engine.inputs.LabelSpace,
    *,
    name: str,
    dark: bool | None = None,
    axis: Floats | None = None,
    ghost: engine.inputs.Cloud | None = None,
    height: int = 400,
    reach: float = 1.0,
    legend: bool = True,
) -> go.Figure:
    """A cloud coloured by part, with the axis of its turn and, in grey, where it stood; the scale is always the same.

    labels: whole numbers (P,), classes of `space` or ABSTAIN. axis: float64 (3,) of length 1.
    """
    figure = cloud_figure(cloud, labels, space, dark=dark, key=name)
    if ghost is not None:
        x, y, z = ghost.points.T
        figure.add_scatter3d(
            x=x, y=y, z=z, mode="markers", marker={"color": GREY, "size": 1.8, "opacity": 0.5}, name="as it stood",
            hoverinfo="skip",
        )  # fmt: skip
    if axis is not None:
        x, y, z = np.outer((-1.0, 1.0), axis).T
        figure.add_scatter3d(
            x=x, y=y, z=z, mode="lines", line={"color": ORANGE, "width": 5}, name="axis of the turn", hoverinfo="skip"
        )
    figure.update_layout(showlegend=legend)
    return _scene(figure, reach, height=height, name=name)


def _scene(figure: go.Figure, reach: float, *, height: int, name: str) -> go.Figure:
    hidden = {"visible": False, "range": [-reach, reach], "showspikes": False}
    eye = DISTANCE * np.array([1.0, 1.0, 0.7]) / math.sqrt(2.49)
    figure.update_layout(
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        scene={
            "xaxis": hidden,
            "yaxis": hidden,
            "zaxis": hidden,
            "aspectmode": "cube",
            "aspectratio": None,
            "bgcolor": "rgba(0,0,0,0)",
            "dragmode": "orbit",
            "camera": {"eye": {"x": eye[0], "y": eye[1], "z": eye[2]}},
            "uirevision": name,  # the view a person has chosen survives the next figure
        },
        uirevision=name,
    )
    return figure


def _sphere(figure: go.Figure, radius: float, colour: str, opacity: float) -> None:
    around, down = np.meshgrid(np.linspace(0, 2 * np.pi, 37), np.linspace(0, np.pi, 19))
    figure.add_surface(
        x=radius * np.cos(around) * np.sin(down), y=radius * np.sin(around) * np.sin(down), z=radius * np.cos(down),
        colorscale=[[0, colour], [1, colour]], showscale=False, opacity=opacity, hoverinfo="skip",
        lighting={"ambient": 0.85, "diffuse": 0.3, "specular": 0.05}, contours={"x": {"highlight": False},
        "y": {"highlight": False}, "z": {"highlight": False}},
    )  # fmt: skip


def _circles(radius: float) -> list[Floats]:
    """The three great circles in the planes of the axes, float64 (3, 73) each."""
    around = np.linspace(0, 2 * np.pi, 73)
    cosine, sine, zero = radius * np.cos(around), radius * np.sin(around), np.zeros_like(around)
    return [np.stack(rows) for rows in ((cosine, sine, zero), (cosine, zero, sine), (zero, cosine, sine))]
