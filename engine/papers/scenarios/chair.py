"""A chair's legs: every leg is pulled towards another part by shifts too small to see."""

from engine.attacks import Attempt, Target
from engine.certification import Settings
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="chair",
    place=6,
    title="A chair's legs",
    told="The points of the legs are moved, all together by no more than R, until the undefended model loses them.",
    sample="Chair-2",
    undefended="parts-clean@Chair",
    certified="parts-noise@Chair",
    settings=Settings(sigma=0.05, tau=0.75, n=400, points=1024, seed=20_105),
    how=Attempt(share=0.99, loss="flips", steps=60),
    target=Target(only=2),
)
