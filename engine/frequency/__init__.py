"""How often a base model keeps its answer under a law of random changes; nothing is said of the worst one."""

from engine.frequency.how_often import HowOften, check_draws, draws_for, how_often
from engine.frequency.law import ChangeLaw, Step
from engine.frequency.published import Published, cc_cert

__all__ = ["ChangeLaw", "HowOften", "Published", "Step", "cc_cert", "check_draws", "draws_for", "how_often"]
