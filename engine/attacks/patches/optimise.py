"""The content of a sticker that changes most answers, of a model alone or of one that is watched through windows.

It is an attack like all others (`engine.attacks.search`): its input is the content, which may take any values in
[0, 1], a ball of radius 1 in the largest norm; losses, steps and restarts are theirs.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.attacks.patches.place import check_place
from engine.attacks.search import Aim, AttackSettings, attacks, losses
from engine.attacks.search.base import Watch, unwatched
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Streams
from engine.inputs.subject import Image
from engine.models.base import BaseModel
from engine.patches import PatchSettings, Window, covered

_ANYTHING = 1.0  # no two values in [0, 1] are farther apart


@dataclass(frozen=True, slots=True, kw_only=True)
class StickerSettings:
    """size: of the sticker, in pixels. attack, loss: names in `engine.attacks`. steps of each of `restarts` runs.

    Raises UnknownName, InvalidSetting.
    """

    size: int = 32
    attack: str = "apgd"
    loss: str = "js"
    steps: int = 50
    restarts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        _ = attacks[self.attack], losses[self.loss], self.search
        if self.size < 1:
            raise InvalidSetting(f"a sticker needs at least 1 pixel, got {self.size}")

    @property
    def search(self) -> AttackSettings:
        return AttackSettings(
            budget=_ANYTHING, norm="linf", loss=self.loss, steps=self.steps, restarts=self.restarts, seed=self.seed
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StickerResult:
    """content: float32 (size, size, 3) in [0, 1], at column x and row y. share: of the aim that was reached, as the
    search saw it."""

    content: NDArray[np.float32]
    x: int
    y: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sticker:
    """A victim whose input is what is on the sticker: float32 (size, size, 3) in [0, 1].

    Asked are the picture with it and, where `watched`, `looks` random windows that do not hide it: what a patch has to
    change alike to go unnoticed.
    """

    model: BaseModel
    picture: Tensor
    window: Window
    watched: PatchSettings | None = None
    looks: int = 0
    low: float = 0.0
    high: float = 1.0

    @property
    def device(self) -> torch.device:
        return self.model.compute.device

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        rows, columns = self.window.pixels
        stuck = self.picture.clone()
        stuck[:, rows, columns] = x
        pictures = [stuck]
        if self.watched is not None:
            _, height, width, _ = stuck.shape
            open_ = [one for one in self.watched.windows(height, width) if not one.contains(self.window)]
            chosen = torch.randperm(len(open_), generator=randomness, device=self.device)[: self.looks].tolist()
            pictures += [covered(stuck, open_[number], self.watched.filling) for number in chosen]
        return self.model.undefended().logits(torch.cat(pictures)).float()


def optimise_sticker(
    model: BaseModel,
    image: Image,
    settings: StickerSettings,
    *,
    x: int,
    y: int,
    answers: NDArray[np.uint8],
    mask: NDArray[np.bool_] | None = None,
    watched: PatchSettings | None = None,
    looks: int = 3,
    start: NDArray[np.float32] | None = None,
    watch: Watch = unwatched,
    cancelled: Cancel = never,
) -> StickerResult:
    """Drive a model away from its clean `answers`, uint8 (H, W), by what is on a sticker at column x and row y.

    mask: bool (H, W), the pixels that count, by default all that the sticker leaves uncovered. With `watched` also
    behind windows of such a certificate, `looks` at each step: the attack that tries to raise no alarm. start: content
    to begin with, by default what is there. watch: called after every step; it ends the search by raising Enough.
    Raises InvalidSetting, Cancelled.

    >>> import engine, numpy as np
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-clean")
    >>> answers = engine.certification.base_prediction(model, image)
    >>> found = optimise_sticker(model, image, StickerSettings(size=8, steps=2), x=20, y=20, answers=answers)
    >>> found.content.shape, bool((found.content >= 0).all() and (found.content <= 1).all())
    ((8, 8, 3), True)
    """
    size = settings.size
    check_place(image, size, size, x=x, y=y)
    window = Window(top=y, left=x, bottom=y + size, right=x + size)
    if mask is None:
        mask = np.ones(image.shape, dtype=np.bool_)
        mask[window.pixels] = False
    picture = torch.from_numpy(image.pixels.copy())[None].to(model.compute.device)
    victim = _Sticker(model=model, picture=picture, window=window, watched=watched, looks=looks)
    there = image.pixels[window.pixels].copy()
    aim = Aim(labels=answers.astype(np.int64), mask=mask)
    result = attacks[settings.attack].run(
        victim, there, aim, settings.search, start=start, watch=watch, cancelled=cancelled
    )
    return StickerResult(content=result.adversarial, x=x, y=y, share=result.share)


def worst_place(
    model: BaseModel,
    image: Image,
    settings: StickerSettings,
    *,
    answers: NDArray[np.uint8],
    across: int = 4,
    down: int = 3,
    tries: int = 5,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> StickerResult:
    """Try a sticker at a coarse grid of places with `tries` steps each, then with all steps at the best of them.

    Raises InvalidSetting, Cancelled.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-clean")
    >>> answers = engine.certification.base_prediction(model, image)
    >>> found = worst_place(model, image, StickerSettings(size=8, steps=2), answers=answers, across=2, down=1, tries=1)
    >>> found.x in (0, 56), found.y  # at both ends of the width, in the middle of the height
    (True, 20)
    """
    quick = StickerSettings(
        size=settings.size, attack=settings.attack, loss=settings.loss, steps=tries, seed=settings.seed
    )
    columns, rows = _spread(image.width - settings.size, across), _spread(image.height - settings.size, down)
    places = [(x, y) for y in rows for x in columns]
    found = []
    for number, (x, y) in enumerate(places):
        found.append(optimise_sticker(model, image, quick, x=x, y=y, answers=answers, cancelled=cancelled))
        progress(number + 1, len(places) + 1)
    best = max(found, key=lambda one: one.share)
    final = optimise_sticker(
        model, image, settings, x=best.x, y=best.y, answers=answers, start=best.content, cancelled=cancelled
    )
    progress(len(places) + 1, len(places) + 1)
    return final if final.share >= best.share else best


def random_place(image: Image, size: int, seed: int, stream: str) -> tuple[int, int]:
    """Column and row of a sticker at a random place, by seed and stream."""
    random = Streams(seed, stream).generator()
    return int(random.integers(image.width - size + 1)), int(random.integers(image.height - size + 1))


def _spread(room: int, count: int) -> list[int]:
    """So many places from 0 to `room`; one is in the middle."""
    if room < 0 or count < 1:
        raise InvalidSetting("a sticker must fit the picture, and a grid of places needs at least one")
    return [room // 2] if count == 1 else np.unique(np.linspace(0, room, count).round().astype(int)).tolist()
