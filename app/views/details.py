"""What the radius means, the stronger promise at a smaller radius, and where the line was drawn."""

from collections.abc import Callable

import streamlit as st

import engine
from app.pictures.certificate import hits_chart
from app.runs.requests import Subject
from app.views.charts import show_chart
from app.words.fine_print import fine_print
from app.words.kinds import words_for
from app.words.numbers import share
from app.words.promise import is_promise, left_open, passed, without_promise
from app.words.radius import in_plain_terms, told
from engine.core import floored
from engine.perturbations import Amounts


def show_details(
    certificate: engine.Certificate, subject: Subject, *, beside: Callable[[], None] | None = None
) -> None:
    """Two columns of explanation. beside: what stands beside the meaning of the radius, instead of the line."""
    left, right = st.columns(2, gap="large")
    if beside is not None:
        with left:
            beside()
            _without_abstention(certificate)
        with right:
            _meaning(certificate, subject)
        with st.expander("Where was the line drawn?", icon=":material/bar_chart:"):
            _line(certificate)
        return
    with left:
        _meaning(certificate, subject)
        _without_abstention(certificate)
    with right:
        st.markdown("#### Where the line was drawn")
        _line(certificate)


def _meaning(certificate: engine.Certificate, subject: Subject) -> None:
    promise = is_promise(certificate.settings)
    what = "region" if isinstance(certificate.settings.noise.measure, Amounts) else "radius"
    st.markdown(f"#### What the {what} means" if promise else "#### What this selection means")
    if not without_promise(certificate):
        st.markdown(in_plain_terms(certificate, subject))
    st.markdown(fine_print(certificate))
    family = certificate.settings.noise
    if promise:
        st.caption(f"{what.capitalize()}: {family.unit}. Noise: {family.assumes}. Source: {family.source}.")


def _line(certificate: engine.Certificate) -> None:
    show_chart(hits_chart(certificate), key="hits")
    settings, procedure = certificate.settings, certificate.settings.procedure
    n, cutoff = certificate.draws, certificate.cutoff
    drawn = (
        f"No number of hits out of {n} was enough."
        if cutoff > n
        else f"A {words_for(certificate).one} is {passed(settings).lower()} from {cutoff} of {n} hits on."
    )
    st.caption(
        f"{drawn} {procedure.title} controls the {procedure.controls}. Assumption: {procedure.needs} "
        f"({procedure.source}). {left_open(certificate)}"
    )
    _price(certificate)


def _without_abstention(certificate: engine.Certificate) -> None:
    """The certificate that the class keeps a probability above a second threshold: METHOD's R(tau, tau2)."""
    settings, words = certificate.settings, words_for(certificate)
    tau = settings.tau
    if tau <= 0.51 or without_promise(certificate):
        return
    with st.expander("And where can it not even abstain?", icon=":material/shield:"):
        most = int(100 * tau) / 100
        middle = round((0.5 + most) / 2.0, 2)
        key = f"{'floor' if certificate.kind == 'image' else 'part_floor'}_{tau:g}"
        floor = st.slider("Second threshold τ₂", 0.5, most, middle, 0.01, key=key, format="%.2f")
        if certificate.kind == "image" and not isinstance(settings.noise.measure, Amounts):
            radius = floored(certificate.non_abstention_radius(floor))
            within = f"Within the smaller radius R(τ, τ₂) = σ·(ppf(τ) − ppf(τ₂)) = **{radius}**"
        else:
            smaller = settings.noise.region(sigma=settings.sigma, tau=tau, floor=floor)
            within = f"Under any **{told(smaller, certificate.kind)}**"
        st.markdown(
            f"{within} every certified {words.one}'s {words.label} keeps a probability of at least τ₂ = {floor:.2f} "
            "under noise: a smoothed model that answers above that threshold still answers there, with the same "
            f"{words.label}. The same draws, the same α. {left_open(certificate)}"
        )


def _price(certificate: engine.Certificate) -> None:
    """What the freedom of the mode costs, against the paper's fixed n on the same counts."""
    settings = certificate.settings
    if settings.mode == "fixed" or not is_promise(settings):
        return
    fixed = engine.certification.counterfactual_share(certificate)
    st.caption(
        f"The price of looking at any time or at any τ: had n = {certificate.draws} and τ = {settings.tau:g} been "
        f"fixed before these draws, Holm would certify {100 * fixed:.1f} %, here it is "
        f"{share(certificate.certified_count, certificate.labels.size)}. For comparison only."
    )
