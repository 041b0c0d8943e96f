"""What can be seen of a certificate: pictures of an image, or shapes that turn together."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.compare import compare
from app.pictures import overlay
from app.pictures.clouds import cloud_figure
from app.runs.requests import Outcome
from app.views.charts import is_dark, show_linked
from app.views.tables import scale
from app.words.fine_print import hover_texts
from app.words.promise import is_promise, left_open, passed
from engine.core import floored

_CAPTIONS = {
    overlay.INPUT: "The working image.",
    overlay.BASE: "The base model's answer: nothing is promised about it.",
    overlay.CERTIFIED: "Certified classes; white with a hatch where SegCertify abstains.",
    overlay.SELECTED: "Classes selected at a false discovery rate; nothing is promised about single pixels.",
    overlay.RADIUS: "How far each pixel is certified, all at once. Outlined: at least R at the τ above.",
    overlay.TRUTH: "Black where nothing is labelled.",
    overlay.VOTE_SHARE: "Share of the draws that gave the tested class: an estimate.",
    overlay.P_VALUE: "Evidence that the class's true share exceeds τ, before correction.",
}
_PER_ROW = 3


def show_slider(pictures: Mapping[str, bytes], certificate: engine.Certificate) -> None:
    """Two of these PNG files over each other, at first the input and what is certified."""
    outcome = overlay.outcome_name(certificate)
    compare_two(
        pictures, (overlay.INPUT, outcome), key="compare", keys=lambda side: f"compare_{side}_{outcome}",
        order=list(_CAPTIONS),
    )  # fmt: skip
    if but := left_open(certificate):
        st.caption(but)


def show_gallery(pictures: Mapping[str, bytes], certificate: engine.Certificate) -> None:
    """All PNG files but the two that the slider begins with, each with what it shows."""
    shown = (overlay.INPUT, overlay.outcome_name(certificate))
    names = [name for name in _CAPTIONS if name in pictures and name not in shown]
    for first in range(0, len(names), _PER_ROW):
        for column, name in zip(st.columns(_PER_ROW), names[first : first + _PER_ROW], strict=False):
            with column:
                st.image(pictures[name], width="stretch", alt=name)
                st.markdown(f"**{name}.** {_CAPTIONS[name]}")
                _scale_of(name, certificate)


def compare_two(
    pictures: Mapping[str, bytes], first: tuple[str, str], *, key: str, order: list[str], keys: Callable[[str], str]
) -> None:
    """Two of several pictures over each other, to be chosen; PNG files by name. first: those shown at the start."""
    names = [name for name in order if name in pictures]
    left, right = (
        str(
            column.selectbox(
                f"{side} of the slider", names, names.index(shown), key=keys(side), persist_state="session"
            )
        )
        for column, side, shown in zip(st.columns(2), ("Left", "Right"), first, strict=True)
    )  # fmt: skip
    compare(pictures[left], pictures[right], left_label=left, right_label=right, key=key)


def _scale_of(name: str, certificate: engine.Certificate) -> None:
    if name == overlay.VOTE_SHARE:
        st.html(scale("½ or less", "all draws"))
    elif name == overlay.P_VALUE:
        st.html(scale("p = 1", "p ≤ 10⁻¹²"))
    elif name == overlay.RADIUS:
        st.html(scale("0", floored(float(certificate.radius_map().max()))))
        st.caption(left_open(certificate))


def show_shapes(outcome: Outcome, certificate: engine.Certificate, cloud: engine.inputs.Cloud) -> None:
    """Certified, base model and truth, turned together."""
    space, truth, dark = outcome.space, outcome.request.truth, is_dark()
    made, name = certificate.provenance.created, passed(certificate.settings)
    usual = 4.0 if cloud.components <= 3000 else 2.5
    size = st.columns([1, 2])[0].slider("Point size", 1.0, 8.0, usual, 0.5, key=f"size_{made}")
    what = (
        f"Hollow where the smoothed model abstains. {left_open(certificate)}"
        if is_promise(certificate.settings)
        else "Selected at a false discovery rate; nothing is promised about single points."
    )
    sides: dict[str, tuple[NDArray[np.integer], list[str] | None, str]] = {
        name: (certificate.labels, hover_texts(certificate, space), what),
        "Base model": (outcome.base, None, "Its answer on the shape as it is: nothing is promised about it."),
    }
    if truth is not None:
        sides["Ground truth"] = (truth.astype(np.int64), None, "Hollow where nothing is labelled.")
    figures = {
        title: (
            cloud_figure(cloud, labels, space, hover=hover, point_size=size, dark=dark, key=f"{title}_{made}"), caption
        )
        for title, (labels, hover, caption) in sides.items()
    }  # fmt: skip
    show_linked(figures, key="cloud_views")
