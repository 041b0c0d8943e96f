"""What a browser session remembers: its name, the α ledger, and the run of each page. Nothing outlives it."""

import secrets

import streamlit as st

import engine

_SESSION = "certiscope_session"
_LEDGER = "certiscope_ledger"
_RUNS = "certiscope_runs"


def session_id() -> str:
    """An unguessable name of this browser session, for fair queueing."""
    if _SESSION not in st.session_state:
        st.session_state[_SESSION] = secrets.token_urlsafe(12)
    return str(st.session_state[_SESSION])


def run_of(page: str) -> str | None:
    """The id of the run that a page showed last in this session, wherever it was begun."""
    kept: dict[str, str] = st.session_state.get(_RUNS, {})
    return kept.get(page)


def remember_run(page: str, job_id: str | None) -> None:
    """Keep the id of the run that a page shows, None for none."""
    kept: dict[str, str] = {key: value for key, value in st.session_state.get(_RUNS, {}).items() if key != page}
    st.session_state[_RUNS] = kept if job_id is None else kept | {page: job_id}


def ledger() -> engine.certification.Ledger:
    """The certificates that this session has seen, and the runs that it gave up after a look."""
    kept: engine.certification.Ledger = st.session_state.get(_LEDGER, engine.certification.Ledger())
    return kept


def add_to_ledger(certificate: engine.Certificate, name: str) -> None:
    """Enter a certificate; the same one counts once."""
    st.session_state[_LEDGER] = ledger().with_certificate(certificate, name)


def add_look_to_ledger(view: engine.certification.LiveView, name: str) -> None:
    """Enter a run that is given up after a look at it."""
    st.session_state[_LEDGER] = ledger().with_look(view, f"{name} (cancelled)")


def clear_ledger() -> None:
    """Begin a new report."""
    st.session_state.pop(_LEDGER, None)
