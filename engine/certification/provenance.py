"""Where a certificate comes from."""

from dataclasses import dataclass

from engine.core.saved import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance(Origin):
    """Where a certificate comes from: enough to run it again and to check that nothing was exchanged."""

    stopped: str
    seconds_sampling: float
    seconds_testing: float
