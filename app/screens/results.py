"""The papers' tables: what was published, and what this project's models give, clearly apart."""

from __future__ import annotations

import streamlit as st

import engine
from app.views.results import show_chart, show_commands, show_grid

st.title("Results")
st.markdown(
    "The papers' tables, as published, beside the same table for the models that ship here. **The two are not one "
    "ranking**: other data, other networks, other hardware. What can be compared is the pattern: what gets better, "
    "what gets worse, and when."
)
tables = engine.paper_tables()
labels = {table.label: name for name, table in tables.items()}
chosen = st.segmented_control(
    "Table", list(labels), default=next(iter(labels)), required=True, key="table", bind="query-params",
    label_visibility="collapsed",
)  # fmt: skip
table = tables[labels.get(str(chosen), next(iter(tables)))]
st.header(table.title, anchor=False)
st.markdown(f"**What the paper says of its own.** {table.reading}")

own = engine.own_grid(table)
st.subheader("This project, on CamVid", anchor=False)
if own.rows:
    if table.chart:
        show_chart(own, over=table.chart)
    show_grid(own, key=f"own_{table.name}")
    show_commands([engine.own_results()[name] for sweep in table.sweeps for name in engine.files_of(sweep)])
else:
    st.info(
        "No rows of ours: the paper's table is about its hardware."
        if not table.sweeps
        else "No results of ours ship with this copy yet."
    )
st.subheader("As published", anchor=False)
if table.published.rows:
    show_grid(table.published, key=f"published_{table.name}")
else:
    st.info("The paper prints a figure here, without numbers that could be set beside ours.")
st.caption(f"Source: {table.source}.")
