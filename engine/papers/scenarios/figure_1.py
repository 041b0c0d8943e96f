"""The first figure of Fischer et al. 2021: an undefended model loses the whole picture, a certified one keeps it."""

from engine.attacks import Attempt
from engine.certification import Settings
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="figure-1",
    place=1,
    title="The paper's Figure 1",
    told="One picture, one attack, two models: the undefended one loses the street, the certified one stands.",
    sample="street-102",
    undefended="street-plain",
    certified="street-noise50",
    settings=Settings(sigma=0.5, tau=0.95, n=500, seed=20_101),
    how=Attempt(share=0.99, steps=50),
)
