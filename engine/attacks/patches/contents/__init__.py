"""What can be on a sticker without asking a model, one per file; each declares `CONTENT`."""

from engine.attacks.patches.contents.base import Content
from engine.core.registry import Registry, entries_of

__all__ = ["Content", "contents"]


contents = Registry("content", lambda: entries_of(__name__, "CONTENT", Content))
"""All contents by name."""
