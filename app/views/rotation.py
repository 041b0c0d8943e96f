"""The Rotation page's headline and charts: what is proved beside what was published."""

import streamlit as st

import engine
from app.pictures import rotation as pictures
from app.runs import rotate
from app.views.charts import chart
from app.words.rotation import promised, side_of, verdict
from engine.core import degrees_down
from engine.perturbations import published_angle

_BOXES = {"same": "info", "careful": "success", "open": "warning", "refuted": "error"}


def show_headline(sigma: float, tau: float, proved: float) -> None:
    """Both figures, and which of them may be believed."""
    published = published_angle(sigma, tau)
    cells = st.columns(2)
    cells[0].metric("Certified angle θ*", promised(proved), help="proved, and rounded down")
    cells[1].metric(
        "σ·ppf(τ), as published, not proved",
        f"{degrees_down(published)}°",
        help="the paper's radius, which takes the three angles of a rotation as if they added",
    )
    kind, text = verdict(sigma, tau, proved, refuted=rotate.refuted(sigma, tau, published))
    getattr(st, _BOXES[kind])(text)


def show_over_tau(sigma: float, tau: float, proved: float) -> None:
    """Both angles for every tau, at the chosen sigma."""
    figure = pictures.over_tau(rotate.curve(sigma), sigma, (tau, proved), _proved(sigma, 0.999))
    chart(figure, key="rotation_over_tau", x="τ, the threshold of the probability", y="angle in degrees")


def show_over_sigma(sigma: float, tau: float, proved: float) -> None:
    """Both angles for the strengths computed so far, at the chosen tau."""
    known = {each: _proved(each, tau) for each in rotate.swept()}
    figure = pictures.over_sigma(known, tau, (sigma, proved))
    chart(figure, key="rotation_over_sigma", x="σ in radians, the strength of the random turns", y="angle in degrees")


def show_side(angle: float, proved: float) -> None:
    """Whether a turn by `angle` radians is one of those that the certified angle covers."""
    inside, text = side_of(angle, proved)
    if inside:
        st.success(text, icon=":material/verified_user:")
    else:
        st.warning(text, icon=":material/gpp_maybe:")


def _proved(sigma: float, tau: float) -> float:
    return engine.perturbations[rotate.FAMILY].radius(sigma=sigma, tau=tau)
