"""What an attack is after: which components, away from which classes or towards which."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.attacks.search import Aim
from engine.certification.certificates import Certificate
from engine.certification.pipeline import base_prediction
from engine.core.errors import InvalidSetting
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

Region = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of an image, in percent of its width and height."""

WHOLE: Region = (0.0, 0.0, 100.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What of an input is attacked, as people say it.

    only: the class of the undefended model's answer whose components count, None for all. region: the part of an image
    that counts. towards: the class that the components shall get, None for any other than theirs.
    """

    only: int | None = None
    region: Region = WHOLE
    towards: int | None = None

    def mask(self, before: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """The components that count, bool (*N), by the undefended model's answer, class ids (*N).

        Raises InvalidSetting for a region without pixels, and of a shape.

        >>> Target(only=1, region=(0.0, 0.0, 50.0, 100.0)).mask(np.array([[0, 1, 1, 1]], dtype=np.uint8)).tolist()
        [[False, True, False, False]]
        """
        whole = np.ones(before.shape, dtype=bool)
        mask = whole if self.region == WHOLE else region_mask(before.shape, self.region)
        return mask if self.only is None else mask & (before == self.only)


def aim_at(
    model: BaseModel,
    subject: Subject,
    *,
    truth: NDArray[np.uint8] | None = None,
    only: NDArray[np.bool_] | None = None,
    towards: int | None = None,
) -> Aim:
    """Away from the truth, or from the model's own answer where there is none; or towards one class.

    truth: uint8 (*N), ids above the classes are void and left out. only: bool (*N), the components that count.
    Raises InvalidSetting for a target that is no class of the model.

    >>> import engine
    >>> image, model = engine.inputs.image_from_array(np.full((48, 64, 3), 0.5)), engine.load_model("street-noise25")
    >>> void = np.full(image.shape, 255, dtype=np.uint8)
    >>> int(aim_at(model, image).mask.sum()), int(aim_at(model, image, truth=void).mask.sum())  # all; none
    (3072, 0)
    """
    classes = len(model.info.labels)
    labels = (base_prediction(model, subject) if truth is None else truth).astype(np.int64)
    mask = labels < classes
    if only is not None:
        mask &= only
    if towards is None:
        return Aim(labels=labels, mask=mask)
    if not 0 <= towards < classes:
        raise InvalidSetting(f"a target must be a class from 0 to {classes - 1}, got {towards}")
    return Aim(labels=np.full_like(labels, towards), mask=mask & (labels != towards), targeted=True)


def aim_at_certified(model: BaseModel, subject: Subject, certificate: Certificate) -> Aim:
    """Away from what is certified of the model: another class there, within the radius, would break a promise.

    >>> import engine
    >>> samples = engine.core.assets.ASSETS / "samples"
    >>> certificate = Certificate.load(samples / "example.npz")
    >>> image = engine.read_image(samples / "images" / "street-92.jpg")
    >>> aim = aim_at_certified(engine.load_model(certificate.provenance.model), image, certificate)
    >>> np.array_equal(aim.mask, certificate.certified)
    True
    """
    return aim_at(model, subject, truth=certificate.top, only=certificate.certified)


def region_mask(shape: tuple[int, ...], region: Region) -> NDArray[np.bool_]:
    """The pixels of an image (H, W) inside a region, bool (H, W); every pixel whose centre lies in it.

    Raises InvalidSetting for a region without pixels, or of something else than an image.

    >>> region_mask((2, 4), (0.0, 0.0, 50.0, 100.0)).astype(int).tolist()  # the left half
    [[1, 1, 0, 0], [1, 1, 0, 0]]
    """
    left, top, right, bottom = region
    if len(shape) != 2:
        raise InvalidSetting("a region is of an image; points are chosen by their part")
    if not (0.0 <= left < right <= 100.0 and 0.0 <= top < bottom <= 100.0):
        raise InvalidSetting(
            f"a region is left,top,right,bottom in percent, each side before the other, got {list(region)}"
        )
    rows, columns = (100.0 * (np.arange(size) + 0.5) / size for size in shape)
    mask = np.outer((rows >= top) & (rows <= bottom), (columns >= left) & (columns <= right))
    if not mask.any():
        raise InvalidSetting("the region holds no pixel: make it larger")
    return mask
