"""Towards one class: the whole picture shall become a building."""

from engine.attacks import Attempt, Target
from engine.certification import Settings
from engine.inputs import label_spaces
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="towards",
    place=4,
    title="Towards one class",
    told="The attacker wants every pixel to become one class of his choice, a building.",
    sample="street-107",
    undefended="street-plain",
    certified="street-noise50",
    settings=Settings(sigma=0.5, tau=0.95, n=500, seed=20_103),
    how=Attempt(share=0.99, steps=50),
    target=Target(towards=label_spaces["camvid"].classes.index("Building")),
)
