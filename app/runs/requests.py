"""What a page asks for and what it gets back, for images and shapes alike."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Self

import numpy as np
from numpy.typing import NDArray

import engine

Subject = engine.inputs.Image | engine.inputs.Cloud
Labels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """A file as chosen: its bytes, of kind "image" or "cloud".

    labels: the truth of an image at full size, uint8 (H, W); a shape's file has its own. classes: what the truth's ids
    stand for, in order; empty for other people's shapes. category: of a sample shape, else empty. preview: whether the
    page still has to show it.
    """

    kind: str
    name: str
    data: bytes
    labels: Labels | None = None
    classes: tuple[str, ...] = ()
    category: str = ""
    preview: bool = True

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Settings as chosen; with `fresh_seed` their seed is only a stand-in for one that is drawn when the run starts."""

    values: engine.Settings
    stop: engine.certification.StopRule
    fresh_seed: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request:
    """One certification as asked for, of an image or a shape.

    chosen_n: the n that was chosen, where the settings' was raised because so few draws certify nothing; else 0.
    truth: uint8 (*N) at the working size, the model's class of each component or VOID, or None. fresh: the noise is to
    be new, so the seed is drawn when it runs. file: of a sample shape, which nobody else has.
    """

    name: str
    model: str
    subject: Subject
    truth: Labels | None
    settings: engine.Settings
    stop: engine.certification.StopRule
    fresh: bool
    file: bytes | None = None
    chosen_n: int = 0

    def with_seed(self) -> Self:
        """The same with its seed decided."""
        if not self.fresh:
            return self
        settings = replace(self.settings, seed=secrets.randbelow(int(engine.core.BOUNDS["seed"].high) + 1))
        return replace(self, settings=settings)

    def gave(self, outcome: Outcome) -> bool:
        """Whether a finished run is what this asks for."""
        return self.same_input(outcome) and not self.differs(outcome)

    def same_input(self, outcome: Outcome) -> bool:
        """Whether it was made with this input and model."""
        made = outcome.request
        return (self.model, self.subject.sha256) == (made.model, made.subject.sha256)

    def differs(self, outcome: Outcome) -> set[str]:
        """The settings in which it differs, as far as people choose them. Any seed will do where the noise is to be
        new, any tau where it is free."""
        made, wanted = outcome.request.settings.as_dict(), self.settings.as_dict()
        changed = {name for name, value in wanted.items() if made[name] != value} - {"stream"}
        if self.fresh:
            changed.discard("seed")
        if self.settings.testing.tau_free:
            changed.discard("tau")
        return changed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """A finished run: the certificate, the base model's own answer (uint8 (*N)), and PNG files by name.

    pictures: of an image, those that do not depend on tau; see `overlay.fixed_pictures`. space: the classes of the
    model that made it.
    """

    request: Request
    certificate: engine.Certificate
    base: Labels
    space: engine.inputs.LabelSpace
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A look at a run under way, the classes of the model that makes it, and what is certified, by its name."""

    view: engine.certification.LiveView
    space: engine.inputs.LabelSpace
    name: str
    subject: Subject
