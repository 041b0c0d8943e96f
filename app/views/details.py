"""What the radius means, the stronger promise at a smaller radius, and where the line was drawn."""

from __future__ import annotations

import streamlit as st

import engine
from app.views import wording
from app.views.tables import hits_chart
from engine.core import floored


def show_details(certificate: engine.Certificate) -> None:
    """Two columns of explanation."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### What the radius means")
        if wording.is_promise(certificate.settings):
            st.markdown(wording.radius_in_plain_terms(certificate.radius, certificate.labels.size))
        st.markdown(wording.fine_print(certificate))
        family = certificate.settings.noise
        st.caption(f"Radius: {family.unit}. Noise: {family.assumes}. Source: {family.source}.")
        _without_abstention(certificate)
    with right:
        st.markdown("#### Where the line was drawn")
        st.plotly_chart(hits_chart(certificate), key="hits", config={"displayModeBar": False})
        procedure = certificate.settings.procedure
        st.caption(
            f"{_cutoff_line(certificate)} {procedure.title} controls the {procedure.controls}. "
            f"Assumption: {procedure.needs} ({procedure.source})."
        )
        _price(certificate)


def _without_abstention(certificate: engine.Certificate) -> None:
    """The certificate that the class keeps a probability above a second threshold: METHOD's R(tau, tau2)."""
    tau = certificate.settings.tau
    if tau <= 0.51 or not certificate.certified_count or not wording.is_promise(certificate.settings):
        return
    with st.expander("And where can it not even abstain?", icon=":material/shield:"):
        most = int(100 * tau) / 100
        middle = round((0.5 + most) / 2.0, 2)
        floor = st.slider("Second threshold τ₂", 0.5, most, middle, 0.01, key=f"floor_{tau:g}", format="%.2f")
        radius = certificate.non_abstention_radius(floor)
        st.markdown(
            f"Within the smaller radius R(τ, τ₂) = σ·(ppf(τ) − ppf(τ₂)) = **{floored(radius)}** every "
            f"certified pixel's class keeps a probability of at least τ₂ = {floor:.2f} under noise: a smoothed model "
            "that answers above that threshold still answers there, with the same class. The same draws, the same α. "
            f"{wording.reservations(certificate.settings, certificate.labels.size)}"
        )


def _price(certificate: engine.Certificate) -> None:
    """What the freedom of the mode costs, against the paper's fixed n on the same counts."""
    settings = certificate.settings
    if settings.mode == "fixed" or not certificate.labels.size:
        return
    fixed = engine.certification.counterfactual_share(certificate)
    st.caption(
        f"The price of looking at any time or at any τ: had n = {certificate.draws} and τ = {settings.tau:g} been "
        f"fixed before these draws, Holm would certify {100 * fixed:.1f} %, here it is "
        f"{wording.share(certificate.certified_count, certificate.labels.size)}. For comparison only."
    )


def _cutoff_line(certificate: engine.Certificate) -> str:
    n, cutoff = certificate.draws, certificate.cutoff
    if cutoff > n:
        return f"No number of hits out of {n} was enough."
    return f"A pixel is {wording.passed(certificate.settings).lower()} from {cutoff} of {n} hits on."
