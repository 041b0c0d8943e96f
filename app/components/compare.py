"""A before/after slider for two pictures of the same size: drag, tap, or use the arrow keys."""

from app.components import component, data_url

_compare = component("compare")


def compare(left: bytes, right: bytes, *, left_label: str, right_label: str, key: str) -> None:
    """Show two PNG files over each other with a draggable border between them."""
    pictures = {"left": data_url(left), "right": data_url(right)}
    _compare(data=pictures | {"left_label": left_label, "right_label": right_label}, key=key)
