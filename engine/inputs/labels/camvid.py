"""The eleven classes of CamVid as commonly evaluated.

Source: Brostow et al. 2009, in the grouping of Badrinarayanan et al. 2017 (SegNet).
"""

from engine.inputs.labels.base import LabelSpace

# The colours are this project's: hue and lightness both differ between classes that touch in street scenes, so that
# colour-blind readers can tell them apart.
SPACE = LabelSpace(
    name="camvid",
    classes=(
        "Sky", "Building", "Pole", "Road", "Pavement", "Tree", "SignSymbol", "Fence", "Car", "Pedestrian", "Bicyclist",
    ),
    palette=(
        (142, 202, 240), (152, 106, 78), (240, 228, 66), (84, 84, 96), (188, 178, 196), (34, 120, 70),
        (224, 90, 170), (212, 160, 90), (20, 84, 180), (214, 62, 30), (110, 30, 120),
    ),
)  # fmt: skip
