"""Free n and free tau: confidence sequences, which hold at all times and for all thresholds at once."""

from engine.stats.anytime import anytime_lower_bounds, anytime_p_value_table
from engine.stats.modes.base import Mode

MODE = Mode(
    name="free",
    label="Free",
    title="Free: stop when you like, any τ",
    summary="Every picture during the run is a certificate, and τ may be moved at every moment.",
    promise="at this moment as at any other of the run, and for every τ at once",
    source="Robbins 1970; Howard et al. 2021; at level alpha / N",
    p_values=anytime_p_value_table,
    anytime=True,
    bounds=anytime_lower_bounds,
)
