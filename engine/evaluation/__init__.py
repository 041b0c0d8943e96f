"""Scores of certified segmentation over datasets."""
