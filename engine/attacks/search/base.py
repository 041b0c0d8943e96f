"""What flows through an attack: who is attacked, with what budget, and what came out. No image is assumed anywhere."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.core.bounds import SEED_MAX
from engine.core.errors import InvalidSetting

MAX_STEPS = 10_000


def check_search(*, budget: float, seed: int, **looks: int) -> None:
    """Raise InvalidSetting for a budget, a seed or a number of looks, by its name, that no search can have."""
    if not 0.0 <= budget < float("inf"):
        raise InvalidSetting(f"a budget must be a number of at least 0, got {budget!r}")
    for name, count in looks.items():
        if not 1 <= count <= MAX_STEPS:
            raise InvalidSetting(f"{name} must lie in [1, {MAX_STEPS}], got {count!r}")
    if not 0 <= seed <= SEED_MAX:
        raise InvalidSetting(f"seed must lie in [0, {SEED_MAX}], got {seed!r}")


class Victim(Protocol):
    """What an attack differentiates through.

    Inputs are float32 of any shape (*S), inside [low, high]; components are whatever gets a class each, shape (*N).
    """

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...

    @property
    def device(self) -> torch.device: ...

    def logits(self, x: Tensor, randomness: torch.Generator) -> Tensor:
        """Logits float32 (draws, classes, *N), differentiable in x; one draw where nothing is random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackSettings:
    """budget: how far the input may move, in `norm` (l2, linf or l1), over all entries together.

    loss: what rises, see `engine.attacks.losses`. steps of each of `restarts` runs; the first starts at a random point
    of the ball as the others do. step: relative to the budget; the paper's is 10 / steps, taken for 0.
    """

    budget: float
    norm: str = "l2"
    loss: str = "ce"
    steps: int = 100
    step: float = 0.0
    restarts: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        check_search(budget=self.budget, seed=self.seed, steps=self.steps)
        if not 1 <= self.restarts <= 1000:
            raise InvalidSetting(f"restarts must lie in [1, 1000], got {self.restarts!r}")
        if not 0.0 <= self.step <= 100.0:
            raise InvalidSetting(f"step must lie in [0, 100] times the budget, got {self.step!r}")

    @property
    def step_size(self) -> float:
        """In the units of the budget. Source: Fischer et al. 2021, appendix C (s = 10 R / k)."""
        return self.budget * (self.step or 10.0 / self.steps)

    def with_loss(self, loss: str) -> Self:
        """The same with what rises exchanged."""
        return self if loss == self.loss else replace(self, loss=loss)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aim:
    """What the attack wants: away from `labels` where `mask`, or towards them with `targeted`.

    labels: int64 (*N), class ids; mask: bool (*N), the components that count. Void ones are out of the mask.
    """

    labels: NDArray[np.int64]
    mask: NDArray[np.bool_]
    targeted: bool = False

    def __post_init__(self) -> None:
        if self.labels.shape != self.mask.shape:
            raise InvalidSetting(f"labels are {self.labels.shape} but the mask is {self.mask.shape}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One iterate: its loss, and the share of the aimed-at components where the attack has what it wants.

    stretch: in how many times the budget it lies: an attack may look beyond it on its way, but what is found there is
    no result. answer: the victim's there, class ids uint8 (*N), on one draw where it is asked under noise; told to
    those who watch, and None in a history.
    """

    number: int
    loss: float
    share: float
    stretch: float = 1.0
    answer: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)


class Enough(Exception):
    """Raised by who watches an attack to end it with what it has found."""


Watch = Callable[[Step], None]
"""Called after every step; steps are numbered on through the restarts. It may raise `Enough`."""


def unwatched(step: Step) -> None:
    """The `Watch` of an attack that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AttackResult:
    """The best iterate of all restarts. settings: with the loss that found it, where the attack has losses of its own.

    adversarial: float32 (*S), inside the range and within the budget: `norm` is |adversarial - input| computed in
    float64 from the float32 values. share: where the attack has what it wants at the best iterate, as it saw it.
    """

    attack: str
    settings: AttackSettings
    adversarial: NDArray[np.float32]
    norm: float
    share: float
    history: tuple[Step, ...] = field(repr=False)
    seconds: float

    @property
    def size(self) -> float:
        """How large the change is, in the units of the budget."""
        return self.norm
