"""The settings of a certificate against patches, with their bounds."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from engine.core.bounds import BOUNDS
from engine.core.errors import InvalidSetting
from engine.patches.fills import Fill, fills
from engine.patches.windows import Window, check_windows, window_count, windows

PASSES = 36
"""How many windows are taken at most, where nobody chooses: two seconds of a street model on one CPU core."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchSettings:
    """What is certified against, and how. Raises InvalidSetting, UnknownName.

    patch: longer side of the patch, in pixels of the working picture. stride: steps between windows, in pixels: the
    smaller, the less is hidden and the more passes it takes. fill: name in `engine.patches.fills`. size: longer side of
    the working picture.

    >>> settings = PatchSettings(patch=32, stride=48)
    >>> len(settings.windows(240, 320)), settings.as_dict()["fill"]
    (35, 'mean')
    """

    patch: int = 32
    stride: int = 42
    fill: str = "mean"
    size: int = 320

    def __post_init__(self) -> None:
        for name in ("patch", "stride", "size"):
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= BOUNDS["size"].high:
                raise InvalidSetting(
                    f"{name} must be a whole number in [1, {BOUNDS['size'].high:g}], got {value!r:.40}"
                )
        if not BOUNDS["size"].contains(self.size):
            raise InvalidSetting(f"size must lie in {BOUNDS['size']}, got {self.size}")
        fills[self.fill]

    @classmethod
    def on(
        cls, height: int, width: int, *, patch: int = 32, stride: int | None = None, fill: str = "mean", size: int = 320
    ) -> PatchSettings:
        """For a picture of that size, with `chosen_stride` where none is given. Raises InvalidSetting, UnknownName."""
        chosen = chosen_stride(height, width, patch) if stride is None else stride
        return cls(patch=patch, stride=chosen, fill=fill, size=size)

    @property
    def filling(self) -> Fill:
        return fills[self.fill]

    def windows(self, height: int, width: int) -> tuple[Window, ...]:
        """Those of a picture of that size. Raises InvalidSetting where there are none, see `windows`."""
        return windows(height, width, patch=self.patch, stride=self.stride)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PatchSettings:
        """The reverse. Raises InvalidSetting, also for names that are missing or unknown."""
        names = {field.name for field in fields(cls)}
        if not isinstance(values, dict) or set(values) != names:
            raise InvalidSetting(f"settings of a patch have the names {', '.join(sorted(names))}")
        return cls(**values)


def chosen_stride(height: int, width: int, patch: int, *, passes: int = PASSES) -> int:
    """The smallest stride with at most so many windows: they hide least. Raises InvalidSetting where none does.

    >>> chosen_stride(240, 320, 32)  # ceil(209 / 42) * ceil(289 / 42) = 5 * 7; with 41 it were 6 * 8
    42
    """
    if not 1 <= patch <= min(height, width):
        raise InvalidSetting(f"a patch of {patch} pixels does not fit a picture of {width}x{height}")
    for stride in range(1, max(height, width) + 1):
        if window_count(height, width, patch=patch, stride=stride) <= passes:
            check_windows(height, width, patch=patch, stride=stride)
            return stride
    raise InvalidSetting(f"at least 1 pass is needed, got {passes}")
