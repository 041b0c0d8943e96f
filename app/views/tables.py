"""Legends and per-class tables as HTML that follows the theme's colours, and the chart of hits."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

import engine
from app.views.overlay import colour_bar
from app.views.wording import passed, share, share_up


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassShare:
    """One class: how many pixels were tested for it, and how many of them are certified."""

    name: str
    colour: tuple[int, int, int]
    tested: int
    certified: int


def class_shares(certificate: engine.Certificate, space: engine.inputs.LabelSpace) -> list[ClassShare]:
    """The classes that were tested anywhere, most pixels first."""
    tested = np.bincount(certificate.top.ravel(), minlength=len(space))
    certified = np.bincount(certificate.top[certificate.certified], minlength=len(space))
    rows = [
        ClassShare(name=name, colour=space.palette[i], tested=int(tested[i]), certified=int(certified[i]))
        for i, name in enumerate(space.classes)
        if tested[i]
    ]
    return sorted(rows, key=lambda row: -row.tested)


def legend(certificate: engine.Certificate, space: engine.inputs.LabelSpace) -> str:
    """The table of classes with colour, pixels tested and certified share, and the row of abstentions."""
    total = certificate.labels.size
    rows = "".join(_legend_row(row) for row in class_shares(certificate, space))
    abstained = total - certificate.certified_count
    return (
        f"{LEGEND_STYLE}<table class='legend'><thead><tr><th></th><th>Class</th><th>Tested</th>"
        f"<th colspan='2'>{passed(certificate.settings)}</th></tr></thead><tbody>{rows}"
        "<tr><td><span class='chip abstain'></span></td><td>Abstained</td>"
        f"<td class='n'>{abstained:,}</td><td colspan='2'>{share_up(abstained, total)} of all</td></tr>"
        "</tbody></table>"
    )


LEGEND_STYLE = """<style>
.legend { border-collapse: collapse; width: 100%; font-size: .92rem; }
.legend th { text-align: left; font-weight: 600; opacity: .75; }
.legend td, .legend th { padding: .2rem .5rem; border-bottom: 1px solid rgba(128, 128, 128, .25); }
.legend .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.legend .chip { display: inline-block; width: 1.1rem; height: 1.1rem; border-radius: 3px; vertical-align: middle;
  border: 1px solid rgba(128, 128, 128, .5); }
.legend .abstain { background: repeating-linear-gradient(135deg, #fff 0 4px, #dcdce2 4px 5px); }
.legend .bar { min-width: 5rem; width: 40%; }
.legend .bar span { display: block; outline: 1px solid rgba(128, 128, 128, .5); height: .55rem; border-radius: 3px; }
</style>"""


def _legend_row(row: ClassShare) -> str:
    colour = f"rgb{row.colour}"
    percent = 100.0 * row.certified / row.tested
    return (
        f"<tr><td><span class='chip' style='background:{colour}'></span></td><td>{html.escape(row.name)}</td>"
        f"<td class='n'>{row.tested:,}</td><td class='n'>{share(row.certified, row.tested)}</td>"
        f"<td class='bar'><span style='width:{percent:.1f}%;background:{colour}'></span></td></tr>"
    )


def scale(low: str, high: str) -> str:
    """A labelled colour bar."""
    stops = ", ".join(colour_bar())
    return (
        "<div style='display:flex;gap:.5rem;align-items:center;font-size:.85rem'>"
        f"<span>{html.escape(low)}</span><span style='flex:1;height:.6rem;border-radius:3px;"
        f"background:linear-gradient(90deg, {stops})'></span><span>{html.escape(high)}</span></div>"
    )


def hits_chart(certificate: engine.Certificate, many: str = "pixels") -> go.Figure:
    """How many pixels have how many hits, and where the correction drew the line."""
    n = certificate.draws
    counts = np.bincount(certificate.hits.ravel(), minlength=n + 1)
    hits = np.flatnonzero(counts)
    heights = counts[hits]
    enough = hits >= certificate.cutoff
    figure = go.Figure()
    for mask, name, colour in (
        (enough, passed(certificate.settings).lower(), "#1454B4"),
        (~enough, "abstain", "#B9C0CA"),
    ):
        figure.add_bar(x=hits[mask], y=heights[mask], name=name, marker_color=colour, marker_line_width=0)
    if certificate.cutoff <= n:
        figure.add_vline(x=certificate.cutoff - 0.5, line_dash="dash", line_color="#D63E1E")
    figure.update_layout(
        barmode="overlay", bargap=0.0, height=260, margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis_title=f"hits of the class under test in {n} draws", yaxis_title=f"{many} (log scale)",
        yaxis_type="log", legend={"orientation": "h", "y": 1.12},
    )  # fmt: skip
    return figure
