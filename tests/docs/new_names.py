"""The names that examples and pages use, put on an engine that does not have them yet.

Once `engine.certify` exists this does nothing: delete this file, and its two uses in `running.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import engine


@dataclass(frozen=True, slots=True)
class _Duel:
    verdict: Any


def _attack(model: Any, subject: Any, *, against: Any, share: float) -> _Duel:
    from engine.attacks.contest import aim_at_certified, attack_input, attacked_input, certify_attacked, judge
    from engine.attacks.search import AttackSettings
    from engine.attacks.victims import SMOOTHED

    wanted = AttackSettings(budget=share * against.radius, loss="flips", steps=10)
    aim = aim_at_certified(model, subject, against)
    found = attack_input(model, subject, aim, wanted, victim=SMOOTHED, sigma=against.settings.sigma)
    after = certify_attacked(model, against, attacked_input(subject, found))
    return _Duel(verdict=judge(against, after, found.norm))


if not hasattr(engine, "certify"):
    from engine.inputs.clouds import read_cloud, sample_mesh
    from engine.perturbations import families
    from engine.stats.corrections import corrections

    engine.certify = engine.segcertify
    engine.read_image = lambda path, *, size: engine.decode_image(Path(path).read_bytes(), size=size)
    engine.read_shape = lambda path, *, points: read_cloud(Path(path), points=points)
    engine.attack = _attack
    engine.stats = SimpleNamespace(corrections=corrections())
    engine.perturbations = families()
    engine.inputs = SimpleNamespace(sample_mesh=sample_mesh)
    engine.synthetic = SimpleNamespace(build_shape=engine.build_shape)
    engine.export = SimpleNamespace(labels_png=engine.labels_png, labels_ply=engine.labels_ply)
