"""The alpha ledger: what all certificates that were shown in this session promise together."""

import json
from dataclasses import asdict

import streamlit as st

from app.session import state
from app.words.promise import joint


def show_ledger() -> None:
    """The joint promise and a table of all that this session has seen; nothing while nothing was."""
    ledger = state.ledger()
    if not ledger.entries:
        return
    title = f"α ledger: {len(ledger.entries)} run{'s' if len(ledger.entries) != 1 else ''} seen this session"
    with st.expander(title, icon=":material/account_balance:"):
        st.markdown(
            f"**{joint(ledger)}** Each certificate may fail with its own α; whoever shows several, or the best "
            "of several, adds them up. For a report of K images at level α, give each α / K. A run that was cancelled "
            "after a look counts too: dropping the poor ones is choosing."
        )
        st.dataframe(
            [
                {
                    "Input": entry.name[:60],
                    "α": f"{entry.alpha:g}" if entry.promise else "no promise",
                    "Error budget": entry.tolerated,
                    "Certified": entry.certified,
                }
                for entry in ledger.entries
            ],
            hide_index=True,
        )
        with st.container(horizontal=True):
            st.download_button(
                "Ledger",
                json.dumps({"alpha": ledger.alpha, "entries": [asdict(entry) for entry in ledger.entries]}, indent=1),
                "ledger.json", "application/json", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
            st.button("Begin a new report", icon=":material/restart_alt:", on_click=state.clear_ledger)
