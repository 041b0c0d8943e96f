"""Attacks on segmentation models, alone or smoothed, and verdicts on certificates."""

from engine.attacks.contest import (
    CurvePoint,
    Verdict,
    aim_at,
    aim_at_certified,
    attack_input,
    attacked_input,
    certify_attacked,
    flipped,
    judge,
    region_mask,
    robustness_curve,
    worst_over_losses,
)
from engine.attacks.rotation import RotationResult, RotationSettings, worst_rotation
from engine.attacks.search import Aim, AttackResult, AttackSettings, Step, attacks, losses, norms
from engine.attacks.victims import BASE, SMOOTHED, VICTIMS

__all__ = [
    "BASE",
    "SMOOTHED",
    "VICTIMS",
    "Aim",
    "AttackResult",
    "AttackSettings",
    "CurvePoint",
    "RotationResult",
    "RotationSettings",
    "Step",
    "Verdict",
    "aim_at",
    "aim_at_certified",
    "attack_input",
    "attacked_input",
    "attacks",
    "certify_attacked",
    "flipped",
    "judge",
    "losses",
    "norms",
    "region_mask",
    "robustness_curve",
    "worst_over_losses",
    "worst_rotation",
]
