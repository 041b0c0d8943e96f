"""Attacks on segmentation models, alone or smoothed, and verdicts on certificates."""
