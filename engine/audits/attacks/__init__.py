"""Attacks against certificates over a dataset."""
