"""Bytes -> validated images and clouds, datasets and their labels."""
