"""Patches against their certificates, over a dataset."""
