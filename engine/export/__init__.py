"""Results as files for people and other programs."""

from engine.export.fine_png import fine_png, read_fine_png
from engine.export.ply import labels_ply, shape_ply
from engine.export.png import colour_labels, difference_png, labels_png, png

__all__ = [
    "colour_labels",
    "difference_png",
    "fine_png",
    "labels_ply",
    "labels_png",
    "png",
    "read_fine_png",
    "shape_ply",
]
