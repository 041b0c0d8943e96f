"""What is lost to attacks of growing budgets: by the undefended model, behind a denoiser, and of what is certified."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.attacks.aims import aim_at
from engine.attacks.attempt import Attempt, Found, attacked_input, attempt
from engine.attacks.duel import change_of, settle
from engine.attacks.search import AttackResult
from engine.attacks.verdicts import certified_bound, flipped
from engine.attacks.victims import BASE, SMOOTHED
from engine.certification.certificates import Certificate
from engine.certification.ledger import Ledger, ledger_of
from engine.certification.pipeline import base_prediction, noisy_prediction
from engine.certification.sampling import Sampler
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurvePoint:
    """One budget: `share` times the radius.

    undefended: of all components, the share whose class changed, in the worst that was found up to this budget;
    denoised: the same behind the denoiser, attacked for itself and asked on one noisy draw, None without one.
    certified_bound: of all components, the share that no change of this size can flip: a guarantee of the clean input's
    certificate.
    outvoted: of those certified on the clean input, the share to which most of n0 noisy draws of the attacked one give
    another class: an estimate, and no verdict on the promise.
    certified: of the same, the share certified with another class; abstained: the share that abstains now; attacked:
    the certificate of the attacked input. None where the attacked input was not certified; the shares of what was
    certified also where nothing was.
    """

    share: float
    undefended: float
    denoised: float | None
    certified_bound: float
    outvoted: float | None
    certified: float | None
    abstained: float | None
    attacked: Certificate | None


def curve_points(
    undefended: BaseModel,
    certified: BaseModel,
    subject: Subject,
    clean: Certificate,
    how: Attempt,
    *,
    shares: Sequence[float] = SHARES,
    certify_at: Collection[float] | None = None,
    denoised: BaseModel | None = None,
    number: int = 0,
    cancelled: Cancel = never,
) -> Iterator[CurvePoint]:
    """Attack with budgets from 0 upwards, a point at a time: every model for its own curve, through the denoiser for
    the denoised one.

    `how` gives all but the budgets and the victims; its attacks at one budget begin at what the one before gave, scaled
    up. shares: rising. certify_at: at which of them the attacked input is certified too, None for all; elsewhere
    `outvoted` alone tells of the smoothed model. number: of this curve among those on the same certificate; what each
    attacks is certified under noise of its own. A curve rests on the clean certificate, which all budgets share, and
    one of every attacked input that is certified. Up to share 1 the certified curve is flat if they all hold, which by
    the union bound fails with probability at most their number times alpha; `curve_ledger` adds it up.
    Raises UnknownName, InvalidSetting, Cancelled. Source: METHOD section 8.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> point = next(curve_points(model, model, image, certificate, Attempt(steps=2), certify_at=()))
    >>> point.share, point.undefended, point.certified
    (0.0, 0.0, None)
    """
    settings, top = clean.settings, clean.labels
    plain, smoothed = replace(how, victim=BASE), replace(how, victim=SMOOTHED)
    lines = [
        _Line(undefended, subject, clean, plain, lambda it: base_prediction(undefended, it)),
        _Line(certified, subject, clean, smoothed, None),
    ]
    if denoised is not None:
        one_draw = replace(smoothed, draws=1)
        lines.append(_Line(denoised, subject, clean, one_draw, lambda it: noisy_prediction(denoised, it, settings)))
    for place, share in enumerate(shares):
        for line in lines:
            line.go_on(share, cancelled)
        changed, asked, again = lines[1].changed, settings.fresh("budget", number * len(shares) + place), None
        lost = kept_out = None
        if certify_at is None or share in certify_at:
            again, verdict = settle(certified, clean, changed, lines[1].change, asked=asked, cancelled=cancelled)
            if verdict.certified:
                lost, kept_out = verdict.violations / verdict.certified, verdict.now_abstain / verdict.certified
        votes = (
            Sampler.of(certified, changed, asked).votes(settings.n0, cancelled=cancelled) if again is None else again
        )
        yield CurvePoint(
            share=share,
            undefended=lines[0].worst,
            denoised=None if denoised is None else lines[2].worst,
            certified_bound=certified_bound(clean, share * settings.radius),
            outvoted=flipped(top, votes.top.astype(top.dtype), clean.certified) if clean.certified.any() else None,
            certified=lost,
            abstained=kept_out,
            attacked=again,
        )


class _Line:
    """One model under growing budgets. changed: the attacked input as it stands, by `change` from the clean one. worst:
    the largest share of its answers that changed so far, where `answer` gives them."""

    def __init__(
        self,
        model: BaseModel,
        subject: Subject,
        clean: Certificate,
        how: Attempt,
        answer: Callable[[Subject], NDArray[np.uint8]] | None,
    ) -> None:
        self._model, self._subject, self._clean, self._how, self._answer = model, subject, clean, how, answer
        self._aim = aim_at(model, subject)
        self._before = None if answer is None else answer(subject)
        self._last: tuple[float, Found] | None = None
        self.changed, self.worst = subject, 0.0
        self.change: Mapping[str, float] = {}

    def go_on(self, share: float, cancelled: Cancel) -> None:
        """To a budget that is no smaller."""
        if share == 0.0:
            return
        settings, how = self._clean.settings, replace(self._how, share=share)
        found = attempt(
            self._model, self._subject, self._aim, settings, how, start=self._start(share), cancelled=cancelled
        ).result
        changed = attacked_input(self._subject, found)
        if self._answer is None or self._before is None:
            self._last, self.changed, self.change = (
                (share, found),
                changed,
                change_of(settings, self._subject, changed, found),
            )
            return
        lost = flipped(self._before, self._answer(changed))
        if lost >= self.worst:
            self._last, self.changed, self.worst = (share, found), changed, lost

    def _start(self, share: float) -> NDArray[np.float32] | None:
        """The last result, its change as much larger as the budget is; None where there is none."""
        smaller, found = self._last or (0.0, None)
        if not isinstance(found, AttackResult):
            return None
        x = np.array(self._subject.values[..., : found.adversarial.shape[-1]], dtype=np.float64)
        return (x + (share / smaller) * (found.adversarial - x)).astype(np.float32)


def robustness_curve(
    undefended: BaseModel,
    certified: BaseModel,
    subject: Subject,
    clean: Certificate,
    how: Attempt,
    *,
    shares: Sequence[float] = SHARES,
    certify_at: Collection[float] | None = None,
    denoised: BaseModel | None = None,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> tuple[CurvePoint, ...]:
    """All of `curve_points`, which see.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> points = robustness_curve(model, model, image, certificate, Attempt(steps=2), shares=(0.0, 1.0))
    >>> points[0].undefended, [point.certified for point in points]
    (0.0, [0.0, 0.0])
    """
    points = []
    for point in curve_points(
        undefended, certified, subject, clean, how, shares=shares, certify_at=certify_at, denoised=denoised,
        cancelled=cancelled,
    ):  # fmt: skip
        points.append(point)
        progress(len(points), len(shares))
    return tuple(points)


def curve_ledger(clean: Certificate, points: Sequence[CurvePoint]) -> Ledger:
    """All certificates that a curve rests on: the clean input's, once, and one of every attacked input that has one.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> points = robustness_curve(model, model, image, certificate, Attempt(steps=1), shares=(0.0, 1.0))
    >>> ledger = curve_ledger(certificate, points)
    >>> len(ledger.entries), ledger.alpha  # 3 x 0.001
    (3, 0.003)
    """
    attacked = ((f"attacked with {point.share:g} R", point.attacked) for point in points)
    return ledger_of([("clean", clean), *((name, found) for name, found in attacked if found is not None)])
