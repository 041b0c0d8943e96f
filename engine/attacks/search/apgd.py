"""Auto-PGD. Source: Croce & Hein 2020, algorithm 1."""

from engine.attacks.search._ascent import Attack, ascent
from engine.attacks.search._halving import Halving

ATTACK = Attack(
    name="apgd",
    title="Auto-PGD",
    source="Croce & Hein 2020: momentum 0.75, first step twice the budget, halved at checkpoints",
    search=ascent(Halving),
)
