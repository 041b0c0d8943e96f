"""Clouds under random rotations: base models of known probabilities, whose answers depend on the turn alone."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN
from engine.audits.error_control.draws import Draws
from engine.audits.error_control.models import Scenario
from engine.certification.pipeline import base_prediction
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.device import Compute
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Stage
from engine.inputs.clouds import working_cloud
from engine.models.base import BaseModel, ModelInfo

TURNS = ("rotation-axis", "so3", "so3-uniform")
"""The families that it knows the law of."""
_BATCH = 500


class ArcNetwork(nn.Module):
    """Point i of P is heads where place + i / P, modulo 1, is below tau; `place` of the turn is uniform on [0, 1].

    So heads have probability tau at every point, and any two points hang together in another way. The first three
    points are the unit vectors before the turn, so they are the columns of its matrix afterwards.

    Of `rotation-axis` and `so3` the turn is exp([v]x), and the part of v along z, of law N(0, sigma^2), is read off the
    matrix: place = cdf(v_z / sigma). That is v itself while |v| < pi, which fails for sigma = 1/4 with probability
    below 1e-32. Of `so3-uniform` the unit vector z is turned to a uniform point of the sphere, whose z is uniform on
    [-1, 1] (Archimedes): place = (1 + z) / 2.
    """

    def __init__(self, tau: float, sigma: float, *, uniform: bool) -> None:
        super().__init__()
        self._tau, self._sigma, self._uniform = tau, sigma, uniform

    def labels(self, points: Tensor) -> Tensor:
        """int64 (B, P), 1 for heads, of float32 (B, P, 3)."""
        steps = torch.arange(points.shape[1], dtype=torch.float64) / points.shape[1]
        places = self.places(points[:, :3].double().mT)
        return ((places[:, None] + steps).remainder(1.0) < self._tau).to(torch.int64)

    def places(self, turns: Tensor) -> Tensor:
        """float64 (B,), of rotation matrices, float64 (B, 3, 3)."""
        if self._uniform:
            return (1.0 + turns[:, 2, 2]) / 2.0
        skew = turns - turns.mT  # 2 sin(angle) times the matrix of the axis
        twice_sine = torch.stack((skew[:, 2, 1], skew[:, 0, 2], skew[:, 1, 0])).norm(dim=0)
        angle = torch.atan2(twice_sine, turns.diagonal(dim1=1, dim2=2).sum(dim=1) - 1.0)
        along_z = skew[:, 1, 0] / (2.0 * torch.sinc(angle / torch.pi))
        return torch.special.ndtr(along_z / self._sigma)


def draw_turned(
    scenario: Scenario,
    settings: Settings,
    repetitions: int,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Draws:
    """Both stages for `repetitions` families: as many draws of one cloud, n0 and n of them for each. Raises Cancelled.

    A rotation is shared by the whole cloud, so families cannot lie side by side as in an image.
    """
    points = scenario.dependence.pixels
    network = ArcNetwork(settings.tau, settings.sigma, uniform=scenario.family == "so3-uniform")
    info = ModelInfo(
        name="audit-turns",
        title="Known probabilities under rotations",
        labels=COIN,
        trained_sigma=0.0,
        weights_sha256="",
        card="",
        kind="cloud",
    )
    compute = Compute(device=torch.device("cpu"), precision="fp32")
    model = BaseModel(info=info, network=network.eval(), compute=compute)
    cloud = working_cloud(np.tile(np.eye(3, dtype=np.float32), (points // 3, 1)))
    sampler = Sampler.of(model, cloud, settings, batch=_BATCH)
    total = repetitions * (settings.n0 + settings.n)

    def heads(stage: Stage, each: int, before: int) -> NDArray[np.bool_]:
        made = np.empty((repetitions * each, points), dtype=bool)
        done = 0
        for predicted in sampler.predictions(stage, 0, len(made), cancelled=cancelled):
            made[done : done + len(predicted)] = predicted.numpy()
            done += len(predicted)
            progress(before + done, total)
        return made.reshape(repetitions, each, points)

    top = 2 * heads(Stage.SELECTION, settings.n0, 0).sum(axis=1) > settings.n0  # ties go to tails, the smaller class
    given = heads(Stage.ESTIMATION, settings.n, repetitions * settings.n0) == top[:, None]
    known = scenario.pattern.build(settings.tau, scenario.dependence.tile).ravel()
    return Draws(
        scenario=scenario,
        settings=settings,
        top=top.astype(np.uint8),
        outcomes=np.ascontiguousarray(given.swapaxes(0, 1)),
        clean=base_prediction(model, cloud) == top,
        p=np.where(top, known, 1.0 - known),
    )
