"""Free n, fixed tau: e-process p-values, which may be looked at after every draw; any correction."""

from engine.stats.anytime import anytime_p_value_table
from engine.stats.modes.base import Mode

MODE = Mode(
    name="anytime",
    label="Anytime",
    title="Anytime: stop when you like, fixed τ",
    summary="Every picture during the run is a certificate already; stop as soon as it is good enough.",
    promise="at this moment as at any other of the run, for the τ that was set before",
    source="Ville 1939; Robbins 1970; Ramdas et al. 2023",
    p_values=anytime_p_value_table,
    anytime=True,
)
