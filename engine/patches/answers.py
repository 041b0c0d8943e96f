"""What a model answers on a picture as it is, and behind every window.

A promise against patches rests on one fact: a window that hides the patch makes the attacked picture and the clean one
the same, bit for bit, and so are the answers of any function of what is left. A network on a computer is such a
function only if nothing else decides its last digits. So every picture is rounded to the grid (`engine.core.grid`)
before it is filled and after, fills are exact there, and each pass sees one picture: in a batch the last digits may
depend on its size and on the place in it. They may depend on the device, its threads and the libraries too, which stay
the same within a run and are recorded. A model that answers the same picture in two ways is refused.
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
from engine.patches.settings import PatchSettings
from engine.patches.windows import Window, covered


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """plain: uint8 (H, W), on the picture as it is. against: int32 (H, W), behind how many of the windows another."""

    plain: NDArray[np.uint8]
    against: NDArray[np.int32]

    @property
    def alarm(self) -> NDArray[np.bool_]:
        """Where some window changes the answer, bool (H, W)."""
        return self.against > 0


def answers_of(
    model: BaseModel,
    image: Image,
    settings: PatchSettings,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Answers:
    """The answers of a segmentation model on one picture, clean or not, which is asked once for every window.

    Raises InvalidSetting for windows that do not fit and a model behind a denoiser, InvalidInput for one of shapes;
    NotCertifiable for a model that does not answer the same picture alike; Cancelled between passes.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> found = answers_of(engine.load_model("street-clean"), image, PatchSettings(patch=8, stride=16))
    >>> found.plain.shape, bool(found.against.max() <= 3 * 4)  # ceil(41 / 16) * ceil(57 / 16) windows
    ((48, 64), True)
    """
    check_model(model)
    picture = on_grid(image, model)
    places = settings.windows(image.height, image.width)
    plain = asked(model, picture)
    against = torch.zeros(plain.shape, dtype=torch.int32, device=plain.device)
    for number, window in enumerate(places):
        if cancelled():
            raise Cancelled("stopped between two passes")
        against += asked(model, hidden(picture, window, settings)) != plain
        progress(number + 1, len(places))
    if not torch.equal(asked(model, picture), plain):
        raise NotCertifiable(f"{model.info.name} answers the same picture in two ways, so that nothing can be promised")
    return Answers(
        plain=plain.cpu().numpy().astype(np.uint8), against=against.cpu().numpy().astype(np.int32)
    )  # fmt: skip


def check_model(model: BaseModel) -> None:
    """Raises InvalidInput for a model of shapes, InvalidSetting for one behind a denoiser, which draws noise."""
    model.info.check_kind("image")
    if model.info.denoised:
        raise InvalidSetting(
            f"{model.info.name} draws noise: patches are certified without; choose it without denoiser"
        )


def on_grid(image: Image, model: BaseModel) -> Tensor:
    """The picture on the grid, float64 (1, H, W, 3), on the model's device."""
    values = torch.from_numpy(image.pixels.astype(np.float64)).to(model.compute.device)
    return nearest(values).double()[None]


def hidden(picture: Tensor, window: Window, settings: PatchSettings) -> Tensor:
    """What the model is asked behind a window, float64 on the grid like `picture`."""
    return nearest(covered(picture, window, settings.filling)).double()


def asked(model: BaseModel, picture: Tensor) -> Tensor:
    """int64 (H, W): one picture a pass."""
    return model.predict(picture.float())[0]
