"""The 16 categories of ShapeNet-Part (Yi et al. 2016) and their parts.

The release numbers the parts and does not name them. The numbers and counts here are the release's; the names are what
the parts were commonly seen to be, and serve people only. Where no name is settled it is `part K`.
"""

from collections.abc import Mapping

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "Airplane": ("body", "wing", "tail", "engine"),
    "Bag": ("handle", "body"),
    "Cap": ("crown", "peak"),
    "Car": ("roof", "hood", "wheel", "body"),
    "Chair": ("back", "seat", "leg", "arm"),
    "Earphone": ("earcup", "headband", "part 2"),
    "Guitar": ("head", "neck", "body"),
    "Knife": ("blade", "handle"),
    "Lamp": ("base", "shade", "bulb", "stand"),
    "Laptop": ("keyboard", "screen"),
    "Motorbike": ("gas tank", "seat", "wheel", "handle", "light", "body"),
    "Mug": ("handle", "body"),
    "Pistol": ("barrel", "handle", "trigger"),
    "Rocket": ("body", "fin", "nose"),
    "Skateboard": ("wheel", "deck", "part 2"),
    "Table": ("top", "leg", "part 2"),
}
"""Category -> parts. Parts are numbered through all categories in this order: Airplane 0..3, ..., Table 47..49."""

SYNSETS: Mapping[str, str] = {
    "Airplane": "02691156",
    "Bag": "02773838",
    "Cap": "02954340",
    "Car": "02958343",
    "Chair": "03001627",
    "Earphone": "03261776",
    "Guitar": "03467517",
    "Knife": "03624134",
    "Lamp": "03636649",
    "Laptop": "03642806",
    "Motorbike": "03790512",
    "Mug": "03797390",
    "Pistol": "03948459",
    "Rocket": "04099429",
    "Skateboard": "04225987",
    "Table": "04379243",
}
"""Category -> the name of its folder."""


def first_label(category: str) -> int:
    """The number, through all categories, of the category's first part."""
    names = list(CATEGORIES)
    return sum(len(CATEGORIES[name]) for name in names[: names.index(category)])
