"""How far beyond its certificate a smoothed model really stands: growing attacks until the first promise falls.

Attacks aim at those certified components that look weakest, each beginning at what the one before gave. Whatever comes
out is certified anew, at tau = 1/2, so that a fall is a statement and no impression; its draws are fresh, so what was
aimed at was chosen before them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import binom

from engine.attacks.attempt import attack_input, attacked_input
from engine.attacks.duel import settle
from engine.attacks.promises import check_promise, majority_question
from engine.attacks.search import Aim, AttackSettings
from engine.attacks.verdicts import Verdict, change_between
from engine.attacks.victims import POSITIONS, SMOOTHED, victim_on
from engine.certification.certificates import Certificate
from engine.certification.ledger import Ledger, ledger_of
from engine.certification.settings import Settings
from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.subject import Subject
from engine.models.base import BaseModel

_LOOKS = 16  # noisy copies by which the weakest components are found


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSearch:
    """How the edge is looked for: attacks with 1, `growth`, growth^2 ... times the radius up to `limit` times, until a
    certified component falls; then `halvings` between the largest that failed and the smallest that did.

    attack, loss, steps, draws: of each attack on the smoothed model. weakest: at how many components it aims, and which
    are watched for a lost majority.
    """

    growth: float = 1.3
    limit: float = 8.0
    halvings: int = 3
    attack: str = "pgd"
    loss: str = "ce"
    steps: int = 20
    draws: int = 4
    weakest: int = 16

    def __post_init__(self) -> None:
        if not self.growth > 1.0 or not self.limit >= 1.0 or min(self.halvings + 1, self.weakest) < 1:
            raise InvalidSetting("an edge is looked for with growth > 1, limit >= 1, halvings >= 0, weakest >= 1")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Probe:
    """One attack of the search. share: its budget, in units of the radius; size: of the change, in the radius' unit.

    lost: how many of the watched components are shown to give their certified class at most half of the probability
    now; all such statements of one probe hold at once with probability 1 - alpha, beside the certificate's own.
    verdict: of `attacked`, the certificate of what came out.
    """

    share: float
    size: float
    lost: int
    verdict: Verdict
    attacked: Certificate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmpiricalRadius:
    """What was found beside the certified radius, in its unit.

    flipped: the size of the smallest change that was found after which a certified component is certified with another
    class; lost: the same for one that is shown to have lost the majority, which comes before or with it. None: not
    found up to the limit. What was not found may exist all the same.
    """

    certified: float
    flipped: float | None
    lost: float | None
    probes: tuple[Probe, ...]

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: sizes, and what of each probe. gap: `flipped` over `certified`, None where nothing fell."""
        return {
            "certified": self.certified,
            "flipped": self.flipped,
            "lost_majority": self.lost,
            "gap": None if self.flipped is None else self.flipped / self.certified,
            "probes": [
                {"size": probe.size, "lost_majority": probe.lost, **asdict(probe.verdict)} for probe in self.probes
            ],
        }

    def ledger(self, clean: Certificate) -> Ledger:
        """All certificates that the search made, and the clean input's."""
        attacked = ((f"attacked with {probe.share:.3g} R", probe.attacked) for probe in self.probes)
        return ledger_of([("clean", clean), *attacked])


def empirical_radius(
    model: BaseModel,
    subject: Subject,
    clean: Certificate,
    how: EdgeSearch | None = None,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> EmpiricalRadius:
    """Look for the smallest change that breaks what the certificate of an input promises within its radius only.

    model: the one that `clean` certifies. progress: of the probes, of which there may be fewer. Each has a certificate
    with noise of its own, at the clean one's alpha and for tau = 1/2: which class has the majority.
    Raises InvalidInput where nothing is certified, InvalidSetting for certificates without such a promise, with angles,
    or from too few draws to show a majority, UnknownName, Cancelled. Source: METHOD section 8.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-noise25")
    >>> certificate = engine.certify(model, image, engine.Settings(sigma=0.02, tau=0.6, n=40))
    >>> found = empirical_radius(model, image, certificate, EdgeSearch(limit=1.0, halvings=0, steps=2))
    >>> found.flipped is None, [probe.verdict.violations for probe in found.probes]  # within the radius nothing falls
    (True, [0])
    """
    how = how or EdgeSearch()
    check_promise(clean.settings)
    _ = clean.settings.noise.norm
    if not clean.certified.any():
        raise InvalidInput("nothing is certified, so no promise has an edge to be looked for")
    hunt = _EdgeHunt(model, subject, clean, how, cancelled)
    shares = [how.growth**power for power in range(1 + int(np.log(how.limit) / np.log(how.growth) + 1e-9))]
    total = len(shares) + 2 * how.halvings
    for share in shares:
        probe = hunt.probe(share)
        progress(len(hunt.probes), total)
        if probe.verdict.violations:
            break
    for fell in (_lost, _flipped):
        for _ in range(how.halvings):
            between = hunt.between(fell)
            if between is None:
                break
            hunt.probe(between)
            progress(len(hunt.probes), total)
    return EmpiricalRadius(
        certified=clean.radius, flipped=hunt.smallest(_flipped), lost=hunt.smallest(_lost), probes=tuple(hunt.probes)
    )


def _flipped(probe: Probe) -> bool:
    return probe.verdict.violations > 0


def _lost(probe: Probe) -> bool:
    return probe.lost > 0 or probe.verdict.violations > 0


class _EdgeHunt:
    """The probes so far, and how the next one is made."""

    def __init__(
        self, model: BaseModel, subject: Subject, clean: Certificate, how: EdgeSearch, cancelled: Cancel
    ) -> None:
        self._model, self._subject, self._clean, self._how, self._cancelled = model, subject, clean, how, cancelled
        self._own = clean.settings.fresh("edge")
        self._x = np.array(subject.values[..., :POSITIONS])
        self._found: dict[float, NDArray[np.float32]] = {}
        self.probes: list[Probe] = []

    def probe(self, share: float) -> Probe:
        """Attack with so many times the radius, and certify what comes out."""
        how, settings, own = self._how, self._clean.settings, self._own.fresh("probe", len(self.probes))
        start = self._start(share)
        watched = self._weakest(self._x if start is None else start, own)
        aim = Aim(labels=self._clean.top.astype(np.int64), mask=watched)
        wanted = AttackSettings(
            budget=share * self._clean.radius, norm=settings.noise.norm, loss=how.loss, steps=how.steps,
            seed=own.streams.number(),
        )  # fmt: skip
        result = attack_input(
            self._model, self._subject, aim, wanted, name=how.attack, victim=SMOOTHED, noise=settings.family,
            sigma=settings.sigma, draws=how.draws, start=start, cancelled=self._cancelled,
        )  # fmt: skip
        changed = attacked_input(self._subject, result)
        size = change_between(settings, self._subject.values, changed.values)
        attacked, verdict = settle(
            self._model,
            self._clean,
            changed,
            {settings.noise.norm: size},
            asked=self._asked(own),
            cancelled=self._cancelled,
        )
        self._found[share] = result.adversarial
        lost = int(majority_lost(self._clean, attacked, watched).sum())
        self.probes.append(Probe(share=share, size=size, lost=lost, verdict=verdict, attacked=attacked))
        return self.probes[-1]

    def _asked(self, own: Settings) -> Settings:
        """Which class has the majority at the attacked input: the least that would break a promise within R."""
        return majority_question(own, self._clean.labels.size, n0=own.n0, n=own.n)

    def between(self, fell: Callable[[Probe], bool]) -> float | None:
        """Half way between the smallest share that made something fall and the largest below it that did not."""
        fallen = [probe.share for probe in self.probes if fell(probe)]
        if not fallen or min(fallen) <= 1.0:
            return None
        below = [probe.share for probe in self.probes if probe.share < min(fallen)]
        return float(np.sqrt(min(fallen) * max(below, default=1.0)))

    def smallest(self, fell: Callable[[Probe], bool]) -> float | None:
        return min((probe.size for probe in self.probes if fell(probe)), default=None)

    def _start(self, share: float) -> NDArray[np.float32] | None:
        """What the nearest share gave, its change scaled to this one."""
        if not self._found:
            return None
        near = min(self._found, key=lambda other: abs(np.log(other / share)))
        return (self._x + np.float32(share / near) * (self._found[near] - self._x)).astype(np.float32)

    def _weakest(self, values: NDArray[np.float32], own: Settings) -> NDArray[np.bool_]:
        """The certified components whose class has the least probability on average over a few noisy copies."""
        victim = victim_on(
            self._model, self._subject, SMOOTHED, noise=own.noise, sigma=own.sigma, draws=_LOOKS
        )  # fmt: skip
        randomness = torch.Generator(victim.device).manual_seed(own.streams.number(1))
        with torch.no_grad():
            shares = (
                victim.logits(torch.from_numpy(values.copy()).to(victim.device), randomness).softmax(dim=1).mean(dim=0)
            )
        labels = torch.from_numpy(self._clean.top.astype(np.int64)).to(shares.device)
        own_share = shares.gather(0, labels[None])[0].cpu().numpy()
        order = np.argsort(np.where(self._clean.certified, own_share, np.inf), axis=None, kind="stable")
        chosen = np.zeros(labels.shape, dtype=bool)
        chosen.flat[order[: self._how.weakest]] = True
        return chosen & self._clean.certified


def majority_lost(clean: Certificate, attacked: Certificate, watched: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the class of the clean certificate is shown to have at most half of the probability at an attacked input.

    watched: bool (*N), the components that are asked about, chosen without a look at the attacked certificate's test
    draws; all that is shown of them holds at once with probability 1 - alpha. The class had at most the hits that are
    recorded of it, or what the hits of another class leave. Returns bool (*N), part of `watched`.
    """
    settings, count = attacked.settings, max(1, int(watched.sum()))
    most = np.where(attacked.top == clean.top, attacked.hits, attacked.draws - attacked.hits)
    least = 0.5 - settings.misplaced(watched.size)
    return watched & clean.certified & (binom.cdf(most, attacked.draws, least) <= settings.alpha / count)
