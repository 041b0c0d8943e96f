"""The planner: what a run can certify, before it is made."""

import numpy as np
import streamlit as st

import engine
from app.pictures.certificate import PAPERS_FIXED, Curve, power_chart
from app.views.charts import show_chart
from app.words.kinds import Vocabulary

_FIXED = "fixed"
_COMPARED = "holm"


def show_plan(settings: engine.Settings, components: int, words: Vocabulary) -> None:
    """Power against true p beside the paper's fixed n, and the corrections compared."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_chart(power_chart(_curves(settings, components), settings.tau), key="power")
    verb = "certify" if settings.procedure.certifies else "select"
    with right:
        st.markdown(
            f"If every {words.one}'s class had true probability p under noise, what share of the "
            f"{components:,} {words.many} would {settings.n} draws {verb}? Real {words.inputs} mix easy and doubtful "
            f"{words.many}: these are expectations."
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
            f"assumption on how {words.many} depend on each other."
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _curve(mode: str, correction: str, draws: int, tau: float, alpha: float, components: int, budget: int) -> Curve:
    p = np.concatenate([np.linspace(tau, 0.9 + 0.1 * tau, 24), 1.0 - np.geomspace(0.1 * (1 - tau), 1e-3, 16)])
    shares = [
        engine.stats.expected_share(
            p=float(value), draws=draws, tau=tau, alpha=alpha, components=components, mode_name=mode,
            correction_name=correction, budget=budget,
        )
        for value in p
    ]  # fmt: skip
    return p.tolist(), shares


def _curves(settings: engine.Settings, components: int) -> dict[str, Curve]:
    """Of these settings, and of the paper's where they are others, by title."""
    common = (settings.n, settings.tau, settings.alpha, components)
    title = f"{settings.testing.label}, {settings.procedure.title}"
    curves = {title: _curve(settings.mode, settings.correction, *common, settings.tolerated(components))}
    if (settings.mode, settings.correction) != (_FIXED, _COMPARED):
        curves[PAPERS_FIXED] = _curve(_FIXED, _COMPARED, *common, 0)
    return curves
