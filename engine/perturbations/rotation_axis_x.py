"""Rotation about the x axis."""

from engine.perturbations._one_axis import rotation_about

FAMILY = rotation_about("x", "rotation-axis-x")
