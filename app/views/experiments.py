"""An experiment on the page: its chart, what was published against what was measured, and the data to take away."""

from __future__ import annotations

import csv
import html
import io
import json

import plotly.graph_objects as go
import streamlit as st

import engine
from app import runner
from app.jobs.manager import Job
from app.views import wording
from app.views.progress import follow

# Readable on white and on near-black; no pair is told apart by its hue alone, since the dashes differ too.
_STYLES = (("#2F7FDB", "solid"), ("#E8890C", "dash"), ("#18A07A", "dot"), ("#C65BB0", "dashdot"))
_GUIDE = "#8A94A3"
_POWERS = {2: "100", 3: "1,000", 4: "10⁴", 5: "10⁵", 6: "10⁶"}


def show_chart(entry: engine.papers.Experiment, result: engine.papers.ExperimentResult) -> None:
    """The curves, with a hover text for each point."""
    st.plotly_chart(chart(entry, result), key=f"chart_{entry.name}", config={"displayModeBar": False}, width="stretch")


def chart(entry: engine.papers.Experiment, result: engine.papers.ExperimentResult) -> go.Figure:
    """Lines over gamma or over N, y in percent of the components."""
    figure = go.Figure()
    symbol = "N" if result.x_log else "γ"
    for series, (colour, dash) in zip(result.series, _STYLES, strict=False):
        figure.add_scatter(
            x=series.x, y=series.y, customdata=series.raw, name=series.name, mode="lines",
            line={"color": colour, "dash": dash, "width": 2.5},
            hovertemplate=f"{symbol} = %{{x:{',' if result.x_log else '.3f'}}}: %{{customdata:.1%}}"
            f"<extra>{html.escape(series.name)}</extra>",
        )  # fmt: skip
    for x, words in entry.marks:
        figure.add_vline(x=x, line={"color": _GUIDE, "dash": "dot", "width": 1})
        figure.add_annotation(
            x=x, y=0.08, yref="paper", text=words, showarrow=False, xanchor="left", xshift=4,
            font={"size": 12, "color": _GUIDE},
        )  # fmt: skip
    figure.update_layout(
        height=440, margin={"l": 10, "r": 16, "t": 10, "b": 10}, hovermode="closest",
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0.0, "font": {"size": 14}},
        xaxis={"title": result.x_label, "type": "log" if result.x_log else "linear", "automargin": True},
        yaxis={"title": result.y_label, "range": [-0.02, 1.04], "tickformat": ".0%", "automargin": True},
    )  # fmt: skip
    if result.x_log:
        figure.update_xaxes(
            tickvals=[10**power for power in _POWERS], ticktext=list(_POWERS.values()), range=[1.98, 6.04]
        )
    return figure


def show_findings(result: engine.papers.ExperimentResult) -> None:
    """What the paper says and what came out here, row by row."""
    rows = "".join(_row(finding) for finding in result.findings)
    st.html(
        f"{_STYLE}<table class='findings' role='table' aria-label='Published and measured'><thead role='rowgroup'>"
        "<tr role='row'><th role='columnheader'>Statement</th><th role='columnheader'>The paper</th>"
        "<th role='columnheader'>Measured here</th><th role='columnheader'>Agree?</th></tr></thead>"
        f"<tbody role='rowgroup'>{rows}</tbody></table>"
    )


def _row(finding: engine.papers.Finding) -> str:
    verdict = "<span class='yes'>✓ yes</span>" if finding.holds else "<span class='no'>✗ no</span>"
    cells = (
        ("statement", "", html.escape(finding.statement)),
        ("", "The paper", html.escape(finding.published)),
        ("", "Measured here", html.escape(finding.measured)),
        ("verdict", "Agree", verdict),
    )
    made = "".join(f"<td role='cell' class='{name}' data-label='{label}'>{text}</td>" for name, label, text in cells)
    return f"<tr role='row'>{made}</tr>"


_STYLE = """<style>
.findings { border-collapse: collapse; width: 100%; font-size: .95rem; line-height: 1.45; }
.findings th { text-align: left; font-weight: 600; opacity: .75; }
.findings td, .findings th { padding: .55rem .7rem .55rem 0; border-bottom: 1px solid rgba(128, 128, 128, .3);
  vertical-align: top; }
.findings .statement { font-weight: 600; width: 27%; }
.findings .verdict { white-space: nowrap; font-weight: 600; }
.findings .yes { color: #14876A; } .findings .no { color: #D9480F; }
@media (prefers-color-scheme: dark) { .findings .yes { color: #3CC79A; } .findings .no { color: #FF8A4C; } }
@media (max-width: 640px) {
  .findings thead { position: absolute; left: -9999px; }
  .findings tr { display: block; padding: .7rem 0; border-bottom: 1px solid rgba(128, 128, 128, .35); }
  .findings td { display: block; border: 0; padding: .15rem 0; width: auto !important; }
  .findings td[data-label]:not([data-label=''])::before { content: attr(data-label) ": "; font-weight: 600;
    opacity: .75; }
}
</style>"""


def show_downloads(result: engine.papers.ExperimentResult) -> None:
    """The curves as CSV, and everything as JSON."""
    with st.container(horizontal=True):
        st.download_button("Curves (CSV)", as_csv(result), f"{result.name}.csv", "text/csv", icon=":material/download:")
        st.download_button(
            "Everything (JSON)",
            json.dumps(result.as_dict(), indent=1),
            f"{result.name}.json",
            "application/json",
            icon=":material/download:",
        )


def as_csv(result: engine.papers.ExperimentResult) -> str:
    """One row per point: series, x, the mean over the repetitions, and the value as drawn."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["series", "N" if result.x_log else "gamma", "mean", "drawn"])
    for series in result.series:
        writer.writerows(
            [series.name, f"{x:.7g}", f"{raw:.7g}", f"{y:.7g}"]
            for x, raw, y in zip(series.x, series.raw, series.y, strict=True)
        )
    return text.getvalue()


def show_origin(result: engine.papers.ExperimentResult, *, bundled: bool) -> None:
    """Who computed the chart, when nothing was recomputed yet, and how to do it again."""
    command = f"python -m engine experiments {result.name} --seed {result.seed}"
    if result.quality is not engine.papers.Quality.PAPER:
        command += f" --quality {result.quality.value}"
    if bundled:
        start = "Comes with Certiscope, made by"
    else:
        start = f"**Recomputed on this server** in {wording.duration(result.seconds)}, as by"
    st.caption(
        f"{start} `{command}` · {result.quality.repetitions} repetitions per point, seed {result.seed}. "
        "Point at a curve for the plain mean."
    )


@st.fragment(run_every=0.5)
def show_progress(job: Job, label: str) -> None:
    """Poll the job twice a second; once it has ended, run the whole page again."""
    follow(job, f"{label}: point")
    if st.button("Cancel", icon=":material/stop:", key="cancel_experiment"):
        runner.cancel(job)
