"""One annotated image of a dataset at the working size: the only place where a dataset meets an image."""

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import InvalidInput
from engine.inputs.datasets.base import DatasetItem, SegmentationDataset
from engine.inputs.images import decode_image, reduce_labels
from engine.inputs.subject import Image
from engine.models.base import BaseModel


def example_image(dataset: SegmentationDataset, item: DatasetItem, size: int) -> Image:
    """The working image of an item: its longer side at most `size`, or, for a square dataset, both sides `size`.

    Raises InvalidInput.
    """
    return decode_image(item.image_path.read_bytes(), size=size, square=dataset.square)


def read_example(dataset: SegmentationDataset, item: DatasetItem, size: int) -> tuple[Image, NDArray[np.uint8]]:
    """The working image of an item and its ground truth of the same size, uint8 (H, W). Raises InvalidInput."""
    image = example_image(dataset, item, size)
    return image, reduce_labels(dataset.read_labels(item), image)


def check_classes(model: BaseModel, dataset: SegmentationDataset) -> None:
    """Raises InvalidInput unless the model answers the classes of the dataset."""
    if model.info.labels.classes != dataset.labels.classes:
        raise InvalidInput(
            f"{model.info.name} answers the classes of {model.info.labels.name}, not of {dataset.labels.name}"
        )
