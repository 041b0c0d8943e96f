"""`engine.attack`, which examples and pages use, on an engine that has it as `engine.attacks.attack` only.

Once it is there this does nothing: delete this file then, and its two uses in `running.py`.
"""

from __future__ import annotations

import engine
from engine.attacks.duel import attack

if not hasattr(engine, "attack"):
    engine.attack = attack  # type: ignore[attr-defined]
