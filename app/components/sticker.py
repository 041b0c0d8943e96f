"""A sticker on a picture: dragged, resized at its corner, or moved by the keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from app.components import component, data_url

_sticker = component("sticker")

LEAST, MOST = 8, 96
"""Bounds of a sticker's side, in pixels of the picture; the picture may allow less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A square of pixels: its left column x, its top row y, its side."""

    x: int
    y: int
    size: int

    def within(self, shape: tuple[int, int]) -> Place:
        """The nearest one that lies in a picture of so many rows and columns.

        >>> Place(x=-5, y=90, size=32).within((100, 120))
        Place(x=0, y=68, size=32)
        """
        size = _bounded(self.size, min(LEAST, *shape), min(MOST, *shape))
        return Place(x=_bounded(self.x, 0, shape[1] - size), y=_bounded(self.y, 0, shape[0] - size), size=size)


def show_sticker(
    picture: bytes, content: bytes, *, place: Place, shape: tuple[int, int], certified: int, label: str, key: str
) -> None:
    """Show a PNG file with another as a sticker on it.

    The page (or the fragment around) runs again when the sticker was released at another place, and only then; `placed`
    tells where. shape: rows and columns of the picture. certified: the side up to which something is promised. label
    says what the picture shows, for screen readers. A new `key` starts anew at `place`.
    """
    _sticker(
        data={
            "picture": data_url(picture),
            "content": data_url(content),
            "place": {"x": place.x, "y": place.y, "size": place.size},
            "height": shape[0],
            "width": shape[1],
            "least": min(LEAST, *shape),
            "most": min(MOST, *shape),
            "certified": certified,
            "label": label,
        },
        key=key,
        on_place_change=lambda: None,
    )


def placed(key: str, default: Place, shape: tuple[int, int]) -> Place:
    """Where the sticker of that key is, known before it is sent: its content depends on its size."""
    return _place(st.session_state.get(key), default).within(shape)


def _place(state: object, default: Place) -> Place:
    """The place in a component's state; it comes from a browser, so anything may stand there."""
    sent = state.get("place") if isinstance(state, Mapping) else None
    if not isinstance(sent, Mapping):
        return default
    x, y, size = sent.get("x"), sent.get("y"), sent.get("size")
    if type(x) is not int or type(y) is not int or type(size) is not int:
        return default
    return Place(x=x, y=y, size=size)


def _bounded(value: int, low: int, high: int) -> int:
    return min(high, max(low, value))
