"""Charts of the papers' tables: certified accuracy over the strength of the noise, or over the radius."""

from decimal import ROUND_DOWN, Decimal
from itertools import cycle

import plotly.graph_objects as go

import engine
from app.pictures.style import BRIGHT_BLUE, BRIGHT_ORANGE, GREEN, PURPLE, laid_out

_COLOURS = (BRIGHT_BLUE, BRIGHT_ORANGE, GREEN, PURPLE, "#8A6A2F", "#6B6FD4")
_DASHES = {"SegCertify": "solid", "DenoiseCertify": "dash", "multi-step (2)": "dot"}


def rounded_down(value: engine.papers.Cell, digits: int = 3) -> str:
    """A number with so many digits behind the point: what is certified is never rounded up."""
    return "–" if value is None else f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN)}"


def radius_chart(grid: engine.papers.Grid) -> go.Figure:
    """One line for each model and sigma; the number at a point is its tau."""
    lines: dict[str, list[dict[str, engine.papers.Cell]]] = {}
    for row in _records(grid):
        lines.setdefault(f"{row['model']}, σ = {row['σ']:g}", []).append(row)
    figure = go.Figure()
    for (name, rows), colour in zip(lines.items(), cycle(_COLOURS), strict=False):
        figure.add_scatter(
            x=[row["R"] for row in rows],
            y=[row["accuracy"] for row in rows],
            text=[f"{row['τ']:g}" for row in rows],
            customdata=[rounded_down(row["R"]) for row in rows],
            textposition="top center",
            mode="lines+markers+text",
            name=name,
            line={"color": colour, "width": 2.5},
            hovertemplate="τ = %{text}: R = %{customdata}, %{y:.1%}<extra>" + name + "</extra>",
        )
    return _laid_out(figure, "Certified radius R (l2)")


def sigma_chart(grid: engine.papers.Grid) -> go.Figure:
    """One line for each model that was certified, dashed behind a denoiser; what else is told apart has a colour."""
    lines: dict[str, list[dict[str, engine.papers.Cell]]] = {}
    for row in _records(grid):
        if row["R"] is not None:
            lines.setdefault(str(row["model"]), []).append(row)
    colours: dict[str, str] = {}
    figure = go.Figure()
    for name, rows in lines.items():
        model, _, how = name.partition(": ")
        dash = _DASHES.get(how, "solid")
        colour = colours.setdefault(model if how in _DASHES else name, _COLOURS[len(colours) % len(_COLOURS)])
        figure.add_scatter(
            x=[row["σ"] for row in rows],
            y=[row["accuracy"] for row in rows],
            mode="lines+markers",
            name=name,
            line={"color": colour, "width": 2.5, "dash": dash},
            hovertemplate="σ = %{x:g}: %{y:.1%}<extra>" + name + "</extra>",
        )
    return _laid_out(figure, "σ of the noise (R = 0.674 σ at τ = 0.75)")


def _records(grid: engine.papers.Grid) -> list[dict[str, engine.papers.Cell]]:
    return [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]


def _laid_out(figure: go.Figure, x_title: str) -> go.Figure:
    laid_out(
        figure, height=460, right=16, hovermode="closest", legend_more={"font": {"size": 13}},
        xaxis={"title": x_title, "rangemode": "tozero", "automargin": True},
        yaxis={"title": "Certified and correct", "range": [0, 1.04], "tickformat": ".0%", "automargin": True},
    )  # fmt: skip
    return figure
