"""How a run is tested: the mode, the correction with its error budget, and when an anytime run ends by itself."""

import streamlit as st

import engine
from app.forms.fields import number
from app.session import address

DEFAULT_MODE = "free"
_MODE = "mode"
_CORRECTIONS = {False: "holm", True: "bonferroni"}  # by whether tau is free; the paper has both
_PATIENCE = 50
_NOTE = {
    "free": "The default here.",
    "fixed": "As published: n draws, then Holm or Bonferroni.",
}


def choose_mode() -> engine.stats.Mode:
    """Show the modes and what the chosen one allows."""
    names = sorted(engine.stats.modes, key=lambda name: name != DEFAULT_MODE)
    address.begin_from_url(_MODE, names, DEFAULT_MODE)
    chosen = st.segmented_control(
        "Mode of testing",
        names,
        format_func=lambda name: engine.stats.modes[name].label,
        required=True,
        key=_MODE,
        persist_state="session",
    )
    address.write_to_url(_MODE, str(chosen), DEFAULT_MODE)
    mode = engine.stats.modes[str(chosen)]
    st.caption(f"**{mode.title}.** {mode.summary} {_NOTE.get(mode.name, '')}")
    return mode


def offer_free_mode() -> None:
    """A button that leaves tau free from the next run on; nothing where it is already."""
    if st.session_state.get(_MODE) != DEFAULT_MODE:
        st.button("Use the free mode next time", icon=":material/tune:", on_click=_use_free_mode)


def _use_free_mode() -> None:
    st.session_state[_MODE] = DEFAULT_MODE


def choose_correction(mode: engine.stats.Mode) -> dict[str, str | float]:
    """Show the corrections that this mode can use; returns the settings' `correction` and `budget`."""
    known = {name: entry for name, entry in engine.stats.corrections.items() if mode.takes(entry)}
    names = sorted(known, key=lambda name: (not known[name].certifies, known[name].assumes, known[name].budgeted))
    key = "bound" if mode.tau_free else "correction"
    address.begin_from_url(key, names, _CORRECTIONS[mode.tau_free])
    name = str(
        st.selectbox("Correction", names, format_func=lambda name: known[name].title, key=key, persist_state="session")
    )
    address.write_to_url(key, name, _CORRECTIONS[mode.tau_free])
    st.caption(known[name].summary)
    return {"correction": name, "budget": _choose_budget() if known[name].budgeted else 0}


def _choose_budget() -> float:
    budget = number(
        "Error budget b", 10.0, key="budget", step=1.0, format="%.12g", help=f"budget in {engine.core.BOUNDS['budget']}"
    )
    st.caption("How many false certificates are tolerated; below 1, which share of all.")
    return 0.0 if budget is None else float(budget)


def choose_stop() -> engine.certification.StopRule:
    """Show when an anytime run ends by itself. Raises InvalidSetting."""
    left, right, _ = st.columns([1, 1, 2])
    with left:
        patience = number(
            "End when steady for", _PATIENCE, key="patience", step=10,
            help="Ends after so many draws in which the certified share grew by less than 0.1 points. 0: never.",
        )  # fmt: skip
    with right:
        target = number(
            "End at a certified share of", None, key="target", whole=False, step=0.05, placeholder="no target",
            help="Between 0 and 1. Empty: no target.",
        )  # fmt: skip
    return engine.certification.StopRule(target=1.0 if target is None else float(target), patience=int(patience or 0))
