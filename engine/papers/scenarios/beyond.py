"""Beyond the radius: the smoothed model itself is attacked, ten times as far as anything was promised."""

from engine.attacks import SMOOTHED, Attempt
from engine.certification import Settings
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="beyond",
    place=7,
    title="Beyond the radius",
    told="Beyond its radius a certificate says nothing. The smoothed model itself is attacked here, at ten times R.",
    sample="street-119",
    undefended="street-plain",
    certified="street-noise50",
    settings=Settings(sigma=0.5, tau=0.95, n=500, seed=20_106),
    how=Attempt(share=10.0, victim=SMOOTHED, steps=50),
)
