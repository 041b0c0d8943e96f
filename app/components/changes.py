"""A change by sliders: the changed picture, an answer that follows it, and a certified one that stands where it may."""

from typing import Any

from app.components import component

_changes = component("changes")


def show_changes(data: Any, *, key: str) -> None:
    """Show frames with a region over them, as `app.pictures.change_frames.as_data` makes them.

    Every step is answered by the browser; the page runs no code for it. Where a person stands is kept while `key` and
    the sliders stay the same.
    """
    _changes(data=data, key=key)
