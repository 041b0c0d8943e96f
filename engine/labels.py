"""Label spaces: the classes a model can answer, their colours, and the codes for void and abstention."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABSTAIN = -1
VOID = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpace:
    """Class names in the order of their ids, and one sRGB colour (0..255) for each. White is kept for abstention."""

    name: str
    classes: tuple[str, ...]
    palette: tuple[tuple[int, int, int], ...]

    def __post_init__(self) -> None:
        if len(self.classes) != len(self.palette):
            raise ValueError(f"label space {self.name}: {len(self.classes)} classes but {len(self.palette)} colours")

    def __len__(self) -> int:
        return len(self.classes)

    def colours(self) -> NDArray[np.uint8]:
        """The palette as uint8 (classes, 3)."""
        return np.asarray(self.palette, dtype=np.uint8)


# The eleven classes of CamVid as commonly evaluated (Brostow et al. 2009). The colours are this project's: hue and
# lightness both differ between classes that touch in street scenes, so that colour-blind readers can tell them apart.
CAMVID = LabelSpace(
    name="camvid",
    classes=(
        "Sky", "Building", "Pole", "Road", "Pavement", "Tree", "SignSymbol", "Fence", "Car", "Pedestrian", "Bicyclist",
    ),
    palette=(
        (142, 202, 240), (152, 106, 78), (240, 228, 66), (84, 84, 96), (188, 178, 196), (34, 120, 70),
        (224, 90, 170), (212, 160, 90), (20, 84, 180), (214, 62, 30), (110, 30, 120),
    ),
)  # fmt: skip

_SPACES = {CAMVID.name: CAMVID}


def label_space(name: str) -> LabelSpace:
    """The label space of that name. Raises KeyError for an unknown one (a fault of a manifest, not of a user)."""
    return _SPACES[name]
