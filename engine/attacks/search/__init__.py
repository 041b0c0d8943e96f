"""Attacks within a budget, one per file; each declares `ATTACK`. They know no model but what `Victim` asks for."""

from engine.attacks.search._ascent import Attack
from engine.attacks.search._losses import losses
from engine.attacks.search._norms import Norm, enforced, norms
from engine.attacks.search._problem import Problem
from engine.attacks.search.base import Aim, AttackResult, AttackSettings, Enough, Step, Victim
from engine.core.registry import Registry, entries_of

__all__ = [
    "Aim",
    "Attack",
    "AttackResult",
    "AttackSettings",
    "Enough",
    "Norm",
    "Problem",
    "Step",
    "Victim",
    "attacks",
    "enforced",
    "losses",
    "norms",
]


attacks = Registry("attack", lambda: entries_of(__name__, "ATTACK", Attack))
"""All attacks by name."""
