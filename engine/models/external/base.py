"""What a source of segmenters declares, and what it hands over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from torch import nn

from engine.core.errors import InvalidInput
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.labels import LabelSpace

KINDS = ("text", "flag", "count", "triple")
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Weights that a source can fetch. `address` says where from, `terms` under which conditions, in one sentence."""

    name: str
    title: str
    labels: str
    megabytes: float
    terms: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opened:
    """A segmenter ready to run, on the CPU in float32, in evaluation mode, without gradients of its weights.

    network: maps float (B, 3, H, W) in about [0, 1] to logits (B, classes, H, W), any H, W >= 16; it follows the dtype
    and device it is moved to, and gradients flow to its input. sha256: of the file, or of a folder's files as
    `engine.models.external.sha256_of` takes it.
    """

    network: nn.Module
    labels: LabelSpace
    sha256: str

    @classmethod
    def of(cls, network: nn.Module, labels: LabelSpace, sha256: str) -> Opened:
        return cls(network=network.eval().requires_grad_(False), labels=labels, sha256=sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting of a source. kind: text, flag, count (an integer >= 1) or triple (three numbers, one per channel)."""

    name: str
    kind: str
    help: str
    choices: tuple[str, ...] = ()
    positive: bool = False

    def checked(self, value: Any) -> Any:
        """The value as the source uses it. Raises InvalidInput, naming what is allowed."""
        match self.kind, value:
            case "text", str() if not self.choices or value in self.choices:
                return value
            case "flag", bool():
                return value
            case "count", int() if not isinstance(value, bool) and 1 <= value <= 4096:
                return value
            case "triple", [*numbers] if len(numbers) == 3 and all(map(self._fits, numbers)):
                return tuple(float(number) for number in numbers)
        raise InvalidInput(f"{self.name} must be {self._allowed()}, got {value!r:.60}")

    def _fits(self, number: Any) -> bool:
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        return is_number and math.isfinite(number) and (number > 0 or not self.positive)

    def _allowed(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        sign = "positive " if self.positive else ""
        names = ("a text", "true or false", "an integer from 1 to 4096", f"a list of three {sign}numbers")
        return names[KINDS.index(self.kind)]


class Open(Protocol):
    """Opens a local file or folder; `labels` None lets the file decide. Raises EngineError kinds."""

    def __call__(self, path: Path, labels: LabelSpace | None, options: Options) -> Opened: ...


class Fetch(Protocol):
    """Downloads an offer into `folder` and returns what `open` takes, or leaves nothing behind.

    `progress(bytes so far, bytes in all)` is called as it goes. Raises Cancelled, DownloadFailed, IntegrityError,
    MissingPackage.
    """

    def __call__(
        self, offer: Offer, folder: Path, progress: Progress = unheard, *, cancelled: Cancel = never
    ) -> Path: ...


def nothing_to_fetch(offer: Offer, *_: object, **__: object) -> Path:
    """The `Fetch` of a source without offers."""
    raise InvalidInput(f"this source offers nothing to fetch, so not {offer.name!r:.60} either; give it a local file")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSource:
    """One way to get segmenters.

    package: what must be importable beside torch, None for nothing; install: how. runs_code: opening a file runs code
    that is in it.
    """

    name: str
    title: str
    open: Open
    package: str | None = None
    install: str = ""
    options: tuple[Option, ...] = ()
    offers: tuple[Offer, ...] = ()
    fetch: Fetch = nothing_to_fetch
    runs_code: bool = False

    @property
    def installed(self) -> bool:
        """Whether the package is there; it is not imported to see."""
        return self.package is None or find_spec(self.package) is not None

    def checked_options(self, options: Options) -> dict[str, Any]:
        """The options given, each checked. Raises InvalidInput for an unknown one or a wrong value."""
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                names = ", ".join(known) or "none"
                raise InvalidInput(f"source {self.name} has no option {name!r:.60}; it knows: {names}")
        return {name: known[name].checked(value) for name, value in options.items()}
