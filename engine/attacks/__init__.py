"""Attacks on segmentation models, alone or smoothed, and verdicts on certificates."""

from engine.attacks.aims import WHOLE, Region, Target, aim_at, aim_at_certified, region_mask
from engine.attacks.attempt import (
    ALL_LOSSES,
    AUTO,
    ROTATION,
    Attempt,
    Found,
    attack_input,
    attacked_input,
    attempt,
    budget_within,
    worst_over_losses,
)
from engine.attacks.changed import changed_input
from engine.attacks.changes import ChangeResult, ChangeSettings, worst_change
from engine.attacks.curve import SHARES, CurvePoint, curve_ledger, curve_points, robustness_curve
from engine.attacks.duel import Duel, attack, change_of, settle
from engine.attacks.empirical import EdgeSearch, EmpiricalRadius, Probe, empirical_radius
from engine.attacks.other_models import Transferred, peers, transfer, transfers
from engine.attacks.patches import (
    Content,
    StickerResult,
    StickerSettings,
    contents,
    optimise_sticker,
    place_sticker,
    worst_place,
)
from engine.attacks.rotation import RotationResult, RotationSettings, worst_rotation
from engine.attacks.search import Aim, AttackResult, AttackSettings, Enough, Step, attacks, losses, norms
from engine.attacks.strongest import strongest
from engine.attacks.verdicts import Verdict, certified_bound, change_between, flipped, judge
from engine.attacks.victims import BASE, SMOOTHED, VICTIMS

__all__ = [
    "ALL_LOSSES",
    "AUTO",
    "BASE",
    "ROTATION",
    "SHARES",
    "SMOOTHED",
    "VICTIMS",
    "WHOLE",
    "Aim",
    "AttackResult",
    "AttackSettings",
    "Attempt",
    "ChangeResult",
    "ChangeSettings",
    "Content",
    "CurvePoint",
    "Duel",
    "EdgeSearch",
    "EmpiricalRadius",
    "Enough",
    "Found",
    "Probe",
    "Region",
    "RotationResult",
    "RotationSettings",
    "Step",
    "StickerResult",
    "StickerSettings",
    "Target",
    "Transferred",
    "Verdict",
    "aim_at",
    "aim_at_certified",
    "attack",
    "attack_input",
    "attacked_input",
    "attacks",
    "attempt",
    "budget_within",
    "certified_bound",
    "change_between",
    "change_of",
    "changed_input",
    "contents",
    "curve_ledger",
    "curve_points",
    "empirical_radius",
    "flipped",
    "judge",
    "losses",
    "norms",
    "optimise_sticker",
    "peers",
    "place_sticker",
    "region_mask",
    "robustness_curve",
    "settle",
    "strongest",
    "transfer",
    "transfers",
    "worst_change",
    "worst_over_losses",
    "worst_place",
    "worst_rotation",
]
