"""What every segmentation dataset gives: named items with an image file and a label map."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from engine.inputs.labels import LabelSpace


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetItem:
    """One annotated image of a dataset on disk; `group` names the sequence or city that it is from, if known."""

    name: str
    image_path: Path
    label_path: Path
    group: str = ""


class SegmentationDataset(Protocol):
    """A dataset in its real on-disk layout. square: its protocol brings every image to equal sides."""

    labels: LabelSpace
    square: bool

    def items(self) -> tuple[DatasetItem, ...]:
        """All items, in a stable order."""

    def read_labels(self, item: DatasetItem) -> NDArray[np.uint8]:
        """The label map of one item: uint8 (H, W), class ids or VOID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSource:
    """A registry entry: `open(root, split)` gives the dataset or raises InvalidInput; `layout` says what it expects."""

    name: str
    title: str
    layout: str
    open: Callable[[Path, str], SegmentationDataset]
