"""Synthetic street scenes with exact ground truth."""

from engine.synthetic.scenes.street import Scene, render_street

__all__ = ["Scene", "render_street"]
