"""Rotation about the z axis, which points up in the shapes that this project builds."""

from engine.perturbations._one_axis import rotation_about

FAMILY = rotation_about("z", "rotation-axis")
