"""Rotation about the y axis, which points up in the files of many programs."""

from engine.perturbations._one_axis import rotation_about

FAMILY = rotation_about("y", "rotation-axis-y")
