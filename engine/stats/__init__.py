"""Statistics on counts. Nothing in here knows images, models or torch."""

from engine.stats.binomial import interval, lower_bound, p_value_table
from engine.stats.corrections import Correction, corrections
from engine.stats.corrections.base import Control
from engine.stats.modes import Mode, modes
from engine.stats.planner import Forecast, expected_share, forecasts, smallest_useful_n, useful_n

__all__ = [
    "Control",
    "Correction",
    "Forecast",
    "Mode",
    "corrections",
    "expected_share",
    "forecasts",
    "interval",
    "lower_bound",
    "modes",
    "p_value_table",
    "smallest_useful_n",
    "useful_n",
]
