"""Fault 17: noise on a float32 lattice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN
from engine.audits.error_control.draws import seed_for
from engine.audits.error_control.faults._plain import HOLM
from engine.audits.error_control.faults.base import Fault, Shown
from engine.audits.error_control.judges import Judge
from engine.certification.decisions import decide
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.device import Compute
from engine.core.errors import Cancelled
from engine.core.progress import Cancel, Progress, never
from engine.core.rng import Stage
from engine.inputs import Image
from engine.inputs.images import MIN_SIDE, image_from_array
from engine.inputs.labels import ABSTAIN
from engine.models.base import BaseModel, ModelInfo

VALUE, STEP, LATTICE = 2.0**-4, 2.0**-27, 2.0**-25


class BitReader(nn.Module):
    """Heads everywhere if any value below VALUE in size is no multiple of LATTICE.

    For sigma = 1/4, float32 noise that is uniform on [-sigma, sigma] lies on multiples of LATTICE. So does VALUE, and
    so does their sum, which is exact where it is below VALUE in size: always tails. At VALUE + STEP the sum misses the
    lattice by STEP: heads, unless no value of the changed row falls below VALUE, each does with probability 1/4.
    """

    def labels(self, images: Tensor) -> Tensor:
        """int64 (B, H, W), all of an image alike."""
        off = (images.double() / LATTICE).frac() != 0.0
        heads = (off & (images.abs() < VALUE)).flatten(1).any(dim=1)
        return heads.to(torch.int64)[:, None, None].expand(-1, *images.shape[-2:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Float32Sampler(Sampler):
    """Uniform noise, drawn and added in float32, in place of the engine's."""

    def noisy_batches(self, stage: Stage, start: int, stop: int, *, cancelled: Cancel = never) -> Iterator[Tensor]:
        """All draws in one batch, float32 (stop - start, *N, C)."""
        if cancelled():
            raise Cancelled("cancelled; nothing was measured")
        generator = torch.Generator().manual_seed(seed_for(self.seed, f"{stage} {start}"))
        clean = torch.from_numpy(self.subject.values.astype(np.float32))
        noise = torch.empty(stop - start, *clean.shape).uniform_(-1.0, 1.0, generator=generator)
        yield clean + self.sigma * noise


def pictures() -> tuple[Image, Image]:
    """An image of VALUE, and the same with STEP more in every value of its first row."""
    image = image_from_array(np.full((MIN_SIDE, MIN_SIDE, 3), VALUE, dtype=np.float32))
    changed = image.pixels.copy()
    changed[0] += np.float32(STEP)
    return image, image_from_array(changed)


def flipped(kind: type[Sampler], settings: Settings) -> bool:
    """Whether a pixel is certified for one class in one picture, and for the other in the other."""
    info = ModelInfo(name="audit-bits", title="", labels=COIN, trained_sigma=0.0, weights_sha256="", card="")
    compute = Compute(device=torch.device("cpu"), precision="fp32")
    model, found = BaseModel(info=info, network=BitReader().eval(), compute=compute), []
    for step, image in enumerate(pictures()):
        own = replace(settings, seed=settings.seed + step)
        sampler = kind.of(model, image, own)
        top = sampler.votes(own.n0).top
        given = torch.cat(list(sampler.predictions(Stage.ESTIMATION, 0, own.n))).numpy()
        hits = (given == top).sum(axis=0, dtype=np.int32)
        found.append(decide(own, top, hits, own.n).labels)
    here, there = found
    return bool(((here != there) & (here != ABSTAIN) & (there != ABSTAIN)).any())


def shows(judge: Judge, settings: Settings, repetitions: int, *, progress: Progress, cancelled: Cancel) -> Shown:
    """A flip inside the radius takes a false certificate of one of the pictures: each is given half of alpha."""
    found = np.zeros((2, repetitions), dtype=bool)
    for number in range(repetitions):
        if cancelled():
            raise Cancelled("cancelled; nothing was measured")
        own = replace(settings, alpha=judge.alpha / 2, seed=seed_for(settings.seed, f"pictures {number}"))
        found[:, number] = flipped(Float32Sampler, own), flipped(Sampler, own)
        progress(number + 1, repetitions)
    faulty, sound = found
    return Shown(faulty=faulty, sound=sound, exact=None)


FAULT = Fault(
    number=17,
    name="float-lattice",
    title="Noise on a float32 lattice",
    explanation="The noise is drawn and added in float32, and the sums show the last bits of the picture. A model that "
    "reads them is certified for one class, and for the other after a change of less than R / 100,000.",
    model="one that reads the last bits",
    settings=replace(HOLM, family="l1-uniform", tau=0.6, n0=1, n=18),
    repetitions=100,
    shows=shows,
)
