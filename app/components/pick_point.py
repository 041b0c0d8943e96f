"""A point on a picture: click, tap, drag with the mouse, or use the arrow keys."""

from collections.abc import Mapping

import streamlit as st

from app.components import component, data_url

_pick_point = component("pick_point")


def pick_point(
    png: bytes,
    *,
    key: str,
    label: str,
    default: tuple[float, float] = (0.5, 0.5),
    max_width: int | None = None,
    step: tuple[float, float] = (0.01, 0.01),
    pixels: bool = False,
) -> tuple[float, float]:
    """Show a PNG with a marker; returns the place as fractions, (0, 0) top left to (1, 1) bottom right.

    The page (or the fragment around) runs again when the place has changed, and only then. `default` is where the
    marker stands first; a new `key` starts anew. `label` says what the picture shows, for screen readers. `step` is how
    far one press of an arrow key goes, five times as far with Shift. `pixels` shows enlarged pixels as squares.
    """
    x, y = picked(key, default)
    result = _pick_point(
        data={
            "png": data_url(png),
            "label": label,
            "x": x,
            "y": y,
            "step_x": step[0],
            "step_y": step[1],
            "max_width": max_width,
            "pixels": pixels,
        },
        key=key,
        on_point_change=lambda: None,
    )
    return _place(result, default)


def picked(key: str, default: tuple[float, float]) -> tuple[float, float]:
    """Where the marker of that key stands, known before the picture is sent: for pictures that depend on it."""
    return _place(st.session_state.get(key), default)


def _place(state: object, default: tuple[float, float]) -> tuple[float, float]:
    """The place in a component's state; it comes from a browser, so anything may stand there."""
    point = state.get("point") if isinstance(state, Mapping) else None
    if not isinstance(point, Mapping):
        return default
    x, y = point.get("x"), point.get("y")
    if not isinstance(x, int | float) or not isinstance(y, int | float) or not (0.0 <= x <= 1.0 and 0.0 <= y <= 1.0):
        return default
    return float(x), float(y)
