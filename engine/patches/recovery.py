"""Recovery: answers that a patch cannot change at all, by votes of passes that each see only some bands of a picture.

Right but weak: each vote has to be given by a model that sees little.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.errors import Cancelled, InvalidSetting, NotCertifiable
from engine.core.grid import nearest
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Image
from engine.models.base import BaseModel
from engine.patches.answers import asked, check_model, on_grid


@dataclass(frozen=True, slots=True, kw_only=True)
class BandSettings:
    """patch: longer side, in pixels. band: width of the bands of columns that a pass sees, in pixels; passes: the bands
    are dealt out to so many passes in turn, as cards are. Raises InvalidSetting where no vote could be large enough.

    >>> BandSettings(patch=32, band=31).touched  # two bands hold all of it, wherever it is
    2
    """

    patch: int = 32
    band: int = 31
    passes: int = 5

    def __post_init__(self) -> None:
        if min(self.patch, self.band, self.passes) < 1:
            raise InvalidSetting("patch, band and passes must be at least 1")
        if self.passes < self.margin:
            raise InvalidSetting(
                f"a patch of {self.patch} pixels touches {self.touched} bands of {self.band}, so at least "
                f"{self.margin} passes are needed, got {self.passes}"
            )

    @property
    def touched(self) -> int:
        """T = ceil((patch - 1) / band) + 1: the most bands, and so passes, that a patch reaches into."""
        return -(-(self.patch - 1) // self.band) + 1

    @property
    def margin(self) -> int:
        """2 T + 1: by so many votes a class must lead each other one, for T passes may change sides."""
        return 2 * self.touched + 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recovery:
    """top: uint8 (H, W), the class with most votes, ties to the smallest id. lead: int32 (H, W), by how many votes it
    leads the next. certified: bool (H, W), where no patch of the settings' size, at any place and of any values in
    [0, 1], changes `top`."""

    settings: BandSettings
    top: NDArray[np.uint8]
    lead: NDArray[np.int32]

    @property
    def certified(self) -> NDArray[np.bool_]:
        return self.lead >= self.settings.margin

    @property
    def certified_fraction(self) -> float:
        return float(self.certified.mean())


def recover(
    model: BaseModel,
    image: Image,
    settings: BandSettings,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Recovery:
    """Let every pass vote on every pixel; hidden columns are interpolated from those that the pass sees.

    The pixels of a patch lie in at most T bands next to each other, which are dealt to different passes: all other
    passes see the clean picture and vote as before, bit for bit (see `engine.patches.answers`). Raises InvalidSetting
    for a picture with fewer bands than passes or smaller than the patch and for a model behind a denoiser, InvalidInput
    for one of shapes, NotCertifiable for one that does not answer the same picture alike; Cancelled.
    Source: METHOD section 14; Levine and Feizi 2020; Yatsura et al. 2023, section 4 (column masks).

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> found = recover(engine.load_model("street-clean"), image, BandSettings(patch=4, band=3, passes=5))
    >>> found.settings.margin, bool(found.lead.max() <= 5)
    (5, True)
    """
    check_model(model)
    bands = -(-image.width // settings.band)
    if bands < settings.passes or settings.patch > min(image.shape):
        raise InvalidSetting(
            f"a picture of {image.width}x{image.height} has {bands} bands of {settings.band} pixels; it needs at least "
            f"{settings.passes}, and room for a patch of {settings.patch}"
        )
    picture = on_grid(image, model)
    votes = torch.zeros((len(model.info.labels), *image.shape), dtype=torch.int32, device=picture.device)
    one = torch.ones((1, *image.shape), dtype=torch.int32, device=picture.device)
    first: Tensor | None = None
    for number in range(settings.passes):
        if cancelled():
            raise Cancelled("stopped between two passes")
        answer = asked(model, shown(picture, number, settings))
        first = answer if first is None else first
        votes.scatter_add_(0, answer[None], one)
        progress(number + 1, settings.passes)
    if first is None or not torch.equal(asked(model, shown(picture, 0, settings)), first):
        raise NotCertifiable(f"{model.info.name} answers the same picture in two ways, so that nothing can be promised")
    counts = votes.cpu().numpy()
    top = counts.argmax(axis=0)
    most = np.sort(counts, axis=0)[-2:]
    return Recovery(settings=settings, top=top.astype(np.uint8), lead=(most[1] - most[0]).astype(np.int32))


def shown(picture: Tensor, number: int, settings: BandSettings) -> Tensor:
    """What pass `number` sees of a picture, float64 (1, H, W, C) on the grid: its own columns, and between them what
    lies on straight lines from one to the next."""
    columns = np.arange(picture.shape[2])
    seen = columns[columns // settings.band % settings.passes == number]
    place = np.searchsorted(seen, columns)
    left, right = seen[np.maximum(place - 1, 0)], seen[np.minimum(place, len(seen) - 1)]
    left = np.where(right == columns, columns, np.where(columns < seen[0], right, left))
    right = np.where(columns > seen[-1], left, right)
    share = (columns - left) / np.maximum(right - left, 1)
    weight = torch.from_numpy(share).to(picture.device)[None, None, :, None]
    blank = torch.full_like(picture, float("nan"))
    blank[:, :, seen] = picture[:, :, seen]
    values = blank[:, :, left] * (1.0 - weight) + blank[:, :, right] * weight
    assert bool(values.isfinite().all())
    return nearest(values).double()
