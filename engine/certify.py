"""SegCertify, the pipeline: select a class for every component, count fresh hits, test, correct, issue."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import torch
from numpy.typing import NDArray

from engine.certificates import Certificate, Provenance, decide, issue
from engine.config import Settings
from engine.models.base import BaseModel
from engine.perturbations import family
from engine.sampling import Sampler
from engine.types import Cancel, Image, Progress, never, unheard
from engine.version import VERSION


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveView:
    """A look at a run under way: an estimate, never a certificate (fixed-n tests must not be peeked at).

    top: uint8 (H, W). vote_share: float32 (H, W), share of the draws so far that gave `top`. done, total: draws.
    """

    top: NDArray[np.uint8]
    vote_share: NDArray[np.float32]
    done: int
    total: int


def segcertify(
    model: BaseModel,
    image: Image,
    settings: Settings,
    *,
    batch: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
    live: Callable[[LiveView], None] | None = None,
) -> Certificate:
    """Certify every pixel of a working image.

    Args: `settings` are all fixed here, before the first draw. `batch` = 0 chooses by size and device; the result
    does not depend on it. `progress(done, n0 + n)` is called between batches, `live` at most twice a second.
    Raises Cancelled between batches once `cancelled()` is true; EngineError kinds for what cannot be certified.
    Source: Fischer et al. 2021, Algorithm 2 and Theorem 5.1. What its proof gives is that certified components cannot
    be flipped; under attack they may abstain, and this project claims no more.
    """
    began = time.perf_counter()
    sampler = Sampler(
        model=model,
        image=image,
        family=family(settings.family),
        sigma=settings.sigma,
        seed=settings.seed,
        batch=batch,
    )
    total = settings.n0 + settings.n
    selection = sampler.votes(settings.n0, progress=lambda done, _: progress(done, total), cancelled=cancelled)
    counter = torch.zeros(0, dtype=torch.int32)
    shown = time.monotonic()
    for done, counter in sampler.hits(selection.top, 0, settings.n, cancelled=cancelled):
        progress(settings.n0 + done, total)
        if live is not None and time.monotonic() - shown > 0.5:
            shown = time.monotonic()
            share = (counter / done).to(torch.float32).cpu().numpy()
            live(LiveView(top=selection.top, vote_share=share, done=settings.n0 + done, total=total))
    hits = counter.cpu().numpy()
    sampled = time.perf_counter()
    decision = decide(settings, selection.top, hits)
    tested = time.perf_counter()
    provenance = _provenance(model, image, sampled - began, tested - sampled)
    return issue(settings, provenance, selection, hits, decision)


def base_prediction(model: BaseModel, image: Image) -> NDArray[np.uint8]:
    """The base model's own answer on the clean image, uint8 (H, W): nothing is certified about it."""
    batch = torch.from_numpy(np.array(image.pixels))[None].to(model.compute.device)
    return model.predict(batch)[0].cpu().numpy().astype(np.uint8)


def _provenance(model: BaseModel, image: Image, seconds_sampling: float, seconds_testing: float) -> Provenance:
    return Provenance(
        model=model.info.name,
        weights_sha256=model.info.weights_sha256,
        classes=model.info.labels.classes,
        input_sha256=image.sha256,
        source_sha256=image.source_sha256,
        source_size=image.source_size,
        device=model.compute.device.type,
        precision=model.compute.precision,
        versions={
            "certiscope": VERSION,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
        seconds_sampling=seconds_sampling,
        seconds_testing=seconds_testing,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
