"""The paper's mode: n and tau fixed before the first draw, exact binomial tests, any correction."""

from engine.stats.binomial import p_value_table
from engine.stats.modes.base import Mode

MODE = Mode(
    name="fixed",
    label="Fixed (the paper)",
    title="Fixed n and τ (the paper's)",
    summary="Draws exactly n, tests once at the τ that was set before. The paper's SegCertify.",
    promise="for this τ and this number of draws, both fixed before the run",
    source="Fischer et al. 2021, Algorithm 2",
    p_values=p_value_table,
    anytime=False,
)
