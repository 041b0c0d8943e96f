"""Rendered streets and built shapes: examples that the project may ship."""
