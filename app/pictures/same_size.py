"""The ruler of l2 sizes: how large everyday changes of a picture are, beside what a certificate covers."""

from collections.abc import Mapping

import plotly.graph_objects as go

from app.pictures.style import BLUE, ORANGE, RED, guide
from engine.core import floored

Span = tuple[tuple[str, float], tuple[str, float]]


def ruler(spans: Mapping[str, Span], *, radius: float, size: float) -> go.Figure:
    """One row for each change, from a little to much, with names and l2 sizes; lines at the radius and at `size`."""
    figure = go.Figure()
    rows = list(spans)[::-1]
    for row in rows:
        (little, low), (much, high) = spans[row]
        figure.add_scatter(
            x=[low, high], y=[row, row], mode="lines+markers+text", text=[f"{little} ", f" {much}"], showlegend=False,
            textposition=["middle left", "middle right"], cliponaxis=False, line={"color": BLUE, "width": 3},
            marker={"size": 11, "color": [BLUE, ORANGE], "symbol": ["circle", "diamond"]},
            hovertemplate="%{text}: %{x:.3g}<extra>" + row + "</extra>",
        )  # fmt: skip
    figure.add_vrect(x0=0.02, x1=radius, fillcolor=BLUE, opacity=0.18, line_width=0)
    guide(figure, f" R = {floored(radius)}", x=radius, log=True, colour=BLUE, dash="solid")
    guide(figure, f" {size:g}", x=size, log=True, colour=RED, dash="dash", at=0.0)
    figure.update_xaxes(type="log", range=[-1.3, 2.8], tickvals=[0.1, 0.3, 1, 3, 10, 30, 100])
    figure.update_yaxes(range=[-0.8, len(rows) - 0.4], showgrid=False)
    return figure
