"""The certified model itself: the picture of the paper's figure, attacked for the model that promises."""

from engine.attacks import SMOOTHED, Attempt
from engine.certification import Settings
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="direct",
    place=2,
    title="Attack the certified one",
    told="The same street, but now the attack is made for the certified model, under its noise, with the whole of R.",
    sample="street-102",
    undefended="street-plain",
    certified="street-noise50",
    settings=Settings(sigma=0.5, tau=0.95, n=500, seed=20_007),
    how=Attempt(share=0.99, victim=SMOOTHED, steps=50),
)
