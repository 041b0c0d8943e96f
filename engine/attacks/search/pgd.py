"""Projected gradient descent with a fixed step. Source: Madry et al. 2018; Fischer et al. 2021, appendix C."""

from dataclasses import dataclass

from torch import Tensor

from engine.attacks.search._ascent import Attack, Within, ascent
from engine.attacks.search._norms import Norm
from engine.attacks.search.base import AttackSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class _FixedStep:
    size: float
    kind: Norm
    within: Within

    def move(self, point: Tensor, gradient: Tensor, value: float) -> Tensor:
        _ = value
        return self.within(point + self.size * self.kind.steepest(gradient))


def fixed_step(settings: AttackSettings, kind: Norm, within: Within) -> _FixedStep:
    """The rule: every step is as long as the settings say."""
    return _FixedStep(size=settings.step_size, kind=kind, within=within)


ATTACK = Attack(
    name="pgd",
    title="PGD",
    source="Madry et al. 2018; Fischer et al. 2021, appendix C: s = 10 R / k, k = 100",
    search=ascent(fixed_step),
)
