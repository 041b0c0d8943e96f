"""Exact toy pictures for the lessons."""
