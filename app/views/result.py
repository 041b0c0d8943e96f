"""A finished run: the sentence, the pictures, the numbers, the downloads."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import engine
from app.components.compare import compare
from app.requests import Outcome, Request
from app.views import overlay, wording
from app.views.report import report
from app.views.tables import hits_chart, legend, scale

_CAPTIONS = {
    overlay.INPUT: "The working image.",
    overlay.BASE: "The base model's answer: nothing is promised about it.",
    overlay.CERTIFIED: "Certified classes; white with a hatch where SegCertify abstains.",
    overlay.TRUTH: "Black where nothing is labelled.",
    overlay.VOTE_SHARE: "Share of the draws that gave the tested class: an estimate.",
    overlay.P_VALUE: "Evidence that the class's true share exceeds τ, before correction.",
}


def show_result(outcome: Outcome, *, current: Request | None) -> None:
    """Render a result; `current` is what the page's controls ask for now."""
    certificate = outcome.certificate
    space = engine.model_info(outcome.request.model).labels
    if current is None or not current.gave(outcome):
        st.warning(_stale(outcome, current))
    st.subheader(f"Certificate for {wording.plain(outcome.request.name)}")
    st.success(f"**{wording.guarantee(certificate)}**", icon=":material/verified_user:")
    st.caption(_settings_line(certificate))
    _numbers(outcome)
    left, right = st.columns([5, 3], gap="large")
    with left:
        _compare(outcome.pictures)
    with right:
        st.markdown("#### Classes")
        st.html(legend(certificate, space))
    _gallery(outcome.pictures)
    _details(certificate)
    _downloads(outcome, space)


def _stale(outcome: Outcome, current: Request | None) -> str:
    if current is None:
        return (
            "This result belongs to an image that is not chosen on this page now. Choose it again, or another one, to "
            "certify it."
        )
    text = (
        "This result belongs to the settings and image it was made with, not to the ones above: "
        f"{_settings_line(outcome.certificate)}. Press **Certify** for a new one."
    )
    if current.settings.seed == outcome.certificate.settings.seed and not current.fresh:
        text += (
            " It would use the same seed and so the same noise: settings that were chosen after looking at this result "
            "are not covered by α then. Clear the seed for fresh noise."
        )
    return text


def _numbers(outcome: Outcome) -> None:
    certificate, scores = outcome.certificate, _scores(outcome)
    columns = st.columns(5 if scores else 3)
    total, certified = certificate.labels.size, certificate.certified_count
    columns[0].metric("Certified", wording.share(certified, total))
    columns[1].metric("Abstained", wording.share_up(total - certified, total))
    columns[2].metric("Radius (l2)", wording.floored(certificate.radius), help="rounded down")
    if scores:
        correct, base = scores["Certified"], scores["Base model, clean"]
        alone = f"of the labelled pixels; the base model alone: {100 * base.accuracy:.1f} %"
        columns[3].metric("Certified and correct", f"{100 * correct.accuracy:.1f} %", help=alone)
        alone = f"mean over the classes in the image; the base model alone: {100 * base.miou_image:.1f} %"
        columns[4].metric("Certified mIoU", f"{100 * correct.miou_image:.1f} %", help=alone)


def _scores(outcome: Outcome) -> dict[str, engine.Scores]:
    truth = outcome.request.truth
    if truth is None:
        return {}
    classes = len(outcome.certificate.provenance.classes)
    return {
        "Certified": engine.score(outcome.certificate.labels, truth, classes),
        "Base model, clean": engine.score(outcome.base, truth, classes),
    }


def _compare(pictures: Mapping[str, bytes]) -> None:
    names = list(pictures)
    sides = []
    for column, side, shown in zip(st.columns(2), ("Left", "Right"), (overlay.INPUT, overlay.CERTIFIED), strict=True):
        choice = column.selectbox(
            f"{side} of the slider", names, names.index(shown), key=f"compare_{side}", persist_state="session"
        )
        sides.append(str(choice))
    first, second = sides
    compare(pictures[first], pictures[second], left_label=first, right_label=second, key="compare")


def _gallery(pictures: Mapping[str, bytes]) -> None:
    names = list(pictures)
    for first in range(0, len(names), 3):
        for column, name in zip(st.columns(3), names[first : first + 3], strict=False):
            with column:
                st.image(pictures[name], width="stretch", alt=name)
                st.markdown(f"**{name}.** {_CAPTIONS[name]}")
                if name == overlay.VOTE_SHARE:
                    st.html(scale("½ or less", "all draws"))
                if name == overlay.P_VALUE:
                    st.html(scale("p = 1", "p ≤ 10⁻¹²"))


def _details(certificate: engine.Certificate) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### What the radius means")
        st.markdown(wording.radius_in_plain_terms(certificate.radius, certificate.labels.size))
        st.markdown(wording.fine_print(certificate))
        family = engine.family(certificate.settings.family)
        st.caption(f"Radius: {family.unit}. Noise: {family.assumes}. Source: {family.source}.")
    with right:
        st.markdown("#### Where the line was drawn")
        st.plotly_chart(hits_chart(certificate), key="hits", config={"displayModeBar": False})
        procedure = engine.correction(certificate.settings.correction)
        st.caption(
            f"{_cutoff_line(certificate)} {procedure.title} controls the {procedure.controls}. "
            f"Assumption: {procedure.needs} ({procedure.source})."
        )


def _downloads(outcome: Outcome, space: engine.LabelSpace) -> None:
    certificate = outcome.certificate
    st.markdown("#### Take it with you")
    with st.container(horizontal=True):
        st.download_button("Certificate", certificate.to_bytes, "certificate.npz", "application/octet-stream",
                           icon=":material/verified_user:", on_click="ignore")  # fmt: skip
        st.download_button("Certified picture", engine.labels_png(certificate.labels, space), "certified.png",
                           "image/png", icon=":material/image:", on_click="ignore")  # fmt: skip
        st.download_button(
            "Report",
            lambda: report(
                certificate,
                title=outcome.request.name,
                pictures=outcome.pictures,
                space=space,
                scores=_scores(outcome),
            ),
            "certiscope-report.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
        )
    st.caption("Check a certificate, drawing again: `python -m engine verify certificate.npz --image IMAGE --resample`")


def _settings_line(certificate: engine.Certificate) -> str:
    s = certificate.settings
    return (
        f"σ = {s.sigma!r}, τ = {s.tau!r}, n₀ = {s.n0}, n = {s.n}, α = {s.alpha!r}, "
        f"{engine.correction(s.correction).title}, seed {s.seed}, working size {s.size}, "
        f"{certificate.provenance.seconds_sampling:.1f} s"
    )


def _cutoff_line(certificate: engine.Certificate) -> str:
    n, cutoff = certificate.settings.n, certificate.cutoff
    if cutoff > n:
        return f"No number of hits out of {n} was enough."
    return f"A pixel is certified from {cutoff} of {n} hits on."
