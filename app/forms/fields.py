"""Fields that have a place in the URL: what the address asks for is checked before a field takes it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.session import address
from app.words.numbers import plain


def number(
    label: str,
    default: float | int | None,
    *,
    key: str,
    low: float | int | None = None,
    high: float | int | None = None,
    whole: bool | None = None,
    **more: Any,
) -> float | int | None:
    """A field for a number; `whole` says whether it takes whole ones only, else the default's type does.

    low, high: what it takes; None where somebody else says what is wrong. more: of Streamlit's own arguments.
    """
    only = isinstance(default, int) if whole is None else whole
    usable = address.usable(key, low=low, high=high, whole=only)
    value: float | int | None = st.number_input(
        label, low, high, default, key=key, bind="query-params" if usable else None, persist_state="session", **more
    )
    _remark(key, untouched=value == default)
    return value


def slider(label: str, low: float, high: float, default: float, step: float, *, key: str, **more: Any) -> float:
    """A slider from `low` to `high`; see `number`."""
    usable = address.usable(key, low=low, high=high, whole=False)
    value = float(st.slider(label, low, high, default, step, key=key, bind="query-params" if usable else None, **more))
    _remark(key, untouched=abs(value - default) < 1e-12)
    return value


def choose_named(
    where: DeltaGenerator, label: str, titles: Mapping[str, str], default: str, *, key: str, help: str | None = None
) -> str:
    """A menu that shows titles; the name chosen is returned, kept across pages, and what the URL holds."""
    address.begin_from_url(key, list(titles), default)
    name = str(
        where.selectbox(
            label, list(titles), format_func=lambda name: titles.get(name, name), key=key, persist_state="session",
            help=help,
        )
    )  # fmt: skip
    address.write_to_url(key, name, default)
    return name


def _remark(key: str, *, untouched: bool) -> None:
    """Say what of the address the field could not take, until somebody gives it another value."""
    if not untouched:
        address.forget_left_out(key)
    elif asked := address.left_out(key):
        st.caption(f"The address asks for “{plain(asked)}” here, which this field cannot take: it was left out.")
