"""`engine.attack`, which examples and pages use, put on an engine that does not have it yet.

Once it exists this does nothing: delete this file then, and its two uses in `running.py`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import engine
from engine.attacks import (
    SMOOTHED,
    AttackSettings,
    aim_at_certified,
    attack_input,
    attacked_input,
    certify_attacked,
    judge,
)


def _attack(model: Any, subject: Any, *, against: Any, share: float) -> SimpleNamespace:
    wanted = AttackSettings(budget=share * against.radius, loss="flips", steps=10)
    aim = aim_at_certified(model, subject, against)
    found = attack_input(model, subject, aim, wanted, victim=SMOOTHED, sigma=against.settings.sigma)
    after = certify_attacked(model, against, attacked_input(subject, found))
    return SimpleNamespace(verdict=judge(against, after, found.norm))


if not hasattr(engine, "attack"):
    engine.attack = _attack  # type: ignore[attr-defined]
