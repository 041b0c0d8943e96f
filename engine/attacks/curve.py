"""What is lost to attacks of growing budgets: by the undefended model, behind a denoiser, and of what is certified."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.attacks.aims import aim_at
from engine.attacks.attempt import Attempt, attacked_input, attempt
from engine.attacks.duel import settle, size_of
from engine.attacks.verdicts import flipped
from engine.attacks.victims import BASE, SMOOTHED
from engine.certification.certificates import Certificate
from engine.certification.ledger import Ledger, ledger_of
from engine.certification.pipeline import base_prediction, noisy_prediction
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CurvePoint:
    """One budget: `share` times the radius.

    undefended: of all components, the share whose class changed; denoised: the same behind the denoiser, attacked for
    itself and asked on one noisy draw, None without one; certified: of those certified on the clean input, the share
    certified with another class; abstained: of these, the share that abstains now; both NaN where nothing was
    certified. attacked: the certificate of the attacked input.
    """

    share: float
    undefended: float
    denoised: float | None
    certified: float
    abstained: float
    attacked: Certificate


def robustness_curve(
    undefended: BaseModel,
    certified: BaseModel,
    subject: Subject,
    clean: Certificate,
    how: Attempt,
    *,
    shares: tuple[float, ...] = SHARES,
    denoised: BaseModel | None = None,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> tuple[CurvePoint, ...]:
    """Attack with budgets from 0 upwards: every model for its own curve, through the denoiser for the denoised one.

    `how` gives all but the budgets and the victims. A curve of m budgets rests on m + 1 certificates: the clean one,
    which all share, and one of every attacked input. Up to share 1 the certified curve is flat if they all hold, which
    by the union bound fails with probability at most (m + 1) alpha; `curve_ledger` adds it up.
    Raises UnknownName, InvalidSetting, Cancelled. Source: METHOD section 8.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> points = robustness_curve(model, model, image, certificate, Attempt(steps=2), shares=(0.0, 1.0))
    >>> points[0].undefended, [point.certified for point in points]
    (0.0, [0.0, 0.0])
    """
    settings = clean.settings
    before, away, away_smoothed = (
        base_prediction(undefended, subject),
        aim_at(undefended, subject),
        aim_at(certified, subject),
    )
    points = []
    for number, share in enumerate(shares):
        plain, noisy = (replace(how, share=share, victim=victim) for victim in (BASE, SMOOTHED))
        weak = attempt(undefended, subject, away, settings, plain, cancelled=cancelled).result
        strong = attempt(certified, subject, away_smoothed, settings, noisy, cancelled=cancelled).result
        changed = attacked_input(subject, strong)
        again, verdict = settle(
            certified, clean, changed, size_of(settings, subject, changed, strong),
            asked=settings.fresh("budget", number), cancelled=cancelled,
        )  # fmt: skip
        points.append(
            CurvePoint(
                share=share,
                undefended=flipped(before, base_prediction(undefended, attacked_input(subject, weak))),
                denoised=None if denoised is None else _behind(denoised, subject, clean, noisy, cancelled),
                certified=verdict.violations / verdict.certified if verdict.certified else math.nan,
                abstained=verdict.now_abstain / verdict.certified if verdict.certified else math.nan,
                attacked=again,
            )
        )
        progress(number + 1, len(shares))
    return tuple(points)


def curve_ledger(clean: Certificate, points: Sequence[CurvePoint]) -> Ledger:
    """All certificates that a curve rests on: the clean input's, once, and one of every attacked input.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> points = robustness_curve(model, model, image, certificate, Attempt(steps=1), shares=(0.0, 1.0))
    >>> ledger = curve_ledger(certificate, points)
    >>> len(ledger.entries), ledger.alpha  # 3 x 0.001
    (3, 0.003)
    """
    attacked = ((f"attacked with {point.share:g} R", point.attacked) for point in points)
    return ledger_of([("clean", clean), *attacked])


def _behind(denoised: BaseModel, subject: Subject, clean: Certificate, how: Attempt, cancelled: Cancel) -> float:
    """The share that flips behind a denoiser, attacked through it and asked on one noisy draw."""
    one = replace(how, draws=1)
    through = attempt(denoised, subject, aim_at(denoised, subject), clean.settings, one, cancelled=cancelled).result
    before, after = (
        noisy_prediction(denoised, one, clean.settings) for one in (subject, attacked_input(subject, through))
    )
    return flipped(before, after)
