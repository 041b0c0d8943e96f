"""A finished run on an image or a shape: the sentence, the numbers, what can be seen, the downloads."""

from collections.abc import Callable, Mapping

import streamlit as st

import engine
from app.pictures import overlay
from app.runs.requests import Outcome, Request
from app.views.details import show_details
from app.views.gallery import show_gallery, show_shapes, show_slider
from app.views.inspector import show_inspector
from app.views.report import BASE, picture_report, record, scores_of
from app.views.tables import class_rows, legend
from app.views.verdict import show_guarantee
from app.words.fine_print import settings_line, stale
from app.words.kinds import words_for
from app.words.numbers import measured, plain, share, share_up
from app.words.promise import kind_of, passed, reserved
from app.words.radius import radii


def show_result(outcome: Outcome, *, current: Request | None, offer_free_mode: Callable[[], None]) -> None:
    """Render a result; `current` is what the page's controls ask for now."""
    if current is None or not current.gave(outcome):
        changed = None if current is None else current.differs(outcome)
        same_seed = (
            current is not None
            and not current.fresh
            and current.settings.seed == outcome.certificate.settings.seed
        )  # fmt: skip
        same_input = current is not None and current.same_input(outcome)
        st.warning(stale(outcome.certificate, changed, same_input=same_input, same_seed=same_seed))
        if changed and "tau" in changed:
            offer_free_mode()
    as_what = f", as {outcome.space.name}" if outcome.certificate.kind == "cloud" else ""
    st.subheader(f"{kind_of(outcome.certificate.settings)} for {plain(outcome.request.name)}{as_what}", anchor=False)
    _body(outcome)


@st.fragment
def _body(outcome: Outcome) -> None:
    """All that depends on tau, which may be moved where the mode leaves it free; nothing is drawn again."""
    certificate = _at_chosen_tau(outcome.certificate)
    show_guarantee(certificate)
    _parts(outcome, certificate)


@st.fragment
def show_parts(outcome: Outcome) -> None:
    """All but the sentence, below what a page shows of its own."""
    _parts(outcome, outcome.certificate)


def _parts(outcome: Outcome, certificate: engine.Certificate) -> None:
    request, space, made = outcome.request, outcome.space, outcome.certificate.provenance.created
    st.caption(settings_line(certificate))
    _numbers(certificate, scores_of(outcome, certificate))
    if isinstance(request.subject, engine.inputs.Image):
        pictures = {**outcome.pictures, **overlay.certified_pictures(certificate, space)}
        left, right = st.columns([5, 3], gap="large")
        with left:
            show_slider(pictures, certificate)
        with right:
            _classes(outcome, certificate)
        show_inspector(certificate, request.truth, space, key=made)
        show_gallery(pictures, certificate)
        show_details(certificate, request.subject)
    else:
        show_shapes(outcome, certificate, request.subject)
        show_details(certificate, request.subject, beside=lambda: _classes(outcome, certificate))
    _downloads(outcome, certificate)


def _at_chosen_tau(certificate: engine.Certificate) -> engine.Certificate:
    """The certificate at the slider's tau, if its mode leaves tau free."""
    if not certificate.settings.testing.tau_free:
        return certificate
    own = certificate.settings.tau
    tau = st.slider(
        "τ, free to move: the certificate holds for all of them at once",
        0.5, max(0.995, own), own, 0.005, key=f"tau_{certificate.provenance.created}", format="%.3f",
    )  # fmt: skip
    return certificate if abs(tau - own) < 1e-9 else certificate.at(tau)


def _numbers(certificate: engine.Certificate, scores: Mapping[str, engine.evaluation.Scores]) -> None:
    settings, total, words = certificate.settings, certificate.labels.size, words_for(certificate)
    count, name = certificate.selected_count, passed(settings)
    facts = {
        name: (share(count, total), f"{count:,} of {total:,} {words.many}; rounded down"),
        "Abstained": (share_up(total - count, total), "rounded up"),
        **radii(settings, certificate.kind),
        "Draws": (f"{certificate.draws:,}", f"of at most {settings.n:,}; ended: {certificate.provenance.stopped}"),
    }
    if scores:
        correct, base = scores[name], scores[BASE]
        facts[f"{name} and correct"] = (
            measured(correct.accuracy),
            f"of the {words.many} whose {words.label} is known; the base model alone: {measured(base.accuracy)}",
        )
        facts["Mean IoU"] = (
            measured(correct.miou_image),
            f"of the {name.lower()} {words.many}, over the {words.labels} there are; the base model alone: "
            f"{measured(base.miou_image)}",
        )
    for cell, (label, (value, why)) in zip(st.columns(len(facts)), facts.items(), strict=True):
        cell.metric(label, value, help=why)
    if but := reserved(certificate):
        st.caption(f"{name}{but}.")


def _classes(outcome: Outcome, certificate: engine.Certificate) -> None:
    words = words_for(certificate)
    scored = certificate.kind == "cloud"  # beside a picture there is no room for more columns
    truth = outcome.request.truth if scored else None
    st.markdown(f"#### {words.labels.capitalize()}")
    st.html(legend(certificate, class_rows(certificate, outcome.space, truth=truth, base=outcome.base)))


def _downloads(outcome: Outcome, certificate: engine.Certificate) -> None:
    request, space, words = outcome.request, outcome.space, words_for(certificate)
    kind, name = kind_of(certificate.settings), passed(certificate.settings)
    saved, file_name = f"{kind.lower()}.npz", name.lower()
    files: dict[str, tuple[str, str, Callable[[], bytes], str]] = {
        kind: (saved, ":material/download:", certificate.to_bytes, "application/octet-stream")
    }
    if isinstance(request.subject, engine.inputs.Image):
        files[f"{name} picture"] = (
            f"{file_name}.png", ":material/image:", lambda: engine.export.labels_png(certificate.labels, space),
            "image/png",
        )  # fmt: skip
        files["Report"] = (
            "certiscope-report.html", ":material/description:", lambda: picture_report(outcome, certificate),
            "text/html",
        )  # fmt: skip
    else:
        cloud = request.subject
        files[f"{name} shape"] = (
            f"{file_name}.ply", ":material/view_in_ar:",
            lambda: engine.export.labels_ply(cloud, certificate.labels, space), "application/octet-stream",
        )  # fmt: skip
        files["Record"] = (
            f"{file_name}.json", ":material/description:", lambda: record(outcome, certificate), "application/json",
        )  # fmt: skip
    if (file := request.file) is not None:
        files["The shape itself"] = (request.name, ":material/download:", lambda: file, "application/octet-stream")
    show_downloads(files)
    st.caption(f"Check it, drawing again: `python -m engine verify {saved} {words.option} --resample`")


def show_downloads(files: Mapping[str, tuple[str, str, Callable[[], bytes], str]]) -> None:
    """Buttons by their titles, each with the file's name, an icon, what makes it, and its type."""
    st.markdown("#### Take it with you")
    with st.container(horizontal=True):
        for title, (name, icon, make, kind) in files.items():
            st.download_button(title, make, name, kind, icon=icon, on_click="ignore")
