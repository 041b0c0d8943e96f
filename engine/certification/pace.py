"""How long a draw takes here: a short trial, for estimates of time before a run."""

import math
import time
from collections.abc import Callable, Mapping

import numpy as np

from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.device import synchronise
from engine.inputs.images import image_from_array
from engine.inputs.subject import Kind, Subject
from engine.models.base import BaseModel

TRIED_SIGMA: Mapping[Kind, float] = {"image": 0.25, "cloud": 0.05}
_TRIAL_SIZE = (120, 160)


def measure_pace(model: BaseModel, subject: Subject | None = None) -> float:
    """Seconds per draw and component of this model here, for estimates of time: a short trial on that image or shape,
    or on a small plain image. Raises InvalidInput for a model of the other kind.

    >>> import engine, torch
    >>> from dataclasses import replace
    >>> tiny = replace(engine.load_model("street-noise25"), network=torch.nn.Conv2d(3, 11, 1))  # one layer
    >>> 0.0 < 110 * 320 * 240 * measure_pace(tiny) < 60.0  # seconds of 110 draws at 320 x 240 pixels
    True
    """
    tried = subject or image_from_array(np.full((*_TRIAL_SIZE, 3), 0.5, dtype=np.float32))
    sampler = Sampler.of(model, tried, Settings(sigma=TRIED_SIGMA[tried.kind]))
    draws = sampler.batch_size()

    def trial() -> None:
        sampler.votes(draws)
        synchronise(model.compute)

    trial()
    return seconds_of(trial) / (draws * math.prod(tried.shape))


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
