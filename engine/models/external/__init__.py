"""Segmenters that do not ship with the project: optional, opened from local files, fetched on explicit request only.

One source per file; each declares `SOURCE`. Which files to open is written in a configuration, see `config`.
"""

from engine.core.registry import Registry, entries_of
from engine.models.external._weights import sha256_of
from engine.models.external.base import ModelSource, Offer, Opened, Option

__all__ = ["ModelSource", "Offer", "Opened", "Option", "sha256_of", "sources"]


sources = Registry("model source", lambda: entries_of(__name__, "SOURCE", ModelSource))
"""All sources by name; none of the packages they need is imported."""
