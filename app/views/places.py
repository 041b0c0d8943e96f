"""A place on the page for each of several things of which one is shown."""

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def place_of(chosen: str, among: Iterable[str]) -> DeltaGenerator:
    """The container of the chosen one; the others' are emptied.

    Streamlit lets what the last run wrote stand until this run has come to the same position, or has ended. Written
    into one position, the old and the new would be mixed for a moment: two headings of one name, a button of the lesson
    before. Places of their own are emptied first.

    Raises:
        KeyError: the chosen one is not among them.
    """
    places = {name: st.container() if name == chosen else st.empty() for name in among}
    return places[chosen]
