"""Bytes -> validated images and clouds, datasets and their labels."""

from engine.inputs.clouds import (
    MAX_CLOUD_BYTES,
    Cloud,
    Mesh,
    cloud_from_arrays,
    cloud_suffixes,
    decode_cloud,
    read_shape,
    sample_mesh,
    turned_cloud,
)
from engine.inputs.datasets import DatasetItem, SegmentationDataset, datasets
from engine.inputs.images import MAX_BYTES, decode_image, image_from_array, read_image, reduce_labels
from engine.inputs.labels import ABSTAIN, VOID, LabelSpace, label_spaces
from engine.inputs.shape_datasets import shape_datasets
from engine.inputs.subject import Image, Subject

__all__ = [
    "ABSTAIN",
    "MAX_BYTES",
    "MAX_CLOUD_BYTES",
    "VOID",
    "Cloud",
    "DatasetItem",
    "Image",
    "LabelSpace",
    "Mesh",
    "SegmentationDataset",
    "Subject",
    "cloud_from_arrays",
    "cloud_suffixes",
    "datasets",
    "decode_cloud",
    "decode_image",
    "image_from_array",
    "label_spaces",
    "read_image",
    "read_shape",
    "reduce_labels",
    "sample_mesh",
    "shape_datasets",
    "turned_cloud",
]
