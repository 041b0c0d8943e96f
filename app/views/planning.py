"""The planner: what a run can certify, before it is made."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import streamlit as st

import engine

_FIXED = "fixed"
_COMPARED = "holm"


def show_plan(settings: engine.Settings, components: int, many: str = "pixels", inputs: str = "images") -> None:
    """Power against true p beside the paper's fixed n, and the corrections compared."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.plotly_chart(_chart(settings, components), key="power", config={"displayModeBar": False})
    with right:
        st.markdown(
            f"If every {many.removesuffix('s')}'s class had true probability p under noise, what share of the "
            f"{components:,} {many} would {settings.n} draws certify? Real {inputs} mix easy and doubtful {many}: "
            "these are expectations."
        )
        rows = engine.stats.forecasts(
            p=0.95, draws=settings.n, tau=settings.tau, alpha=settings.alpha, components=components,
            mode_name=settings.mode, budget=settings.tolerated(components),
        )  # fmt: skip
        st.dataframe(
            [
                {
                    "Correction": engine.stats.corrections[row.correction].title,
                    "Smallest n": row.smallest_n,
                    "Certified at p = 0.95": f"{100 * row.share:.1f} %",
                }
                for row in rows
            ],
            hide_index=True,
        )
        if not rows:
            return
        st.caption(
            f"Best here: **{engine.stats.corrections[rows[0].correction].title}**, among the procedures that need no "
            f"assumption on how {many} depend on each other."
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _curve(
    mode: str, correction: str, draws: int, tau: float, alpha: float, components: int, budget: int
) -> tuple[list[float], list[float]]:
    p = np.concatenate([np.linspace(tau, 0.9 + 0.1 * tau, 24), 1.0 - np.geomspace(0.1 * (1 - tau), 1e-3, 16)])
    shares = [
        engine.stats.expected_share(
            p=float(value), draws=draws, tau=tau, alpha=alpha, components=components, mode_name=mode,
            correction_name=correction, budget=budget,
        )
        for value in p
    ]  # fmt: skip
    return p.tolist(), shares


def _chart(settings: engine.Settings, components: int) -> go.Figure:
    common = (settings.n, settings.tau, settings.alpha, components)
    budget = settings.tolerated(components)
    title = f"{settings.testing.label}, {settings.procedure.title}"
    figure = go.Figure()
    p, share = _curve(settings.mode, settings.correction, *common, budget)
    figure.add_scatter(x=p, y=share, name=title, line={"color": "#1454B4", "width": 3})
    if (settings.mode, settings.correction) != (_FIXED, _COMPARED):
        p, share = _curve(_FIXED, _COMPARED, *common, 0)
        figure.add_scatter(
            x=p, y=share, name="the paper's fixed n, Holm", line={"color": "#C77700", "width": 2, "dash": "dash"}
        )
    figure.add_vline(x=settings.tau, line_dash="dot", line_color="#8A94A3", annotation_text="τ")
    figure.update_layout(
        height=280, margin={"l": 10, "r": 10, "t": 10, "b": 10}, xaxis_title="true probability p of the class",
        yaxis_title="expected share certified", yaxis_range=[-0.02, 1.02], yaxis_tickformat=".0%",
        legend={"orientation": "h", "y": 1.15},
    )  # fmt: skip
    return figure
