"""How often a base model keeps its answer under random changes: exact lower bounds for all components at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.certification.pipeline import base_prediction
from engine.certification.sampling import Sampler
from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.frequency.law import ChangeLaw
from engine.inputs.subject import Subject
from engine.models.base import BaseModel
from engine.stats.modes import Mode, modes
from engine.stats.planner import smallest_useful_n, useful_n

STREAM = "changes"
_CORRECTION = "bonferroni"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HowOften:
    """What was counted under a law of random changes, and what follows from it.

    answers: uint8 (*N), the base model's answer on the unchanged input. hits: int32 (*N), how many of `draws` changes
    left it. p_i is the probability that the answer at i under a random change is that on the unchanged input. anytime:
    whether the bounds hold at every moment of the run, so that it may have been stopped on sight.
    """

    law: ChangeLaw
    answers: NDArray[np.uint8]
    hits: NDArray[np.int32]
    draws: int
    alpha: float
    seed: int
    anytime: bool

    def estimates(self) -> NDArray[np.float64]:
        """The share of draws that left the answer, float64 (*N): an estimate of p_i."""
        return self.hits / self.draws

    def bounds(self) -> NDArray[np.float64]:
        """Lower bounds of p_i, float64 (*N), rounded down: all hold at once with probability at least 1 - alpha.

        They assume nothing but that the draws are independent. At a fixed number of draws they are those of Clopper and
        Pearson at level alpha / N; of an anytime run a confidence sequence at that level. Source: METHOD, section 3.
        """
        seen, where = np.unique(self.hits, return_inverse=True)
        rule = _mode(self.anytime).bounds
        assert rule is not None
        found = rule(seen.astype(np.int64), self.draws, self.alpha / self.hits.size)
        return found[where].reshape(self.hits.shape)

    def share_kept(self, share: float) -> float:
        """The share of components whose bound shows that they keep their answer in at least `share` of the changes."""
        return float(np.count_nonzero(self.bounds() >= share) / self.hits.size)

    @property
    def claim(self) -> str:
        """What is sure, in a sentence for people."""
        when = " at every moment of the run" if self.anytime else ""
        return (
            f"With probability at least {_percent(1.0 - self.alpha)} over the draws, all {self.hits.size:,} lower "
            f"bounds hold at once{when}; the changes are random, not adversarial: nothing is promised about the worst."
        )


def how_often(
    model: BaseModel,
    subject: Subject,
    law: ChangeLaw,
    *,
    draws: int,
    alpha: float = 0.001,
    seed: int = 0,
    anytime: bool = False,
    stop: Callable[[HowOften], bool] | None = None,
    batch: int = 0,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> HowOften:
    """Count how often each component keeps its answer under a law of random changes.

    The base model is asked without smoothing and without a denoiser. A law that was chosen after a look at a result
    needs another seed. stop: asked after every batch of an anytime run, which ends once it is true, whatever it is
    decided by. batch = 0 chooses by size and device; counts do not depend on it. Memory is one batch and one counter
    per component. Raises InvalidSetting for draws, alpha or a seed out of bounds, a `stop` without `anytime`, and a law
    for another kind of input; InvalidInput for a model of another kind, or one whose answers depend on the batch;
    Cancelled between batches once `cancelled()` is true. Source: Clopper and Pearson 1934; METHOD, section 3.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> nothing = ChangeLaw.parse("brightness=0,gamma=1")
    >>> made = how_often(engine.load_model("street-clean"), image, nothing, draws=30)
    >>> made.estimates().min(), round(float(made.bounds().min()), 4)  # (0.001 / 3,072)^(1 / 30)
    (np.float64(1.0), 0.6078)
    """
    for name, value in (("n", draws), ("alpha", alpha), ("seed", seed)):
        if not BOUNDS[name].contains(value):
            raise InvalidSetting(f"{'draws' if name == 'n' else name} must lie in {BOUNDS[name]}, got {value!r:.40}")
    if stop is not None and not anytime:
        raise InvalidSetting("bounds at a fixed number of draws hold after the last one only; to stop, choose anytime")
    sampler = sampler_of(model, subject, law, seed=seed, batch=batch)
    answers = base_prediction(model, subject)
    for counts in sampler.hits(answers, 0, draws, progress=progress, cancelled=cancelled):
        if stop is None and counts.draws < draws:
            continue
        hits, _ = counts.arrays()
        made = HowOften(
            law=law, answers=answers, hits=hits, draws=counts.draws, alpha=alpha, seed=seed, anytime=anytime
        )  # fmt: skip
        if stop is not None and stop(made):
            break
    return made


def sampler_of(model: BaseModel, subject: Subject, law: ChangeLaw, *, seed: int, batch: int = 0) -> Sampler:
    """Draws of the undefended model under the law. Raises as `how_often`, for kinds."""
    model.info.check_kind(subject.kind)
    law.check_input(subject.kind)
    return Sampler(
        model=model.undefended(), subject=subject, family=law, sigma=0.0, seed=seed, stream=STREAM, batch=batch
    )  # fmt: skip


def check_draws(
    draws: int, components: int, *, share: float = 0.99, alpha: float = 0.001, anytime: bool = False
) -> None:
    """Raises InvalidSetting where so few draws show of none of so many components that it keeps its answer in `share`
    of the changes, even if all of them did in all draws; its sentence names a number of draws that is worth making.

    At a fixed number of draws n, all of which agree, that takes share^n <= alpha / components.

    >>> check_draws(1807, 320 * 240)  # ln(0.001 / 76,800) / ln(0.99) = 1,806.6
    >>> check_draws(353, 320 * 240, share=0.95)
    Traceback (most recent call last):
    engine.core.errors.InvalidSetting: 353 draws show of none of 76,800 components that it keeps its answer in 95 % of \
the changes: take 650 (354 at the least), or a smaller share
    """
    needed, worth_it = draws_for(components, share=share, alpha=alpha, anytime=anytime)
    if draws < needed:
        raise InvalidSetting(
            f"{draws:,} draws show of none of {components:,} components that it keeps its answer in {_percent(share)} "
            f"of the changes: take {worth_it} ({needed} at the least), or a smaller share"
        )


def draws_for(components: int, *, share: float, alpha: float, anytime: bool) -> tuple[int, int]:
    """The fewest draws that show anything, and how many are worth making.

    With the latter a component that loses its answer a tenth as often as allowed is shown with probability 0.9. Raises
    InvalidSetting where no number that may be set is enough, or the share lies outside (0, 1).

    >>> draws_for(320 * 240, share=0.99, alpha=0.001, anytime=False)  # ln(0.001 / 76,800) / ln(0.99) = 1,806.6
    (1807, 3260)
    """
    if not 0.0 < share < 1.0:
        raise InvalidSetting(
            f"the share of changes must lie in (0, 1), got {share!r:.40}: no number of draws shows all"
        )
    asked = {"tau": share, "alpha": alpha, "components": components, "mode_name": _mode(anytime).name}
    try:
        needed = smallest_useful_n(**asked, correction_name=_CORRECTION)  # type: ignore[arg-type]
    except InvalidSetting:
        needed = 0
    if not BOUNDS["n"].contains(needed):
        raise InvalidSetting(f"no number of draws in {BOUNDS['n']} shows a share of {share:g}: choose a smaller one")
    worth_it = useful_n(**asked, correction_name=_CORRECTION)  # type: ignore[arg-type]
    return needed, min(worth_it, math.floor(BOUNDS["n"].high))


def _mode(anytime: bool) -> Mode:
    return modes["free" if anytime else "explore"]


def _percent(share: float) -> str:
    return f"{round(100.0 * share, 10):.12g} %"
