"""Erase the pedestrian: what Metzen et al. 2017 did to a segmentation model, tried on a certified one as well."""

from engine.attacks import Attempt, Target
from engine.certification import Settings
from engine.inputs import label_spaces
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="pedestrian",
    place=3,
    title="Erase the pedestrian",
    told="Only the pixels of people are attacked, with the whole budget. Look at what of them was certified at all.",
    sample="street-92",
    undefended="street-plain",
    certified="street-noise50",
    settings=Settings(sigma=0.5, tau=0.95, n=500, seed=20_002),
    how=Attempt(share=0.99, steps=50),
    target=Target(only=label_spaces["camvid"].classes.index("Pedestrian")),
)
