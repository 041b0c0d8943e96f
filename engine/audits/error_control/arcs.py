"""Inputs under changes as a whole: base models of known probabilities, whose answers depend on the draw alone."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN
from engine.audits.error_control.draws import Draws
from engine.audits.error_control.models import Scenario
from engine.audits.error_control.places import READERS
from engine.certification.pipeline import base_prediction
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.device import Compute
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Stage
from engine.inputs.clouds import working_cloud
from engine.inputs.images import image_from_array
from engine.inputs.subject import Subject
from engine.models.base import BaseModel, ModelInfo
from engine.perturbations import families

_BATCH = 500


class ArcNetwork(nn.Module):
    """Component i is heads where place + i / count, modulo 1, is below tau; `places` of draws are uniform on [0, 1].

    So heads have probability tau everywhere, and any two of `count` components hang together in another way.
    """

    def __init__(self, tau: float, count: int, places: Callable[[Tensor], Tensor], *, pictures: bool) -> None:
        super().__init__()
        self._tau, self._count, self._places, self._pictures = tau, count, places, pictures

    def labels(self, values: Tensor) -> Tensor:
        """int64 (B, *N), 1 for heads, of float32 points (B, P, 3) or pictures (B, 3, H, W)."""
        draws = (values.movedim(1, -1) if self._pictures else values).double()
        shape = draws.shape[1:-1]
        steps = torch.arange(shape.numel(), dtype=torch.float64).reshape(shape) / self._count
        places = self._places(draws).reshape(-1, *[1] * len(shape))
        return ((places + steps).remainder(1.0) < self._tau).to(torch.int64)


def draw_arcs(
    scenario: Scenario,
    settings: Settings,
    repetitions: int,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Draws:
    """Both stages for `repetitions` families: as many draws of one input, n0 and n of them for each. Raises Cancelled.

    A draw's amounts are shared by the whole input, so families cannot lie side by side as in an image. Of a picture
    the first pixels count.
    """
    count, reader = scenario.dependence.pixels, READERS[scenario.family]
    kind = families[scenario.family].inputs[0]
    network = ArcNetwork(
        settings.tau, count, lambda draws: reader.places(draws, settings.sigma), pictures=kind == "image"
    )
    info = ModelInfo(
        name="audit-arcs",
        title="Known probabilities under changes as a whole",
        labels=COIN,
        trained_sigma=0.0,
        weights_sha256="",
        card="",
        kind=kind,
    )
    compute = Compute(device=torch.device("cpu"), precision="fp32")
    model = BaseModel(info=info, network=network.eval(), compute=compute)
    subject: Subject = (
        image_from_array(reader.clean) if kind == "image" else working_cloud(np.tile(reader.clean, (count // 3, 1)))
    )
    sampler = Sampler.of(model, subject, settings, batch=_BATCH)
    total = repetitions * (settings.n0 + settings.n)

    def heads(stage: Stage, each: int, before: int) -> NDArray[np.bool_]:
        made = np.empty((repetitions * each, count), dtype=bool)
        done = 0
        for predicted in sampler.predictions(stage, 0, len(made), cancelled=cancelled):
            made[done : done + len(predicted)] = predicted.flatten(1)[:, :count].numpy()
            done += len(predicted)
            progress(before + done, total)
        return made.reshape(repetitions, each, count)

    top = 2 * heads(Stage.SELECTION, settings.n0, 0).sum(axis=1) > settings.n0  # ties go to tails, the smaller class
    given = heads(Stage.ESTIMATION, settings.n, repetitions * settings.n0) == top[:, None]
    known = scenario.pattern.build(settings.tau, scenario.dependence.tile).ravel()
    return Draws(
        scenario=scenario,
        settings=settings,
        top=top.astype(np.uint8),
        outcomes=np.ascontiguousarray(given.swapaxes(0, 1)),
        clean=base_prediction(model, subject).ravel()[:count] == top,
        p=np.where(top, known, 1.0 - known),
    )
