"""The papers' tables, published and our own clearly apart, and the audits of certificates by attacking them."""

import streamlit as st

import engine
from app.views.places import place_of
from app.views.results import show_audit, show_chart, show_commands, show_grid
from app.words.audits import AUDITS


def _show_table(table: engine.papers.PaperTable) -> None:
    st.header(table.title, anchor=False)
    st.markdown(table.reading if table.published is None else f"**What the paper says of its own.** {table.reading}")
    own = engine.papers.own_grid(table)
    st.subheader("This project", anchor=False)
    if own.rows:
        if table.chart:
            show_chart(own, over=table.chart)
        show_grid(own, key=f"own_{table.name}")
        show_commands(
            [engine.papers.own_results()[name] for sweep in table.sweeps for name in engine.papers.files_of(sweep)]
        )
    else:
        st.info(
            "No rows of ours: the paper's table is about its hardware."
            if not table.sweeps
            else "No results of ours ship with this copy yet."
        )
    if table.published is None:
        return
    st.subheader("As published", anchor=False)
    if table.published.rows:
        show_grid(table.published, key=f"published_{table.name}")
    else:
        st.info("The paper prints a figure here, without numbers that could be set beside ours.")
    st.caption(f"Source: {table.source}.")


st.title("Results")
st.markdown(
    "The papers' tables, as published, beside the same table for the models that ship here. **The two are not one "
    "ranking**: other data, other networks, other hardware. What can be compared is the pattern: what gets better, "
    "what gets worse, and when. Last, the certificates that ship here under attack."
)
tables = {table.label: table for table in engine.papers.paper_tables.values()}
audits = {AUDITS[name].label: name for name in engine.papers.audit_records()}
labels = [*tables, *audits]
chosen = st.segmented_control(
    "Table", labels, default=labels[0], required=True, key="table", bind="query-params", label_visibility="collapsed",
)  # fmt: skip
label = str(chosen) if chosen in labels else labels[0]
with place_of(label, labels):
    if label in audits:
        show_audit(audits[label])
    else:
        _show_table(tables[label])
