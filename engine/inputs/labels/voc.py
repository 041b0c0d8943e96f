"""Background and the twenty classes of PASCAL VOC: what torchvision's COCO_WITH_VOC_LABELS_V1 weights answer.

Source: Everingham et al. 2010.
"""

from engine.inputs.labels._palettes import distinct_colours
from engine.inputs.labels.base import LabelSpace

_CLASSES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable",
    "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip

SPACE = LabelSpace(name="voc", classes=_CLASSES, palette=distinct_colours(len(_CLASSES)))
