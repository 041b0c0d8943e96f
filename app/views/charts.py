"""Charts on a page: flat ones without zoom, which traps a finger, and shapes that turn together."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from app.components.link_cameras import link_cameras
from app.pictures.clouds import DISTANCE, PLAIN, cloud_figure
from app.pictures.style import STILL, laid_out
from app.runs.requests import Labels
from engine.inputs import Cloud, LabelSpace

SPACE = STILL | {"scrollZoom": False}
"""Of a figure in three dimensions: the wheel goes on scrolling the page."""


def chart(figure: go.Figure, *, key: str, x: str, y: str, height: int = 320, top: int = 10) -> None:
    """Show a figure with axis titles and its legend above; no tool bar, and no zoom."""
    laid_out(figure, height=height, dragmode=False).update_layout(margin={"t": top})
    figure.update_xaxes(title_text=x, fixedrange=True, automargin=True)
    figure.update_yaxes(title_text=y, fixedrange=True, automargin=True)
    show_chart(figure, key=key)


def show_chart(figure: go.Figure, *, key: str) -> None:
    """Show a figure as wide as its place, without a tool bar."""
    st.plotly_chart(figure, key=key, config=STILL, width="stretch")


def show_space(figure: go.Figure, key: str, alt: str) -> None:
    """Show a figure that can be turned by dragging."""
    st.plotly_chart(figure, key=key, config=SPACE, alt=alt)


def is_dark() -> bool:
    """Whether this reader's theme is dark."""
    return st.context.theme.type == "dark"


def show_preview(cloud: Cloud, truth: Labels | None, space: LabelSpace) -> None:
    """The working cloud before a run, by its true parts where they are known."""
    labels = np.zeros(cloud.components, dtype=np.int64) if truth is None else truth.astype(np.int64)
    figure = cloud_figure(
        cloud, labels, PLAIN if truth is None else space, point_size=3.0, dark=is_dark(), key=f"preview_{cloud.sha256}"
    )
    figure.update_layout(height=340, showlegend=truth is not None)
    st.plotly_chart(figure, key="cloud_preview", config=SPACE, alt="the working cloud")
    told = "coloured by the labels it came with" if truth is not None else "its parts are not known"
    st.caption(f"{cloud.components:,} points; {told}. Drag to turn.")


def show_linked(figures: Mapping[str, tuple[go.Figure, str]], *, key: str, per_row: int = 0) -> None:
    """Figures with captions side by side, by title, in one row or `per_row` in each; they turn together."""
    across = per_row or len(figures)
    with st.container(key=key):
        cells = [cell for _ in range(0, len(figures), across) for cell in st.columns(across)]
        for cell, (title, (figure, caption)) in zip(cells, figures.items(), strict=False):
            with cell:
                st.markdown(f"**{title}**")
                st.plotly_chart(figure, key=f"{key}_{title}", config=SPACE, alt=f"{title}: a point cloud by parts")
                st.caption(caption)
    link_cameras(key, distance=DISTANCE, key=f"{key}_cameras")
    st.caption("Drag a shape to turn all of them. A click in a legend hides a part.")
