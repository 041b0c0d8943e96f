"""The viewer of all pages: linked pictures, one cursor, and certificates that are explored without the server."""

from collections.abc import Mapping

from app.components import component
from app.pictures.view_data import Shape, View

Place = tuple[int, int]
"""A pixel: its row and its column."""

_viewer = component("viewer")


def show_viewer(view: View, *, key: str) -> Place | None:
    """Show a view; returns the pixel that is pinned, or None.

    The page (or the fragment around) runs again when the pin has changed, and only then. What a person has chosen, such
    as layers, zoom and tau, stays while `key` does; pictures are built anew only when the view's content has changed.
    """
    return _place(_viewer(data=view.as_data(), key=key, on_pin_change=lambda: None), view.shape)


def _place(state: object, shape: Shape) -> Place | None:
    """The pixel in a component's state; it comes from a browser, so anything may stand there."""
    pin = state.get("pin") if isinstance(state, Mapping) else None
    if not isinstance(pin, Mapping):
        return None
    row, column = pin.get("row"), pin.get("column")
    if type(row) is not int or type(column) is not int or not (0 <= row < shape[0] and 0 <= column < shape[1]):
        return None
    return row, column
