"""What an audit of attacks tries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.attacks.search import attacks, losses
from engine.attacks.victims import BASE
from engine.core.errors import InvalidSetting

OWN_LOSSES = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackPlan:
    """What the audit tries: every loss with every attack, `restarts` each, against both models.

    undefended: attacked as it is, with `steps`; its flipped pixels say how strong the attack is. The certified model is
    attacked under noise, `draws` copies a step, with `smoothed_steps` and `smoothed_losses` (none: the same losses).
    Budgets are the radius exactly.

    alone: how many random correct components of the undefended model, of each input, are also attacked each by itself,
    the whole budget spent on it. Whatever falls together can fall alone, so their share shows how much of an attack's
    weakness is that components have to share the budget.

    again: fresh draws for each attacked input, asked whether another class has more than half of the probability
    (tau = 1/2), the least that would break a promise; few draws show that only where they nearly all agree. 0: it is
    certified as the clean one was.

    beyond: for contrast the smoothed model is also attacked with so many times the radius, where nothing is promised;
    0: it is not.

    edges: of how many inputs, the first, it is also looked for how far the smoothed model stands beyond its radius.
    """

    losses: tuple[str, ...] = tuple(losses)
    attacks: tuple[str, ...] = ("pgd", "apgd")
    steps: int = 100
    smoothed_steps: int = 20
    smoothed_losses: tuple[str, ...] = ()
    draws: int = 4
    restarts: int = 1
    alone: int = 0
    again: int = 0
    beyond: float = 0.0
    edges: int = 0

    def __post_init__(self) -> None:
        for name in (*self.losses, *self.smoothed_losses):
            losses[name]
        for name in self.attacks:
            attacks[name]
        if not self.losses or not self.attacks or min(self.steps, self.smoothed_steps, self.draws, self.restarts) < 1:
            raise InvalidSetting("an audit needs losses, attacks, and at least one step, draw and restart")
        if not 0 <= self.alone <= 10_000:
            raise InvalidSetting(f"alone must lie in [0, 10000], got {self.alone}")
        if self.edges < 0:
            raise InvalidSetting(f"edges must be 0 (none) or more inputs, got {self.edges}")
        if self.again < 0:
            raise InvalidSetting(f"again must be 0 (as the clean input) or more draws, got {self.again}")
        if self.beyond != 0.0 and not 1.0 < self.beyond <= 100.0:
            raise InvalidSetting(f"beyond must be 0 or lie in (1, 100], got {self.beyond}")

    def tried_on(self, victim: str) -> tuple[tuple[str, str], ...]:
        """Attack and loss of all that is tried on that victim; `OWN_LOSSES` once of an attack that has its own."""
        chosen = self.losses if victim == BASE else self.smoothed_losses or self.losses
        return pairs_of(self.attacks, chosen)


def pairs_of(kinds: Iterable[str], chosen: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Every attack with every loss; with `OWN_LOSSES`, once, one that has losses of its own."""
    return tuple(
        pair
        for name in kinds
        for pair in ([(name, OWN_LOSSES)] if attacks[name].own_losses else [(name, loss) for loss in chosen])
    )
