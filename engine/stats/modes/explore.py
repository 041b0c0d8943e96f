"""Fixed n, free tau: simultaneous Clopper-Pearson bounds, which hold for all thresholds at once."""

from engine.stats.binomial import lower_bounds, p_value_table
from engine.stats.modes.base import Mode

MODE = Mode(
    name="explore",
    label="Explore",
    title="Explore: fixed n, any τ",
    summary="Draws exactly n, then every τ may be tried: all bounds hold at once.",
    promise="for every τ at once, after the number of draws that was fixed before the run",
    source="Clopper and Pearson 1934, at level alpha / N; Fischer et al. 2021, section 5.2",
    p_values=p_value_table,
    anytime=False,
    bounds=lower_bounds,
)
