"""A dataset whose pictures are in groups of the test's choice, whatever the real layout says."""

from __future__ import annotations

from dataclasses import replace

from engine.inputs import DatasetItem, SegmentationDataset


class Grouped:
    """The dataset with a group for each of its pictures."""

    def __init__(self, source: SegmentationDataset, groups: tuple[str, ...]) -> None:
        self.labels, self.read_labels, self.square = source.labels, source.read_labels, source.square
        self._items = tuple(replace(item, group=group) for item, group in zip(source.items(), groups, strict=True))

    def items(self) -> tuple[DatasetItem, ...]:
        return self._items
