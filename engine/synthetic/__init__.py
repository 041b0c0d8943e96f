"""Rendered streets and built shapes: examples that the project may ship."""

from engine.synthetic.scenes import render_street
from engine.synthetic.shapes import build_shape, shape_categories

__all__ = ["build_shape", "render_street", "shape_categories"]
