"""The settings of a certification run, with their bounds. They are fixed before any noise is drawn."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting
from engine.core.rng import Streams
from engine.perturbations import Family, Region, families
from engine.stats.corrections import Correction, corrections
from engine.stats.corrections.base import tolerated
from engine.stats.modes import Mode, modes
from engine.stats.planner import smallest_useful_n, useful_n

_PURPOSE = "[a-z]+(?: [a-z]+)? [0-9]{1,15}"
_STREAM = re.compile(f"(?:{_PURPOSE}(?:/{_PURPOSE}){{0,11}})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of SegCertify. Raises InvalidSetting naming the rule, the value and the allowed set.

    sigma: strength of the smoothing noise, whose meaning the family tells; of l2 its standard deviation, in units of
    pixel intensities in [0, 1] or of the radius of a shape.
    tau: a class is certified only if its probability under noise is shown to exceed this.
    n0, n: draws for choosing each component's class, and fresh draws for testing it; the most that are drawn in a mode
    that may be stopped.
    alpha: allowed probability of the error that the correction controls: for most, that the class of any certified
    component does not exceed tau.
    mode: name in `engine.stats.modes`. correction: name in `engine.stats.corrections`.
    budget: false certificates that are tolerated by the corrections that take a budget: a whole number, or, below 1,
    a share of the components. family: name in `engine.perturbations`. strength: of a family's second noise; None: of
    its default.
    seed, stream: decide all noise; settings chosen after looking at a result need another seed, or alpha does not hold.
    stream: names one of the runs that share a seed, such as "example 3/attacked 0"; see `fresh`.
    size: longer side of the working image, in pixels; images are never enlarged. points: how many points a working
    cloud has at most.

    Source: Fischer, Baader, Vechev 2021, Algorithm 2.

    >>> settings = Settings(sigma=0.25, tau=0.75, alpha=0.001)
    >>> round(settings.radius, 4), settings.smallest_useful_n(320 * 240)  # 0.25 * 0.6745; 0.75^64 <= 0.001 / 76,800
    (0.1686, 64)
    >>> Settings.from_dict(settings.as_dict()) == settings
    True
    """

    sigma: float = 0.25
    tau: float = 0.75
    n0: int = 10
    n: int = 100
    alpha: float = 0.001
    mode: str = "fixed"
    correction: str = "holm"
    budget: float = 0
    family: str = "l2"
    seed: int = 0
    size: int = 320
    points: int = 2048
    stream: str = ""
    strength: float | None = None

    def __post_init__(self) -> None:
        for name, bound in BOUNDS.items():
            value = getattr(self, name)
            whole = name in ("n0", "n", "seed", "size", "points")
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
                kind = "a whole number" if whole else "a number"
                raise InvalidSetting(f"{name} must be {kind} in {bound}, got {value!r:.40}")
            if not bound.contains(value):  # NaN and infinities are in no bound
                raise InvalidSetting(f"{name} must lie in {bound}, got {value!r:.40}")
        if not isinstance(self.stream, str) or not _STREAM.fullmatch(self.stream):
            raise InvalidSetting(
                f"a stream is words and numbers, such as 'example 3/attacked 0', got {self.stream!r:.40}"
            )
        number = isinstance(self.strength, (int, float)) and not isinstance(self.strength, bool)
        if self.strength is not None and not (number and math.isfinite(self.strength)):
            raise InvalidSetting(f"strength must be a number, or None, got {self.strength!r:.40}")
        chosen, testing = self.procedure, self.testing
        _ = self.noise
        if testing.anytime and not chosen.stoppable:
            raise InvalidSetting(
                f"the claim of {self.correction} does not survive a stop that has looked at the data; mode {self.mode} "
                "needs another correction"
            )
        if not testing.takes(chosen):
            usable = [name for name, entry in corrections.items() if testing.takes(entry)]
            raise InvalidSetting(
                f"mode {self.mode} holds for every tau at once and needs a single-step correction "
                f"({', '.join(usable)}), got {self.correction!r}"
            )
        if self.budget and not chosen.budgeted:
            usable = [name for name, entry in corrections.items() if entry.budgeted]
            raise InvalidSetting(f"an error budget needs correction {' or '.join(usable)}, got {self.correction!r}")
        if self.budget >= 1 and self.budget != int(self.budget):
            raise InvalidSetting(f"budget must be a whole number, or a share below 1, got {self.budget!r}")

    @property
    def noise(self) -> Family:
        """The family of perturbations."""
        return families[self.family].with_strength(self.strength)

    @property
    def testing(self) -> Mode:
        """The mode of testing."""
        return modes[self.mode]

    @property
    def procedure(self) -> Correction:
        """The multiple-testing procedure."""
        return corrections[self.correction]

    @property
    def region(self) -> Region:
        """The changes that a certificate at tau covers, if the correction makes one. Raises NotCertifiable.

        >>> Settings(sigma=0.25, tau=0.75).region.contains({"l2": 0.16})
        True
        """
        return self.noise.region(sigma=self.sigma, tau=self.tau)

    @property
    def radius(self) -> float:
        """How far it reaches, in the family's unit. Raises as `region`.

        0 of a correction whose selection is no certificate: it covers nothing, whatever tau is.

        >>> Settings(sigma=0.25, tau=0.75).radius
        0.1686...
        >>> Settings(sigma=0.25, tau=0.75, correction="fdr-by").radius
        0.0
        """
        return self.region.reach if self.procedure.certifies else 0.0

    def fresh(self, purpose: str, number: int = 0) -> Settings:
        """The same with a stream of noise of its own, for an input that must not share noise with this one.

        No two that differ in seed, purposes or numbers share any: seed 0's example 3 is not seed 1's example 2.

        >>> Settings(seed=7).fresh("example", 3).fresh("attacked").stream
        'example 3/attacked 0'
        """
        return replace(self, stream=f"{self.stream}/{purpose} {number}".lstrip("/"))

    @property
    def streams(self) -> Streams:
        """The random numbers that seed and stream decide."""
        return Streams(self.seed, self.stream)

    def misplaced(self, components: int) -> float:
        """How far the probability of a class under the noise as it is drawn may be from that under ideal noise.

        Source: METHOD, section 11.

        >>> 0 < Settings(sigma=0.25).misplaced(320 * 240) < 1e-4
        True
        """
        return self.noise.misplaced(self.sigma, components)

    def tau_tested(self, components: int) -> float:
        """What the drawn noise has to show so that tau is exceeded under ideal noise: tau + `misplaced`, at most 1."""
        return min(1.0, self.tau + self.misplaced(components))

    def tolerated(self, components: int) -> int:
        """The error budget b among so many components, as a whole number, shares rounded down."""
        return tolerated(self.budget, components)

    def smallest_useful_n(self, components: int) -> int:
        """The fewest draws with which these settings can certify anything among so many components.

        Raises InvalidSetting where no n that may be set is enough.
        """
        try:
            needed = smallest_useful_n(**self._tests_of(components))
        except InvalidSetting:  # `tau_tested` may be 1 too
            needed = 0
        if not BOUNDS["n"].contains(needed):
            raise InvalidSetting(f"at tau {self.tau:g} no n in {BOUNDS['n']} certifies anything: choose a smaller tau")
        return needed

    def useful_n(self, components: int) -> int:
        """Draws worth making among so many components, more than the fewest; see `engine.stats.useful_n`.

        Raises InvalidSetting as `smallest_useful_n` does.

        >>> Settings(sigma=0.5, tau=0.9).useful_n(320 * 240)
        300
        """
        self.smallest_useful_n(components)
        return min(useful_n(**self._tests_of(components)), int(BOUNDS["n"].high))

    def _tests_of(self, components: int) -> dict[str, Any]:
        """What the planner is told of the tests of so many components."""
        return {
            "tau": self.tau_tested(components),
            "alpha": self.alpha,
            "components": components,
            "mode_name": self.mode,
            "correction_name": self.correction,
            "budget": self.tolerated(components),
        }

    def as_dict(self) -> dict[str, Any]:
        """All settings by name, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Settings:
        """Settings from stored values. Raises InvalidSetting for a missing or unknown name too.

        Records from before there were clouds have no `points`, those from before there were streams no `stream`, older
        than second noises no `strength`.
        """
        names = {field.name for field in fields(cls)}
        values = {"points": cls().points, "stream": cls().stream, "strength": None, **values}
        if set(values) != names:
            raise InvalidSetting(f"settings must be exactly {sorted(names)}, got {sorted(values)}")
        return cls(**values)
