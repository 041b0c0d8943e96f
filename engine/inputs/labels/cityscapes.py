"""The nineteen classes of Cityscapes that are evaluated, in the order of their train ids.

Source: Cordts et al. 2016; the order is that of the benchmark's own scripts.
"""

from engine.inputs.labels.base import LabelSpace

# What CamVid knows too has CamVid's colour: sky, building, pole, road, sidewalk (Pavement), vegetation (Tree), traffic
# sign (SignSymbol), fence, car, person (Pedestrian), bicycle (Bicyclist). What is new stays near its kin in hue and
# away from it in lightness.
_CLASSES = {
    "road": (84, 84, 96),
    "sidewalk": (188, 178, 196),
    "building": (152, 106, 78),
    "wall": (96, 56, 44),
    "fence": (212, 160, 90),
    "pole": (240, 228, 66),
    "traffic light": (255, 140, 0),
    "traffic sign": (224, 90, 170),
    "vegetation": (34, 120, 70),
    "terrain": (150, 196, 84),
    "sky": (142, 202, 240),
    "person": (214, 62, 30),
    "rider": (240, 132, 120),
    "car": (20, 84, 180),
    "truck": (24, 30, 92),
    "bus": (0, 150, 150),
    "train": (90, 220, 190),
    "motorcycle": (164, 96, 220),
    "bicycle": (110, 30, 120),
}

SPACE = LabelSpace(name="cityscapes", classes=tuple(_CLASSES), palette=tuple(_CLASSES.values()))
