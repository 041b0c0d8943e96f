"""How all charts look: colours that everyone can tell apart, margins, legends above, lines with a name."""

import math
from typing import Any

import plotly.graph_objects as go

BLUE, ORANGE, RED, GREY = "#3A86D0", "#E69F00", "#D0481E", "#8A94A3"
"""Of lessons and rotations: readable on white and on near-black."""

DEEP_BLUE, DEEP_RED, AMBER, PALE = "#1454B4", "#D63E1E", "#C77700", "#B9C0CA"
"""Of a certificate's own charts."""

BRIGHT_BLUE, BRIGHT_ORANGE, GREEN, PURPLE = "#2F7FDB", "#E8890C", "#18A07A", "#C65BB0"
"""Of measured curves; no pair is told apart by its hue alone, since the dashes differ too."""

STILL = {"displayModeBar": False}
"""Plotly's own buttons are left out."""


def laid_out(figure: go.Figure, *, height: int, right: int = 10, legend: float = 1.02, **more: Any) -> go.Figure:
    """The figure with narrow margins and its legend above; `more` goes into Plotly's layout."""
    given = more.pop("legend_more", {})
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": right, "t": 10, "b": 10},
        legend={"orientation": "h", "y": legend, "yanchor": "bottom", "x": 0.0} | given,
        **more,
    )
    return figure


def guide(
    figure: go.Figure,
    text: str,
    *,
    x: float | None = None,
    y: float | None = None,
    log: bool = False,
    colour: str = GREY,
    dash: str = "dot",
    at: float = 1.0,
) -> None:
    """A line across the plot at x or y, with its name at its end; `log` for a line that crosses a logarithmic axis.

    at: where along a line at x its name stands, 0 at the bottom, 1 on top.
    """
    line = {"line_color": colour, "line_dash": dash, "line_width": 2}
    if x is not None:
        figure.add_vline(x=x, **line)
        place = {"x": math.log10(x) if log else x, "y": at, "yref": "paper", "xanchor": "left"}
        figure.add_annotation(text=text, showarrow=False, yanchor="top" if at > 0.5 else "bottom", **place)
    if y is not None:
        figure.add_hline(y=y, **line)
        place = {"x": 1.0, "xref": "paper", "y": math.log10(y) if log else y, "xanchor": "right"}
        figure.add_annotation(text=text, showarrow=False, yanchor="bottom", **place)
