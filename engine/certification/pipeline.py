"""SegCertify, the pipeline: select a class for every component, count fresh hits, test, correct, issue."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.certification.certificates import Certificate, issue
from engine.certification.decisions import Decision, decide, radius_map
from engine.certification.provenance import Provenance
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.grid import nearest
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.rng import Stage
from engine.core.version import VERSION
from engine.inputs.labels import ABSTAIN
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

_SECONDS_BETWEEN_LOOKS = 0.5
_STEADY_GAIN = 0.001
BY_HAND, TARGET_REACHED, STEADY, ALL_DRAWN = "by hand", "target reached", "steady", "all drawn"
UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When a run of an anytime mode ends by itself; any rule is sound there.

    target: certified share at which it ends, 1 or more for never. patience: it ends after so many draws in which the
    certified share grew by less than 0.1 points, 0 for never.
    """

    target: float = 1.0
    patience: int = 0

    def __post_init__(self) -> None:
        if not self.target > 0.0 or self.patience < 0:
            raise InvalidSetting(
                f"a stop rule needs target > 0 and patience >= 0, got {self.target!r} and {self.patience!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveView:
    """A look at a run under way.

    top: uint8 (*N), the class under test. hits: int32 (*N), how many of `draws` fresh draws gave it so far.
    provenance: of the run, whose times are not known yet.
    """

    settings: Settings
    provenance: Provenance
    top: NDArray[np.uint8]
    hits: NDArray[np.int32]
    draws: int

    @property
    def is_final(self) -> bool:
        """Whether this look is as good as the end; fixed-n tests must not be peeked at, there it is an estimate."""
        return self.settings.testing.anytime

    def vote_share(self) -> NDArray[np.float32]:
        """Share of the draws so far that gave `top`, float32 (*N): an estimate."""
        return (self.hits / np.float32(self.draws)).astype(np.float32)

    def at(self, tau: float | None = None) -> Decision:
        """What is certified now, for the settings' tau or, in modes that leave it free, another.

        Raises InvalidSetting in modes where a look is no certificate, or tau is not free.
        """
        if not self.is_final:
            raise InvalidSetting(f"mode {self.settings.mode} certifies nothing before its last draw")
        if tau is not None and tau != self.settings.tau and not self.settings.testing.tau_free:
            raise InvalidSetting(f"mode {self.settings.mode} certifies for tau {self.settings.tau:g} only")
        settings = self.settings if tau is None else replace(self.settings, tau=tau)
        return decide(settings, self.top, self.hits, self.draws)

    def radius_map(self) -> NDArray[np.float64]:
        """The radius up to which each component is certified now. Raises InvalidSetting in modes without bounds."""
        if not self.is_final:
            raise InvalidSetting(f"mode {self.settings.mode} certifies nothing before its last draw")
        return radius_map(self.settings, self.hits, self.draws)


def certify(
    model: BaseModel,
    subject: Subject,
    settings: Settings,
    *,
    batch: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
    enough: Cancel = never,
    stop: StopRule = StopRule(),
    live: Callable[[LiveView], None] | None = None,
) -> Certificate:
    """Certify every pixel of a working image, or every point of a working cloud.

    Args: `settings` are all fixed here, before the first draw. `batch` = 0 chooses by size and device; the counts
    do not depend on it. `progress(done, n0 + n)` is called between batches, `live` at most twice a second.
    In modes that may be stopped, the run ends early once `enough()` is true or by the rule `stop`; in the others both
    are ignored, for peeking at fixed-n tests voids them.
    Raises Cancelled between batches once `cancelled()` is true; EngineError kinds for what cannot be certified.
    Source: Fischer et al. 2021, Algorithm 2 and Theorem 5.1. What its proof gives is that certified components cannot
    be flipped; under attack they may abstain, and this project claims no more.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> certificate = certify(engine.load_model("street-noise25"), image, Settings(sigma=0.02, tau=0.6, n=40))
    >>> certificate.labels.shape, round(certificate.radius, 6)  # 0.02 * 0.2533, l2 over all pixels
    ((48, 64), 0.005067)
    """
    began = time.perf_counter()
    sampler = Sampler.of(model, subject, settings, batch=batch)
    total = settings.n0 + settings.n
    selection = sampler.votes(settings.n0, progress=lambda done, _: progress(done, total), cancelled=cancelled)
    watch = _Watch(settings=settings, stop=stop, enough=enough) if settings.testing.anytime else None
    stopped = ALL_DRAWN
    shown = time.monotonic()
    for counts in sampler.hits(selection.top, 0, settings.n, cancelled=cancelled):
        progress(settings.n0 + counts.draws, total)
        if live is not None and time.monotonic() - shown > _SECONDS_BETWEEN_LOOKS:
            shown = time.monotonic()
            hits, _ = counts.arrays()
            provenance = _provenance(model, subject, UNDER_WAY, 0.0, 0.0)
            live(LiveView(settings=settings, provenance=provenance, top=selection.top, hits=hits, draws=counts.draws))
        if watch is not None and (reason := watch.reason(selection.top, counts.hits, counts.draws)):
            stopped = reason
            break
    hits, totals = counts.arrays()
    sampled = time.perf_counter()
    decision = decide(settings, selection.top, hits, counts.draws)
    tested = time.perf_counter()
    provenance = _provenance(model, subject, stopped, sampled - began, tested - sampled)
    return issue(settings, provenance, selection, hits, totals, decision)


class _Watch:
    """Decides after every batch whether an anytime run ends. It may use all it sees: the tests allow that."""

    def __init__(self, *, settings: Settings, stop: StopRule, enough: Cancel) -> None:
        self._settings, self._stop, self._enough = settings, stop, enough
        self._automatic = stop.target < 1.0 or stop.patience > 0
        self._best, self._since = 0.0, 0

    def reason(self, top: NDArray[np.uint8], counter: Tensor, drawn: int) -> str:
        """Why it ends after `drawn` draws; empty if it goes on."""
        if drawn == self._settings.n:
            return ""
        if self._enough():
            return BY_HAND
        if not self._automatic:
            return ""
        decision = decide(self._settings, top, counter.cpu().numpy(), drawn)
        share = np.count_nonzero(decision.labels != ABSTAIN) / decision.labels.size
        if self._stop.target <= share and self._stop.target < 1.0:
            return TARGET_REACHED
        if share >= self._best + _STEADY_GAIN or share == 0.0:
            self._best, self._since = share, drawn
        return STEADY if self._stop.patience and drawn - self._since >= self._stop.patience else ""


def prediction(model: BaseModel, values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A model's answer on one input, float (*N, C), pictures around [0, 1]; uint8 (*N), and no promise.

    The input is rounded to the base model's grid first, as noisy ones are; see `engine.core.grid`.

    >>> import engine
    >>> model = engine.load_model("street-noise25")
    >>> prediction(model, np.full((48, 64, 3), 0.5, dtype=np.float32)).shape
    (48, 64)
    """
    batch = nearest(torch.from_numpy(values.astype(np.float64)))[None].to(model.compute.device)
    return model.predict(batch)[0].cpu().numpy().astype(np.uint8)


def base_prediction(model: BaseModel, subject: Subject) -> NDArray[np.uint8]:
    """The base model's own answer on the clean input, without a denoiser, uint8 (*N): no promise.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> plain, denoised = (engine.load_model(name) for name in ("street-clean", "street-clean+single"))
    >>> np.array_equal(base_prediction(denoised, image), prediction(plain, image.values))
    True
    """
    return prediction(model.undefended(), subject.values)


def noisy_prediction(model: BaseModel, subject: Subject, settings: Settings) -> NDArray[np.uint8]:
    """The base model's answer under a single draw of noise, the same for every input, uint8 (*N): no promise."""
    (predicted,) = Sampler.of(model, subject, settings).predictions(Stage.EVALUATION, 0, 1)
    return predicted[0].cpu().numpy().astype(np.uint8)


def _provenance(
    model: BaseModel, subject: Subject, stopped: str, seconds_sampling: float, seconds_testing: float
) -> Provenance:
    return Provenance(
        model=model.info.name,
        weights_sha256=model.info.weights_sha256,
        classes=model.info.labels.classes,
        input_sha256=subject.sha256,
        source_sha256=subject.source_sha256,
        source_size=subject.source_size,
        device=model.compute.device.type,
        precision=model.compute.precision,
        stopped=stopped,
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
