"""What a run would mean, known before it, and the button that starts it; alike for images and shapes."""

import streamlit as st

import engine
from app.runs.costs import expected_seconds
from app.runs.requests import Request
from app.views.planning import show_plan
from app.views.verdict import say_raised
from app.words.kinds import VOCABULARIES
from app.words.numbers import duration
from app.words.radius import radii

_LOOK_AGAIN = 2.0  # seconds


def run_button(request: Request | None, *, busy: bool) -> bool:
    """Show both; true when pressed. Raises EngineError kinds."""
    if request is not None:
        settings, subject = request.settings, request.subject
        words = VOCABULARIES[subject.kind]
        needed = settings.smallest_useful_n(subject.components)
        if isinstance(subject, engine.inputs.Image):
            size = f"{subject.width}×{subject.height}"
        else:
            size = f"of {subject.source_size[0]:,} points or vertices in the file"
        useful = f"With so many draws only unanimous {words.many} pass; with fewer, none."
        facts = {
            **radii(settings, subject.kind),
            "Smallest useful n": (f"{needed:,}", useful),
            words.many.capitalize(): (f"{subject.components:,}", size),
        }
        *cells, last = st.columns(len(facts) + 1)
        for cell, (label, (value, why)) in zip(cells, facts.items(), strict=True):
            cell.metric(label, value, help=why)
        with last:
            _expected_time(request, busy=busy)
        _hints(request)
        with st.expander("Planner: what can such a run certify?", icon=":material/query_stats:"):
            show_plan(settings, subject.components, words)
    disabled = busy or request is None
    return st.button("Certify", type="primary", icon=":material/play_arrow:", width="stretch", disabled=disabled)


def _expected_time(request: Request, *, busy: bool) -> None:
    """The estimate; while none is known the page looks again and again, and nothing waits for it."""
    seconds = None if busy else expected_seconds(request)
    if seconds is None and not busy:
        st.fragment(_wait_for_pace, run_every=_LOOK_AGAIN)(request)
        return
    most = "≤" if request.settings.testing.anytime else "≈"
    shown = "…" if seconds is None else f"{most} {duration(seconds)}"
    st.metric("Expected time", shown, help="an estimate, from the pace so far")


def _wait_for_pace(request: Request) -> None:
    if expected_seconds(request) is not None:
        st.rerun()
    st.metric("Expected time", "…", help="not known yet: a short trial runs when nothing else does")


def _hints(request: Request) -> None:
    """What a person would want to know before waiting for the run: another n, weak claims, strange noise."""
    settings, family, procedure = request.settings, request.settings.noise, request.settings.procedure
    words = VOCABULARIES[request.subject.kind]
    say_raised(request)
    if not procedure.certifies:
        st.warning(
            f"{procedure.title}: it bounds a mean share of errors and promises nothing about single {words.many}."
        )
    if procedure.assumes:
        st.warning(f"{procedure.title} needs {procedure.needs}.")
    if settings.tau <= 0.5 and family.scaled and procedure.certifies:
        st.warning(f"With τ = 0.5 the radius is 0: nothing is promised about changed {words.inputs}.")
    info = engine.models.model_info(request.model)
    trained, deviation = info.trained_sigma, settings.sigma * family.deviation
    if not info.denoised and not family.turns and not 0.5 * trained <= deviation <= 1.5 * trained:
        known = f"with noise of σ = {trained:g}" if trained else "without noise"
        st.caption(f"{request.model} was trained {known}; far from that, it will abstain more.")
