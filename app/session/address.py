"""The parameters of the page's address: those that we write ourselves, and numbers that come from anywhere.

What is bound to a widget is Streamlit's to write. It takes a number from the address without a look, and an infinite
one ends the page's script, so numbers are checked before their widgets are made.
"""

import math
from collections.abc import Sequence

import streamlit as st

_OURS: dict[str, frozenset[str]] = {
    "certify": frozenset({"job", "mode", "correction", "bound", "around", "sample"}),
    "cloud": frozenset({"run", "mode", "correction", "bound", "family", "parts_around"}),
    "attack": frozenset({"run", "scenario", "victim", "shape_victim", "shape_attack", "parts_around", "sample"}),
    "denoise": frozenset({"run", "denoiser", "sample"}),
    "changes": frozenset({"run", "change", "sample"}),
    "patch": frozenset({"patch_fill", "patch_content", "sample"}),
    "experiments": frozenset({"run"}),
    "rotation": frozenset({"run"}),
    "learn": frozenset({"lesson"}),
}
"""The parameters that a page writes itself, by page; the others are bound to widgets."""

_LARGEST = 2**53 - 1  # a browser knows no whole numbers beyond
_LEFT_OUT = "certiscope_left_out"


def keep_own(page: str) -> None:
    """Drop what other pages wrote into the address: Back and Forward in a browser bring it along."""
    foreign = frozenset().union(*_OURS.values()) - _OURS[page]
    for name in foreign & set(st.query_params):
        del st.query_params[name]


def begin_from_url(key: str, options: Sequence[str], default: str, *, query: str = "") -> None:
    """Give a choice its first value: the URL's (under `query`, or the key) if it names an option, else the default.

    Streamlit's own binding writes the label that is shown into the URL; links should hold the name instead. Later the
    URL is only written: a browser that is clicked quickly reports an older one.
    """
    if st.session_state.get(key) not in options:
        asked = st.query_params.get(query or key)
        st.session_state[key] = asked if asked in options else default


def write_to_url(key: str, value: str, default: str = "") -> None:
    """Keep the URL in step with a choice; what goes without saying is left out: each change is a step for Back."""
    if value != default:
        if st.query_params.get(key) != value:
            st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def usable(key: str, *, low: float | None, high: float | None, whole: bool) -> bool:
    """Whether the address may give a number field its value; what it cannot take is dropped, and kept for a remark."""
    asked = st.query_params.get(key, "")
    if not asked or _is_number(asked, low=low, high=high, whole=whole):  # an empty one empties the field
        return True
    del st.query_params[key]
    st.session_state.setdefault(_LEFT_OUT, {})[key] = asked[:20]
    return False


def left_out(key: str) -> str:
    """What of the address that field could not take; empty for nothing."""
    return str(st.session_state.get(_LEFT_OUT, {}).get(key, ""))


def forget_left_out(key: str) -> None:
    """The field has a value of its own now."""
    st.session_state.get(_LEFT_OUT, {}).pop(key, None)


def _is_number(text: str, *, low: float | None, high: float | None, whole: bool) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    if not math.isfinite(value) or abs(value) > _LARGEST or (whole and value != int(value)):
        return False
    return (low is None or value >= low) and (high is None or value <= high)
