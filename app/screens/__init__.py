"""The pages, one a file: they lay out, and hold no logic."""
