"""PGD with momentum: the direction is the sum of all gradients so far. Source: Dong et al. 2018 (MI-FGSM)."""

from torch import Tensor

from engine.attacks.search._ascent import Attack, Within, ascent
from engine.attacks.search._norms import Norm, norms
from engine.attacks.search.base import AttackSettings

_DECAY = 1.0
_UNIT = norms["l2"].steepest


class Heavy:
    """A rule: gradients are summed at l2 size 1, earlier ones decayed at every step."""

    def __init__(self, settings: AttackSettings, kind: Norm, within: Within) -> None:
        self._size, self._kind, self._within = settings.step_size, kind, within
        self._summed: Tensor | float = 0.0

    def move(self, point: Tensor, gradient: Tensor, value: float) -> Tensor:
        _ = value
        self._summed = _DECAY * self._summed + _UNIT(gradient)
        return self._within(point + self._size * self._kind.steepest(self._summed))


ATTACK = Attack(
    name="mpgd",
    title="PGD with momentum",
    source="Dong et al. 2018: gradients of unit size summed; steps as PGD's",
    search=ascent(Heavy),
)
