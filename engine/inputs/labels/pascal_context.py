"""The 59 most frequent classes of PASCAL-Context, in the order of their ids in the full set of 459.

That order, without the background, is the one of HRNet and mmsegmentation. Source: Mottaghi et al. 2014.
"""

from engine.inputs.labels._palettes import distinct_colours
from engine.inputs.labels.base import LabelSpace

_CLASSES = (
    "aeroplane", "bag", "bed", "bedclothes", "bench", "bicycle", "bird", "boat", "book", "bottle",
    "building", "bus", "cabinet", "car", "cat", "ceiling", "chair", "cloth", "computer", "cow",
    "cup", "curtain", "dog", "door", "fence", "floor", "flower", "food", "grass", "ground",
    "horse", "keyboard", "light", "motorbike", "mountain", "mouse", "person", "plate", "platform", "pottedplant",
    "road", "rock", "sheep", "shelves", "sidewalk", "sign", "sky", "snow", "sofa", "table",
    "track", "train", "tree", "truck", "tvmonitor", "wall", "water", "window", "wood",
)  # fmt: skip

SPACE = LabelSpace(name="pascal-context", classes=_CLASSES, palette=distinct_colours(len(_CLASSES)))
