"""One attacked input given to other models: what was found against one of them, and what it does to the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.attacks.verdicts import flipped
from engine.certification.pipeline import base_prediction
from engine.core.device import Compute
from engine.core.errors import EngineError
from engine.inputs.subject import Subject
from engine.models.base import BaseModel, ModelInfo
from engine.models.catalogue import available, load_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """flipped: the share of the components to which a model by that name gives another class than on the clean input,
    undefended."""

    model: str
    flipped: float


def peers(info: ModelInfo) -> tuple[str, ...]:
    """The names of all models of the same kind with the same classes, without wrappers; where nothing is configured
    those that ship.

    >>> import engine
    >>> "street-noise50" in peers(engine.models.model_info("street-clean"))
    True
    """
    return tuple(one.name for one in available() if one.kind == info.kind and one.labels.classes == info.labels.classes)


def transfer(model: BaseModel, clean: Subject, attacked: Subject) -> Transferred:
    """What one model makes of an input that was attacked for another.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> transfer(engine.load_model("street-clean"), image, image)  # nothing was done to it
    Transferred(model='street-clean', flipped=0.0)
    """
    before, after = (base_prediction(model, subject) for subject in (clean, attacked))
    return Transferred(model=model.info.name, flipped=flipped(before, after))


def transfers(
    info: ModelInfo, clean: Subject, attacked: Subject, compute: Compute | None = None
) -> Iterator[Transferred]:
    """The same for all `peers` of the model that was attacked, one at a time; those that cannot be loaded are left out.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> found = transfers(engine.models.model_info("street-clean"), image, image)
    >>> next(found).flipped
    0.0
    """
    for name in peers(info):
        try:
            model = load_model(name, compute)
        except EngineError:
            continue
        yield transfer(model, clean, attacked)
