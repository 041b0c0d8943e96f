"""A finished run: the sentence, the pictures, the numbers, the downloads."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import engine
from app.components.compare import compare
from app.procedure import offer_free_mode
from app.requests import Answer, Asked, Outcome, Request
from app.views import overlay, wording
from app.views.details import show_details
from app.views.inspector import show_inspector
from app.views.report import report
from app.views.tables import legend, scale
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
_OF_THE_TEST = {"tau", "alpha", "correction", "budget", "mode"}


def show_result(outcome: Outcome, *, current: Request | None) -> None:
    """Render a result; `current` is what the page's controls ask for now."""
    if current is None or not current.gave(outcome):
        st.warning(stale(outcome, current, _settings_line(outcome.certificate)))
        if current is not None and "tau" in current.differs(outcome):
            offer_free_mode()
    kind = "Certificate" if wording.is_promise(outcome.request.settings) else "Selection"
    st.subheader(f"{kind} for {wording.plain(outcome.request.name)}")
    _body(outcome)


@st.fragment
def _body(outcome: Outcome) -> None:
    """All that depends on tau, which may be moved where the mode leaves it free; nothing is drawn again."""
    space = outcome.space
    certificate = at_chosen_tau(outcome.certificate)
    pictures = {**outcome.pictures, **overlay.certified_pictures(certificate, space)}
    promise = st.success if wording.is_promise(certificate.settings) else st.warning
    promise(f"**{wording.guarantee(certificate)}**", icon=":material/verified_user:")
    st.caption(_settings_line(certificate))
    scores = _scores(outcome, certificate)
    _numbers(certificate, scores)
    left, right = st.columns([5, 3], gap="large")
    with left:
        _compare(pictures, overlay.outcome_name(certificate))
    with right:
        st.markdown("#### Classes")
        st.html(legend(certificate, space))
    show_inspector(certificate, outcome.request.truth, space, key=outcome.certificate.provenance.created)
    _gallery(pictures, certificate)
    show_details(certificate)
    _downloads(outcome.request.name, certificate, pictures, space, scores)


def at_chosen_tau(certificate: engine.Certificate) -> engine.Certificate:
    """The certificate at the slider's tau, if its mode leaves tau free."""
    if not certificate.settings.testing.tau_free:
        return certificate
    own = certificate.settings.tau
    tau = st.slider(
        "τ, free to move: the certificate holds for all of them at once",
        0.5, max(0.995, own), own, 0.005, key=f"tau_{certificate.provenance.created}", format="%.3f",
    )  # fmt: skip
    return certificate if abs(tau - own) < 1e-9 else certificate.at(tau)


def stale(outcome: Answer, current: Asked | None, line: str, what: str = "image") -> str:
    """Why a result is not what the page asks for now; `line` tells its settings, `what` was certified."""
    if current is None:
        return f"The {what} of this result is not chosen on this page now. Choose it, or another one, to certify it."
    changed = current.differs(outcome)
    if current.same_input(outcome) and changed and changed <= _OF_THE_TEST:
        names = ", ".join({"tau": "τ", "alpha": "α"}.get(name, name) for name in sorted(changed))
        text = (
            "This certificate was promised for the settings fixed before its draws "
            f"({line}). You have changed {names} since: "
            "**it does not cover the new settings**, and reading its draws again under them would "
            "void α. Press **Certify** for new draws"
            + (", or use a mode that leaves τ free." if "tau" in changed else ".")
        )
    else:
        text = (
            f"This result belongs to the settings and {what} it was made with, not to the ones above: "
            f"{line}. Press **Certify** for a new one."
        )
    if current.settings.seed == outcome.certificate.settings.seed and not current.fresh:
        text += (
            " It would use the same seed and so the same noise: settings that were chosen after looking at this result "
            "are not covered by α then. Clear the seed for fresh noise."
        )
    return text


def _numbers(certificate: engine.Certificate, scores: Mapping[str, engine.evaluation.Scores]) -> None:
    columns = st.columns(6 if scores else 4)
    total, certified = certificate.labels.size, certificate.certified_count
    promise = wording.is_promise(certificate.settings)
    columns[0].metric(wording.passed(certificate.settings), wording.share(certified, total))
    columns[1].metric("Abstained", wording.share_up(total - certified, total))
    radius = floored(certificate.radius) if promise else "–"
    columns[2].metric("Radius (l2)", radius, help="rounded down" if promise else "nothing is promised about attacks")
    columns[3].metric(
        "Draws",
        f"{certificate.draws:,}",
        help=f"of at most {certificate.settings.n:,}; ended: {certificate.provenance.stopped}",
    )
    if scores:
        name = wording.passed(certificate.settings)
        correct, base = scores[name], scores["Base model, clean"]
        alone = f"of the labelled pixels; the base model alone: {100 * base.accuracy:.1f} %"
        columns[4].metric(f"{name} and correct", f"{100 * correct.accuracy:.1f} %", help=alone)
        alone = f"mean over the classes in the image; the base model alone: {100 * base.miou_image:.1f} %"
        columns[5].metric(f"{name} mIoU", f"{100 * correct.miou_image:.1f} %", help=alone)


def _scores(outcome: Outcome, certificate: engine.Certificate) -> dict[str, engine.evaluation.Scores]:
    truth = outcome.request.truth
    if truth is None:
        return {}
    classes = len(certificate.provenance.classes)
    return {
        wording.passed(certificate.settings): engine.evaluation.score(certificate.labels, truth, classes),
        "Base model, clean": engine.evaluation.score(outcome.base, truth, classes),
    }


def _compare(pictures: Mapping[str, bytes], outcome: str) -> None:
    names = [name for name in _CAPTIONS if name in pictures]
    sides = []
    for column, side, shown in zip(st.columns(2), ("Left", "Right"), (overlay.INPUT, outcome), strict=True):
        choice = column.selectbox(
            f"{side} of the slider", names, names.index(shown), key=f"compare_{side}_{outcome}", persist_state="session"
        )
        sides.append(str(choice))
    first, second = sides
    compare(pictures[first], pictures[second], left_label=first, right_label=second, key="compare")


def _gallery(pictures: Mapping[str, bytes], certificate: engine.Certificate) -> None:
    """All pictures but the two that the slider above begins with."""
    shown = (overlay.INPUT, overlay.outcome_name(certificate))
    names = [name for name in _CAPTIONS if name in pictures and name not in shown]
    for first in range(0, len(names), 3):
        for column, name in zip(st.columns(3), names[first : first + 3], strict=False):
            with column:
                st.image(pictures[name], width="stretch", alt=name)
                st.markdown(f"**{name}.** {_CAPTIONS[name]}")
                if name == overlay.VOTE_SHARE:
                    st.html(scale("½ or less", "all draws"))
                if name == overlay.P_VALUE:
                    st.html(scale("p = 1", "p ≤ 10⁻¹²"))
                if name == overlay.RADIUS:
                    st.html(scale("0", floored(float(certificate.radius_map().max()))))
                    st.caption(wording.reservations(certificate.settings, certificate.labels.size))


def _downloads(
    name: str,
    certificate: engine.Certificate,
    pictures: Mapping[str, bytes],
    space: engine.inputs.LabelSpace,
    scores: Mapping[str, engine.evaluation.Scores],
) -> None:
    st.markdown("#### Take it with you")
    with st.container(horizontal=True):
        st.download_button("Certificate", certificate.to_bytes, "certificate.npz", "application/octet-stream",
                           icon=":material/verified_user:", on_click="ignore")  # fmt: skip
        st.download_button("Certified picture", lambda: engine.export.labels_png(certificate.labels, space),
                           "certified.png", "image/png", icon=":material/image:", on_click="ignore")  # fmt: skip
        st.download_button(
            "Report",
            lambda: report(certificate, title=name, pictures=pictures, space=space, scores=scores),
            "certiscope-report.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
        )
    st.caption("Check a certificate, drawing again: `python -m engine verify certificate.npz --image IMAGE --resample`")


def _settings_line(certificate: engine.Certificate) -> str:
    s = certificate.settings
    budget = f" with error budget b = {certificate.tolerated:,}" if certificate.tolerated else ""
    return (
        f"{certificate.provenance.model}, {s.testing.label} mode, σ = {s.sigma!r}, τ = {s.tau!r}, "
        f"n₀ = {s.n0}, n = {s.n}, α = {s.alpha!r}, {s.procedure.title}{budget}, seed {s.seed}, "
        f"working size {s.size}, "
        f"{certificate.provenance.seconds_sampling:.1f} s"
    )
