"""Denoised off-the-shelf: the network that falls alone stands behind a denoiser (Salman et al. 2020)."""

from engine.attacks import Attempt
from engine.certification import Settings
from engine.papers.scenarios.base import Scenario

SCENARIO = Scenario(
    name="denoised",
    place=5,
    title="Denoised off-the-shelf",
    told="Both sides are the same network, which never saw noise. One has a denoiser before it, and a certificate.",
    sample="street-102",
    undefended="street-plain",
    certified="street-plain+single",
    settings=Settings(sigma=0.5, tau=0.85, n=300, seed=20_104),
    how=Attempt(share=0.99, steps=50),
)
