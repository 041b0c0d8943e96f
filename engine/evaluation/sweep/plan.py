"""What a sweep computes, and its results: one row for each model under one noise and one setting."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from engine.certification.settings import Settings
from engine.core.errors import InvalidSetting
from engine.core.version import VERSION
from engine.inputs.subset import check_subset
from engine.stats.corrections import corrections

CERTIFIED, BASE_CLEAN, BASE_NOISY = "certified", "base clean", "base noisy"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPlan:
    """What a sweep computes: every model under every sigma, decided for every tau and correction.

    settings: n0, n, alpha, size and seed for all; image i has a stream of its own. every: the first of every k images;
    limit: of these only so many, 0 for all.
    """

    models: tuple[str, ...]
    sigmas: tuple[float, ...]
    taus: tuple[float, ...] = (0.75,)
    corrections: tuple[str, ...] = ("holm",)
    settings: Settings = field(default_factory=Settings)
    every: int = 1
    limit: int = 0

    def __post_init__(self) -> None:
        if not (self.models and self.sigmas and self.taus and self.corrections):
            raise InvalidSetting("a sweep needs at least one model, sigma, tau and correction")
        for what in ("models", "sigmas", "taus", "corrections"):
            values = getattr(self, what)
            if len(set(values)) < len(values):  # twice the same rows, counted as two certificates
                raise InvalidSetting(f"{what} of a sweep must differ, got {', '.join(map(str, values))}")
        check_subset(every=self.every, limit=self.limit)
        for name in self.corrections:
            if not corrections[name].certifies:
                raise InvalidSetting(f"{name} bounds a mean share of errors and certifies no pixel: not for a table")
        for settings in self.variants(self.sigmas[0]):
            assert settings.mode == self.settings.mode  # built once here, so that bad values fail before the work
        for sigma in self.sigmas:
            replace(self.settings, sigma=sigma)

    def variants(self, sigma: float) -> tuple[Settings, ...]:
        """The settings that are decided on the counts of one sigma."""
        return tuple(
            replace(self.settings, sigma=sigma, tau=tau, correction=correction)
            for tau in self.taus
            for correction in self.corrections
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: a model under one noise and one setting, over all images.

    kind: certified, base clean (sigma 0; without denoiser) or base noisy (one draw; with it). radius: the region's
    `reach`; family: of the noise, with its second strength; region: what is covered, in words. group: "" for all
    images, or a sequence of the dataset. n: fresh draws, 0 for base rows. seconds: one took so long on average,
    sampling and testing, as if it were made alone; 0 for base rows.
    """

    model: str
    kind: str
    sigma: float
    tau: float
    correction: str
    radius: float
    accuracy: float
    miou_image: float
    miou_dataset: float
    abstention: float
    seconds: float
    images: int
    n: int
    group: str = ""
    family: str = ""
    region: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: scores that no pixel gave (NaN) become None."""
        return {
            key: None if isinstance(value, float) and math.isnan(value) else value
            for key, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """All rows of a sweep and what made them; `families` counts the certificates of one image."""

    dataset: str
    plan: SweepPlan
    rows: tuple[Row, ...]
    weights: Mapping[str, str]
    compute: str
    version: str = VERSION

    @property
    def families(self) -> int:
        """How many certificates were made of each image: that many alphas add up for a joint promise about it."""
        plan = self.plan
        return len(plan.models) * len(plan.sigmas) * len(plan.taus) * len(plan.corrections)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        plan = asdict(self.plan) | {"settings": self.plan.settings.as_dict()}
        return {
            "dataset": self.dataset,
            "plan": plan,
            "images": self.rows[0].images if self.rows else 0,
            "families": self.families,
            "weights": dict(self.weights),
            "compute": self.compute,
            "version": self.version,
            "rows": [row.as_dict() for row in self.rows],
        }
