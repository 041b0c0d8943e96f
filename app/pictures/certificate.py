"""Charts of one certificate: all hits, all p-values, and what a run could certify before it is made."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

import engine
from app.pictures.style import AMBER, DEEP_BLUE, DEEP_RED, GREY, PALE, laid_out
from app.words.kinds import words_for
from app.words.promise import passed, reserved

_FLOOR = 1e-16
PAPERS_FIXED = "the paper's fixed n, Holm"


def hits_chart(certificate: engine.Certificate) -> go.Figure:
    """How many components have how many hits, and where the correction drew the line."""
    n = certificate.draws
    counts = np.bincount(certificate.hits.ravel(), minlength=n + 1)
    hits = np.flatnonzero(counts)
    enough = hits >= certificate.cutoff
    figure = go.Figure()
    for mask, name, colour in (
        (enough, f"{passed(certificate.settings).lower()}{reserved(certificate)}", DEEP_BLUE),
        (~enough, "abstain", PALE),
    ):
        figure.add_bar(x=hits[mask], y=counts[hits][mask], name=name, marker_color=colour, marker_line_width=0)
    if certificate.cutoff <= n:
        figure.add_vline(x=certificate.cutoff - 0.5, line_dash="dash", line_color=DEEP_RED)
    return laid_out(
        figure, height=260, barmode="overlay", bargap=0.0, yaxis_type="log",
        xaxis_title=f"hits of the class under test in {n} draws",
        yaxis_title=f"{words_for(certificate).many} (log scale)",
    )  # fmt: skip


def p_values_chart(story: engine.certification.PixelStory, certificate: engine.Certificate) -> go.Figure:
    """One pixel's p-value among all others and against the threshold of every rank, both axes logarithmic."""
    procedure, settings = certificate.settings.procedure, certificate.settings
    components = certificate.hits.size
    counts = np.bincount(certificate.hits.ravel(), minlength=certificate.draws + 1)[::-1]
    table = certificate.p_value_table()[::-1]
    present = counts > 0
    last = np.cumsum(counts)[present]
    first = np.concatenate([[1], last[:-1] + 1])
    ranks = np.stack([first, last], axis=1).ravel()
    values = np.repeat(np.maximum(table[present], _FLOOR), 2)
    marks = np.unique(np.geomspace(1, components, 60).astype(int))
    marks = np.unique(np.concatenate([marks, components - marks + 1]))
    lines = [procedure.threshold(int(rank), components, settings.alpha, certificate.tolerated) for rank in marks]
    figure = go.Figure()
    figure.add_scatter(x=ranks, y=values, name="p-values, sorted", line={"color": DEEP_BLUE, "width": 2})
    figure.add_scatter(x=marks, y=lines, name="threshold of each rank", line={"color": DEEP_RED, "dash": "dash"})
    figure.add_scatter(
        x=[story.rank], y=[max(story.p_value, _FLOOR)], mode="markers", name="this pixel",
        marker={"size": 12, "color": AMBER, "line": {"width": 2, "color": "#fff"}},
    )  # fmt: skip
    return laid_out(
        figure, height=260,
        xaxis={"type": "log", "title": "rank of the p-value", "exponentformat": "power"},
        yaxis={"type": "log", "title": "p-value", "exponentformat": "power"},
    )  # fmt: skip


Curve = tuple[Sequence[float], Sequence[float]]
"""The true probability of a class, and the expected share that passes at each."""


def power_chart(curves: dict[str, Curve], tau: float) -> go.Figure:
    """Expected shares over the true p, by title: of the settings, and dashed of the paper's fixed n beside them."""
    figure = go.Figure()
    for title, (p, share) in curves.items():
        line = (
            {"color": AMBER, "width": 2, "dash": "dash"} if title == PAPERS_FIXED else {"color": DEEP_BLUE, "width": 3}
        )
        figure.add_scatter(x=p, y=share, name=title, line=line)
    figure.add_vline(x=tau, line_dash="dot", line_color=GREY, annotation_text="τ")
    return laid_out(
        figure, height=280, xaxis_title="true probability p of the class", yaxis_title="expected share that passes",
        yaxis_range=[-0.02, 1.02], yaxis_tickformat=".0%",
    )  # fmt: skip
