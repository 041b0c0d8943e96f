"""Stickers on pictures: what is on them, where they stick, and the worst that a model can be shown so."""

from engine.attacks.patches.contents import Content, contents
from engine.attacks.patches.optimise import StickerResult, StickerSettings, optimise_sticker, worst_place
from engine.attacks.patches.place import place_sticker

__all__ = [
    "Content",
    "StickerResult",
    "StickerSettings",
    "contents",
    "optimise_sticker",
    "place_sticker",
    "worst_place",
]
