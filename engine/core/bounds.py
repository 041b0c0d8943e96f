"""The allowed intervals of the numbers that people set, in one place for engine, command line and forms."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The allowed interval of a number: closed where the flag says so."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{left}{_short(self.low)}, {_short(self.high)}{right}"

    def contains(self, value: float) -> bool:
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below


def _short(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


SEED_MAX = 2**53 - 1  # survives JSON, URLs and a browser's number field
BOUNDS = {
    "sigma": Bound(low=0.001, high=10.0),  # weaker noise would drown in float32 rounding: draws would repeat
    "tau": Bound(low=0.5, high=1.0, high_open=True),
    "n0": Bound(low=1, high=10_000),
    "n": Bound(low=1, high=100_000),
    "budget": Bound(low=0, high=1_048_576),
    "alpha": Bound(low=1e-12, high=0.5),  # below, 1 - alpha and the binomial tails lose their last digits
    "seed": Bound(low=0, high=SEED_MAX),
    "size": Bound(low=64, high=1024),
    "points": Bound(low=16, high=16_384),
}
