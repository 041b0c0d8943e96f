"""Tables and charts of the Results page."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

import engine
from app.pictures.results import radius_chart, rounded_down, sigma_chart
from app.views import charts
from app.words.audits import AUDITS, TESTED_NOTHING
from app.words.sheet import as_csv
from engine.papers import Cell, Grid

_SHARES = {"accuracy", "mIoU", "mIoU over all", "abstained"}
_PERCENTS = {"flipped": 2, "as plain PGD": 0, "certified": 1}
_FLOORED = {"R"}  # what is certified is never rounded up
_ROW_HEIGHT = 35
_MANY_COMMANDS = 3


def show_grid(grid: Grid, *, key: str) -> None:
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
        "As CSV",
        lambda: as_csv(grid.columns, grid.rows),
        f"{key}.csv",
        "text/csv",
        icon=":material/download:",
        key=f"csv_{key}",
    )


def show_audit(name: str) -> None:
    """The bundled record of that name."""
    view, record = AUDITS[name], engine.papers.audit_records()[name]
    st.header(view.title, anchor=False)
    text = f"**{view.sentence(record)}**"
    if not view.promise:
        st.markdown(text)
    elif not view.certified(record):
        st.info(f"**{TESTED_NOTHING}**", icon=":material/info:")
    elif view.violations(record):
        st.error(text, icon=":material/gpp_bad:")
    else:
        st.success(text, icon=":material/verified_user:")
    st.markdown(view.reading)
    show_grid(view.grid(record), key=f"audit_{name}")
    if not view.promise:
        st.caption(f"{record['dataset']}, {record['plan']['steps']} steps each, {record['compute']}.")
        st.code(record["command"], language="bash", wrap_lines=True)
        return
    settings, again = record["settings"], view.again(record)
    asked = f" (asked again: τ = ½, n = {again})" if again else ""
    st.caption(
        f"{record['dataset']}, σ = {settings['sigma']:g}, τ = {settings['tau']:g}, n₀ = {settings['n0']}, n = "
        f"{settings['n']}{asked}, α = {settings['alpha']:g}, {record['compute']}, {_version(record, settings)}. These "
        f"are counts of what was tried, not a proof; what is proved is that each of the {view.certificates(record):,} "
        "certificates made here fails with probability at most α."
    )
    st.code(record["command"], language="bash", wrap_lines=True)


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
            f"α = {settings['alpha']:g}, working size {settings['size']}, {_computed(stored)}, "
            f"{_version(stored, settings)}. A certified row holds for each image with probability 1 − α, by itself"
            f"{_shared(stored['families'])}."
        )
        st.code(stored["command"], language="bash", wrap_lines=True)


def _computed(stored: Mapping[str, Any]) -> str:
    """On what, and on how many threads of a CPU where that was written down."""
    threads = stored.get("threads")
    return (
        stored["compute"] if threads is None else f"{stored['compute']} on {threads} thread{'s' if threads > 1 else ''}"
    )


def _version(stored: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """Of the program, and whether its noise was that of today."""
    return f"version {stored['version']}" + ("" if "stream" in settings else ", noise in float32 (now float64)")


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
    made = f"{_computed(stored)}, {_version(stored, settings)}"
    if not any(row["tau"] for row in stored["rows"]):
        st.caption(f"{scored}: the base model alone. {made}.")
    else:
        st.caption(
            f"{scored}, n₀ = {settings['n0']}, n = {settings['n']:,}, α = {settings['alpha']:g}, {made}. A certified "
            "row holds for each shape with probability 1 − α, by itself."
        )
    st.code(stored["command"], language="bash", wrap_lines=True)


def show_chart(grid: Grid, *, over: str) -> None:
    """Certified accuracy over sigma, or over the radius with a tau at every point."""
    figure = radius_chart(grid) if over == "radius" else sigma_chart(grid)
    charts.show_chart(figure, key="results_chart")


def _cell(name: str, value: Cell, digits: int = 3) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):  # not a number: no pixel gave a score
        return "–"
    if isinstance(value, str):
        return value
    if name in _FLOORED:
        return rounded_down(value, digits)
    if (percents := _PERCENTS.get(name.partition(" at ")[0])) is not None:
        return f"{value:.{percents}%}"
    if name in _SHARES:
        return f"{value:+.4f}" if value < 0 or 0 < value < 0.005 else f"{value:.{digits}f}"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.2f}" if name.startswith("s / ") or value >= 5 else f"{value:g}"


def _numbers_of(grid: Grid) -> list[str]:
    """The columns that hold numbers."""
    return [
        name for place, name in enumerate(grid.columns) if any(isinstance(row[place], int | float) for row in grid.rows)
    ]


def _digits(grid: Grid) -> int:
    """Two where no share has more, as in the papers; else three."""
    shares = [
        value
        for row in grid.rows
        for name, value in zip(grid.columns, row, strict=True)
        if name in _SHARES and isinstance(value, float) and not math.isnan(value)
    ]
    return 2 if all(math.isclose(round(value, 2), value, abs_tol=1e-9) for value in shares) else 3
