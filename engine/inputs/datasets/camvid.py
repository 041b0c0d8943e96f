"""CamVid (Brostow et al. 2009) in the layout ROOT/SPLIT/images and ROOT/SPLIT/labels.

Labels are single-channel PNG files of the image's size and name: 0..10 are the classes of the label space `camvid`,
anything above is void (11 in the usual export).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.inputs.datasets._label_files import identity_table, read_class_ids
from engine.inputs.datasets._tree import same_stem_pairs
from engine.inputs.datasets.base import DatasetItem, DatasetSource
from engine.inputs.labels import CAMVID

_LAYOUT = "ROOT/SPLIT/images and ROOT/SPLIT/labels, ids 0..10, void above"


class CamVid:
    """One split of CamVid. Raises InvalidInput if the folders are missing or an image has no label file.

    Labels are given as they are on disk: whoever lays them over an image compares the sizes.
    """

    labels = CAMVID
    square = False

    def __init__(self, root: Path, split: str) -> None:
        folder = Path(root) / split
        pairs = same_stem_pairs(folder / "images", folder / "labels", _LAYOUT)
        self._items = tuple(replace(item, group=_sequence(item.name)) for item in pairs)

    def items(self) -> tuple[DatasetItem, ...]:
        """All items, by name."""
        return self._items

    def read_labels(self, item: DatasetItem) -> NDArray[np.uint8]:
        """uint8 (H, W), class ids or VOID. Raises InvalidInput for a label file that cannot be read."""
        return read_class_ids(item.label_path, identity_table(len(CAMVID)))


def _sequence(name: str) -> str:
    """The drive that a frame is from, as CamVid names its files: 0016E5_07959, Seq05VD_f00000."""
    drive, found, _ = name.partition("_")
    return drive if found else ""


DATASET = DatasetSource(name="camvid", title="CamVid street scenes", layout=_LAYOUT, open=CamVid)
