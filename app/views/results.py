"""Tables and charts of the Results page."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from itertools import cycle
from typing import Any

import plotly.graph_objects as go
import streamlit as st

import engine

_COLOURS = ("#2F7FDB", "#E8890C", "#18A07A", "#C65BB0", "#8A6A2F", "#6B6FD4")
_SHARES = {"accuracy", "mIoU", "mIoU over all", "abstained"}
_PERCENTS = {"flipped": 2, "as plain PGD": 0}
_FLOORED = {"R"}  # what is certified is never rounded up
_ROW_HEIGHT = 35
_MANY_COMMANDS = 3
_DASHES = {"SegCertify": "solid", "DenoiseCertify": "dash", "multi-step (2)": "dot"}


def show_grid(grid: engine.papers.Grid, *, key: str) -> None:
    """The table, and the same as CSV."""
    digits = _digits(grid)
    shown = [
        {name: _cell(name, value, digits) for name, value in zip(grid.columns, row, strict=True)} for row in grid.rows
    ]
    st.dataframe(
        shown, hide_index=True, width="stretch", height=_ROW_HEIGHT * (len(shown) + 1) + 3, key=key,
        column_config={name: st.column_config.TextColumn(alignment="right") for name in _numbers_of(grid)},
    )  # fmt: skip
    st.download_button(
        "As CSV", lambda: as_csv(grid), f"{key}.csv", "text/csv", icon=":material/download:", key=f"csv_{key}"
    )


def as_csv(grid: engine.papers.Grid) -> str:
    """Full precision; nothing for an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(grid.columns)
    writer.writerows([["" if value is None else value for value in row] for row in grid.rows])
    return text.getvalue()


def show_commands(results: Sequence[Mapping[str, Any]]) -> None:
    """What made the rows, and how honest one has to be about many rows; many commands are folded away."""
    if len(results) > _MANY_COMMANDS:
        with st.expander(f"How these rows were made: {len(results)} commands", icon=":material/terminal:"):
            _show_commands(results)
    else:
        _show_commands(results)


def _show_commands(results: Sequence[Mapping[str, Any]]) -> None:
    for stored in results:
        if "plan" not in stored:
            _show_shape_command(stored)
            continue
        plan = stored["plan"]
        settings = plan["settings"]
        st.caption(
            f"{stored['images']} images of {stored['dataset']}, n₀ = {settings['n0']}, n = {settings['n']}, "
            f"α = {settings['alpha']:g}, working size {settings['size']}, {_computed(stored)}, version "
            f"{stored['version']}. A certified row holds for each image with probability 1 − α, by itself"
            f"{_shared(stored['families'])}."
        )
        st.code(stored["command"], language="bash", wrap_lines=True)


def _computed(stored: Mapping[str, Any]) -> str:
    """On what, and on how many threads of a CPU where that was written down."""
    threads = stored.get("threads")
    return (
        stored["compute"] if threads is None else f"{stored['compute']} on {threads} thread{'s' if threads > 1 else ''}"
    )


def _shared(certificates: int) -> str:
    if certificates == 1:
        return ""
    return (
        f": {certificates} certificates were made of each image on shared draws, and whoever picks the best of them "
        "has to add up as many α"
    )


def _show_shape_command(stored: Mapping[str, Any]) -> None:
    settings = stored["settings"]
    shapes = max(row["shapes"] for row in stored["rows"])
    scored = f"{stored['model']}, {shapes} shapes of {stored['dataset']}, {settings['points']:,} points"
    made = f"{_computed(stored)}, version {stored['version']}"
    easiest = engine.Settings(**{**settings, "tau": min(row["tau"] for row in stored["rows"] if row["tau"])})
    if settings["n"] < easiest.smallest_useful_n(settings["points"]):  # so nothing was certified
        st.caption(f"{scored}: the base model alone. {made}.")
    else:
        st.caption(
            f"{scored}, n₀ = {settings['n0']}, n = {settings['n']:,}, α = {settings['alpha']:g}, {made}. A certified "
            "row holds for each shape with probability 1 − α, by itself."
        )
    st.code(stored["command"], language="bash", wrap_lines=True)


def show_chart(grid: engine.papers.Grid, *, over: str) -> None:
    """Certified accuracy over sigma, or over the radius with a tau at every point."""
    figure = radius_chart(grid) if over == "radius" else sigma_chart(grid)
    st.plotly_chart(figure, key="results_chart", config={"displayModeBar": False}, width="stretch")


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
            customdata=[_cell("R", row["R"]) for row in rows],
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
    figure.update_layout(
        height=460, margin={"l": 10, "r": 16, "t": 10, "b": 10}, hovermode="closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0, "font": {"size": 13}},
        xaxis={"title": x_title, "rangemode": "tozero", "automargin": True},
        yaxis={"title": "Certified and correct", "range": [0, 1.04], "tickformat": ".0%", "automargin": True},
    )  # fmt: skip
    return figure


def _cell(name: str, value: engine.papers.Cell, digits: int = 3) -> str:
    if value is None or value != value:  # not a number: no pixel gave a score
        return "–"
    if isinstance(value, str):
        return value
    if name in _FLOORED:
        return f"{Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN)}"
    if name in _PERCENTS:
        return f"{value:.{_PERCENTS[name]}%}"
    if name in _SHARES:
        return f"{value:+.4f}" if value < 0 or 0 < value < 0.005 else f"{value:.{digits}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if name.startswith("s / ") or value >= 5 else f"{value:g}"


def _numbers_of(grid: engine.papers.Grid) -> list[str]:
    """The columns that hold numbers."""
    return [
        name for place, name in enumerate(grid.columns) if any(isinstance(row[place], int | float) for row in grid.rows)
    ]


def _digits(grid: engine.papers.Grid) -> int:
    """Two where no share has more, as in the papers; else three."""
    shares = [
        value
        for row in grid.rows
        for name, value in zip(grid.columns, row, strict=True)
        if name in _SHARES and isinstance(value, float) and value == value
    ]
    return 2 if all(round(value, 2) == value for value in shares) else 3
