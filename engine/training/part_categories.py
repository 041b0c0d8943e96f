"""The categories and parts that the bundled models of shapes know, in the order of their ids.

First those of the labelled Princeton Segmentation Benchmark as its parts.json lists them, then those that only the
project's own shapes have. A published model counts its answers in this order, so entries may be added at the end only,
and models trained before then keep the list in their own row of the manifest.
"""

from collections.abc import Mapping

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "Airplane": ("body", "engine", "rudder", "stabilizer", "wing"),
    "Ant": ("antenna", "back", "head", "leg", "torso"),
    "Armadillo": (
        "back", "ear", "foot", "hand", "head", "lowerArm", "lowerLeg", "tail", "torso", "upperArm", "upperLeg",
    ),
    "Bearing": ("base1", "base2", "bigroller", "mediumroller", "smallroller", "tinyroller"),
    "Bird": ("body", "head", "leg", "tail", "wing"),
    "Bust": ("background", "ear", "eye", "face", "hair", "mouth", "neck", "nose"),
    "Chair": ("arm", "backsupport", "leg", "support"),
    "Cup": ("body", "handle"),
    "Fish": ("body", "fin", "tail"),
    "FourLeg": ("earhorn", "head", "leg", "neck", "tail", "torso"),
    "Glasses": ("lens", "middle", "skeleton"),
    "Hand": ("finger1", "finger2", "finger3", "finger4", "hand", "thumb"),
    "Human": ("foot", "hand", "head", "lowerarm", "lowerleg", "torso", "upperarm", "upperleg"),
    "Mech": ("bigbox", "bigcylinder", "mediumcylinder", "smallbox", "smallcylinder"),
    "Octopus": ("body", "leg"),
    "Plier": ("center", "edge", "handle"),
    "Table": ("leg", "support"),
    "Teddy": ("ear", "hand", "head", "leg", "torso"),
    "Vase": ("base", "body", "handle", "spout", "top"),
    "Bicycle": ("frame", "handlebar", "pedal", "saddle", "wheel"),
    "Bookshelf": ("book", "frame", "shelf"),
    "Lamp": ("base", "bulb", "shade", "stand"),
}  # fmt: skip


def first_parts(categories: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """The id of each category's first part: parts are numbered through, category by category."""
    firsts, total = {}, 0
    for name, parts in categories.items():
        firsts[name] = total
        total += len(parts)
    return firsts


def count_parts(categories: Mapping[str, tuple[str, ...]]) -> int:
    """How many parts all categories have together."""
    return sum(len(parts) for parts in categories.values())
