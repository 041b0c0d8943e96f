"""An experiment on the page: its chart, what was published against what was measured, and the data to take away."""

import json

import streamlit as st

import engine
from app.pictures.experiments import chart
from app.views import charts
from app.views.render import render
from app.words.numbers import duration
from app.words.sheet import as_csv


def show_chart(entry: engine.papers.Experiment, result: engine.papers.ExperimentResult) -> None:
    """The curves, with a hover text for each point."""
    charts.show_chart(chart(entry, result), key=f"chart_{entry.name}")


def show_findings(result: engine.papers.ExperimentResult) -> None:
    """What the paper says and what came out here, row by row."""
    st.html(render("findings", findings=result.findings))


def show_downloads(result: engine.papers.ExperimentResult) -> None:
    """The curves as CSV, and everything as JSON."""
    with st.container(horizontal=True):
        st.download_button(
            "Curves (CSV)", points_csv(result), f"{result.name}.csv", "text/csv", icon=":material/download:"
        )
        st.download_button(
            "Everything (JSON)",
            json.dumps(result.as_dict(), indent=1),
            f"{result.name}.json",
            "application/json",
            icon=":material/download:",
        )


def points_csv(result: engine.papers.ExperimentResult) -> str:
    """One row per point: series, x, the mean over the repetitions, and the value as drawn."""
    rows = [
        (series.name, f"{x:.7g}", f"{raw:.7g}", f"{y:.7g}")
        for series in result.series
        for x, raw, y in zip(series.x, series.raw, series.y, strict=True)
    ]
    return as_csv(("series", "N" if result.x_log else "gamma", "mean", "drawn"), rows)


def show_origin(result: engine.papers.ExperimentResult, *, bundled: bool) -> None:
    """Who computed the chart, when nothing was recomputed yet, and how to do it again."""
    command = f"python -m engine experiments {result.name} --seed {result.seed}"
    if result.quality is not engine.papers.Quality.PAPER:
        command += f" --quality {result.quality.value}"
    if bundled:
        start = "Comes with Certiscope, made by"
    else:
        start = f"**Recomputed on this server** in {duration(result.seconds)}, as by"
    st.caption(
        f"{start} `{command}` · {result.quality.repetitions} repetitions per point, seed {result.seed}. "
        "Point at a curve for the plain mean."
    )
