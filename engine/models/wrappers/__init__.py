"""Networks around a network: denoisers in front, several scales at once. One per file; each declares `WRAPPER`."""

from engine.core.registry import Registry, entries_of
from engine.models.wrappers._denoised import DenoisedAt
from engine.models.wrappers.base import Wrapped, Wrapper

__all__ = ["DenoisedAt", "Wrapped", "Wrapper", "wrappers"]


wrappers = Registry("wrapper", lambda: entries_of(__name__, "WRAPPER", Wrapper))
"""All wrappers by name."""
