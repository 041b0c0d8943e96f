"""Buttons that turn several 3D charts at once, and a link that turns all of them with the one that is turned by hand.

Plotly links the axes of charts but not their cameras. This listens to every 3D chart inside one container, and places
the cameras of the others where the dragged one's went. Where that fails, each chart still turns by itself.
"""

from app.components import component

_link_cameras = component("link_cameras")


def link_cameras(scope: str, *, distance: float, key: str) -> None:
    """Link the cameras of all 3D charts in the container of key `scope`; views are `distance` from the middle."""
    _link_cameras(data={"scope": scope, "distance": distance}, key=key)
