"""What an audit of patches tries."""

from dataclasses import dataclass

from engine.attacks.patches import StickerSettings, contents
from engine.core.errors import InvalidSetting
from engine.core.rng import Streams
from engine.patches import PatchSettings

UNDEFENDED, WATCHED = "undefended", "watched"
"""Whom a sticker was made for: the undefended model, or the certified one behind its windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchPlan:
    """Of each picture `places` random places, and at each: the `plain` contents, one sticker optimised against the
    undefended model and one against the certified, for every loss.

    patch, fill, size: as in `PatchSettings`. stride: None for the smallest that takes few passes. steps: of `attack`
    on the undefended model; watched_steps on the certified one, which is asked behind `looks` windows at each step.
    Raises InvalidSetting, UnknownName.
    """

    patch: int = 32
    stride: int | None = None
    fill: str = "mean"
    size: int = 320
    places: int = 3
    plain: tuple[str, ...] = ("photograph",)
    losses: tuple[str, ...] = ("js",)
    attack: str = "apgd"
    steps: int = 30
    watched_steps: int = 20
    looks: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        _ = [contents[name] for name in self.plain], PatchSettings(patch=self.patch, fill=self.fill, size=self.size)
        for loss in self.losses:
            _ = self.sticker(loss, 0, watched=False), self.sticker(loss, 0, watched=True)
        if min(self.places, self.looks) < 1 or not self.losses:
            raise InvalidSetting("an audit of patches needs at least one place, loss and look")

    def settings(self, height: int, width: int) -> PatchSettings:
        """Of a certificate of a picture of that size. Raises InvalidSetting."""
        return PatchSettings.on(height, width, patch=self.patch, stride=self.stride, fill=self.fill, size=self.size)

    def sticker(self, loss: str, number: int, *, watched: bool) -> StickerSettings:
        """Of the sticker of that number."""
        steps = self.watched_steps if watched else self.steps
        seed = Streams(self.seed, f"sticker {number}").number()
        return StickerSettings(size=self.patch, attack=self.attack, loss=loss, steps=steps, seed=seed)
