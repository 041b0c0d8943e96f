"""Results as files for people and other programs."""

from engine.export.ply import labels_ply
from engine.export.png import colour_labels, difference_png, labels_png, png

__all__ = ["colour_labels", "difference_png", "labels_ply", "labels_png", "png"]
