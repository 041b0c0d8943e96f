"""What a label space is, and the codes for void and abstention."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABSTAIN = -1
VOID = 255
MAX_CLASSES = VOID  # ids fit uint8 beside VOID


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpace:
    """Class names in the order of their ids, and one sRGB colour (0..255) for each. White is kept for abstention."""

    name: str
    classes: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        if len(self.classes) != len(self.palette):
            raise ValueError(f"label space {self.name}: {len(self.classes)} classes but {len(self.palette)} colours")
        if len(self.classes) > MAX_CLASSES:
            raise ValueError(f"label space {self.name}: at most {MAX_CLASSES} classes, got {len(self.classes)}")

    def __len__(self) -> int:
        return len(self.classes)

    def colours(self) -> NDArray[np.uint8]:
        """The palette as uint8 (classes, 3)."""
        return np.asarray(self.palette, dtype=np.uint8)
