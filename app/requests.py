"""What a page asks for and what it gets back."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

import engine

Found = engine.attacks.AttackResult | engine.attacks.RotationResult
Found_co = TypeVar("Found_co", bound=Found, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Settings as chosen; with `fresh_seed` their seed is only a stand-in for one that is drawn when the run starts."""

    values: engine.Settings
    stop: engine.certification.StopRule
    fresh_seed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked(ABC):
    """One certification as asked for, whatever is certified.

    fresh: the noise is to be new, so the seed is drawn when it runs.
    """

    name: str
    model: str
    settings: engine.Settings
    stop: engine.certification.StopRule
    fresh: bool

    @property
    @abstractmethod
    def subject(self) -> engine.inputs.Subject:
        """What is to be certified."""

    def with_seed(self) -> Self:
        """The same with its seed decided."""
        if not self.fresh:
            return self
        settings = replace(self.settings, seed=secrets.randbelow(int(engine.core.BOUNDS["seed"].high) + 1))
        return replace(self, settings=settings)

    def gave(self, answer: Answer) -> bool:
        """Whether a finished run is what this asks for."""
        return self.same_input(answer) and not self.differs(answer)

    def same_input(self, answer: Answer) -> bool:
        """Whether it was made with this input and model."""
        made = answer.request
        return (self.model, self.subject.sha256) == (made.model, made.subject.sha256)

    def differs(self, answer: Answer) -> set[str]:
        """The settings in which it differs. Any seed will do where the noise is to be new, any tau where it is free."""
        made, wanted = answer.request.settings.as_dict(), self.settings.as_dict()
        changed = {name for name, value in wanted.items() if made[name] != value}
        if self.fresh:
            changed.discard("seed")
        if self.settings.testing.tau_free:
            changed.discard("tau")
        return changed


class Answer(Protocol):
    """A finished run, whatever was certified."""

    @property
    def request(self) -> Asked: ...
    @property
    def certificate(self) -> engine.Certificate: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request(Asked):
    """An image to be certified. truth: uint8 (H, W) at the working size, or None."""

    image: engine.inputs.Image
    truth: NDArray[np.uint8] | None

    @property
    def subject(self) -> engine.inputs.Image:
        return self.image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """A finished run: the certificate, the base model's own answer (uint8 (H, W)), and PNG files by name.

    pictures: those that do not depend on tau; see `overlay.fixed_pictures`. space: the classes of the
    model that made it.
    """

    request: Request
    certificate: engine.Certificate
    base: NDArray[np.uint8]
    pictures: Mapping[str, bytes]
    space: engine.inputs.LabelSpace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The same image, certified for several models with the same settings, each with noise of its own."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """A noisy draw, what a denoiser makes of it, and the segmenter's answers, uint8 (H, W), on all three."""

    denoising: engine.evaluation.Denoising
    on_image: NDArray[np.uint8]
    on_noisy: NDArray[np.uint8]
    on_clean: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A look at a run under way, the classes of the model that makes it, and the image's name."""

    view: engine.certification.LiveView
    space: engine.inputs.LabelSpace
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contest(Generic[Found_co]):
    """A finished attack with both certificates. before, after: the undefended model's answers, uint8 (*N)."""

    result: Found_co
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    clean: engine.Certificate
    attacked: engine.Certificate
    verdict: engine.attacks.Verdict


Region = tuple[float, float, float, float]
WHOLE: Region = (0.0, 0.0, 100.0, 100.0)
ALL_LOSSES = "all"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackRequest:
    """One attack as asked for, on the image of `certify`, whose model is the certified one and whose seed is decided.

    undefended: the model that is attacked as it is. loss: a name, or `ALL_LOSSES` for the worst over all. budget_share:
    of the radius. only: the class of the undefended model's answer whose pixels count, None for all; region: the part
    of the image that counts; towards: the class that the pixels shall get, None for any other than theirs.
    """

    certify: Request
    undefended: str
    attack: str
    loss: str
    victim: str
    budget_share: float
    steps: int
    only: int | None
    region: Region = WHOLE
    towards: int | None = None

    @property
    def losses(self) -> int:
        """How many attacks are run."""
        return len(engine.attacks.losses) if self.loss == ALL_LOSSES else 1

    @property
    def radius(self) -> float:
        settings = self.certify.settings
        return settings.radius


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackOutcome(Contest[engine.attacks.AttackResult]):
    """A finished attack on an image, with PNG files by name. amplified: how much the change is, in its picture."""

    request: AttackRequest
    pictures: Mapping[str, bytes]
    amplified: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Flipped shares over the budget: of the undefended model's pixels, and of the certified ones."""

    request: AttackRequest
    clean: engine.Certificate
    points: tuple[engine.attacks.CurvePoint, ...]
