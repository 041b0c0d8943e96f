"""What a lesson is, and how all lessons draw: colours that everyone can tell apart, charts that fit a phone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
import streamlit as st

BLUE, ORANGE, RED, GREY = "#3A86D0", "#E69F00", "#D0481E", "#8A94A3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row of the table of lessons. `show` renders it, as a fragment: alone, when one of its controls moves."""

    name: str
    title: str
    show: Callable[[], None]


def chart(figure: go.Figure, *, key: str, x: str, y: str, height: int = 320, top: int = 10) -> None:
    """Show a figure with axis titles and its legend above; no tool bar, and no zoom, which traps a finger."""
    figure.update_layout(
        height=height,
        margin={"l": 10, "r": 10, "t": top, "b": 10},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0},
        dragmode=False,
    )
    figure.update_xaxes(title_text=x, fixedrange=True, automargin=True)
    figure.update_yaxes(title_text=y, fixedrange=True, automargin=True)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False})


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


def try_this(*prompts: str) -> None:
    """Things to do with the controls, each with what to look for."""
    with st.container(border=True):
        st.markdown("**Try this**\n\n" + "\n".join(f"- {prompt}" for prompt in prompts))


def percent(value: float, digits: int = 1) -> str:
    """A probability for people; never rounded to certainty."""
    if 0.0 < value < 10.0 ** -(digits + 2):
        return f"< {10.0**-digits:.{digits}f} %"
    if 1.0 - 10.0 ** -(digits + 2) < value < 1.0:
        return f"> {100.0 - 10.0**-digits:.{digits}f} %"
    return f"{100.0 * value:.{digits}f} %"
