"""Attacks within a budget, one per file; each declares `ATTACK`. They know no model but what `Victim` asks for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.attacks.search._ascent import Attack
from engine.attacks.search._losses import LOSSES, loss
from engine.attacks.search._norms import NORMS, Norm, enforced, norm
from engine.attacks.search._problem import Problem
from engine.attacks.search.base import Aim, AttackResult, AttackSettings, Step, Victim
from engine.core.errors import unknown_name
from engine.core.registry import entries_of

__all__ = [
    "LOSSES",
    "NORMS",
    "Aim",
    "Attack",
    "AttackResult",
    "AttackSettings",
    "Norm",
    "Problem",
    "Step",
    "Victim",
    "attack",
    "attacks",
    "enforced",
    "loss",
    "norm",
]


@cache
def attacks() -> Mapping[str, Attack]:
    """All attacks by name."""
    return entries_of(sys.modules[__name__], "ATTACK", Attack)


def attack(name: str) -> Attack:
    """The attack of that name. Raises UnknownName."""
    if name not in attacks():
        raise unknown_name("attack", name, attacks())
    return attacks()[name]
