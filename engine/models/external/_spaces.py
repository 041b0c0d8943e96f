"""Which label space a network from elsewhere answers in."""

from collections.abc import Sequence

from engine.core.errors import InvalidInput, unknown_name
from engine.inputs.labels import MAX_CLASSES, LabelSpace, label_spaces
from engine.inputs.labels._palettes import distinct_colours

BACKGROUND = "-background"
_LONGEST = 60


def space_named(name: str) -> LabelSpace:
    """A label space of the project; with "-background" after its name, one with a background class in front.

    Networks for Pascal Context are published in both ways. Raises UnknownName.
    """
    if name in label_spaces:
        return label_spaces[name]
    known = label_spaces.get(name.removesuffix(BACKGROUND))
    if known is None or "background" in known.classes:
        raise unknown_name("label space", name, label_spaces)
    return named_classes(name, ("background", *known.classes))


def named_classes(name: str, classes: Sequence[object]) -> LabelSpace:
    """A label space of a user's own class names, in colours of the project. Raises InvalidInput."""
    names = tuple(one for one in classes if isinstance(one, str) and one.strip() and len(one) <= _LONGEST)
    if len(names) != len(classes):
        raise InvalidInput(f"class names must be texts of 1 to {_LONGEST} characters")
    if len(set(names)) != len(names) or not 2 <= len(names) <= MAX_CLASSES:
        raise InvalidInput(f"class names must be 2 to {MAX_CLASSES} different ones, got {len(names)}")
    return LabelSpace(name=name, classes=names, palette=distinct_colours(len(names)))


def chosen_labels(classes: int, given: LabelSpace | None, usual: Sequence[LabelSpace], file: str) -> LabelSpace:
    """The label space of a network with so many classes: the given one, else the usual one of that size.

    Raises InvalidInput if the given one has another size, or none is given and no usual one fits.
    """
    if given is not None and len(given) != classes:
        hint = f"; try {given.name}{BACKGROUND}" if classes == len(given) + 1 else ""
        raise InvalidInput(f"{file} answers {classes} classes, but labels {given.name} has {len(given)}{hint}")
    fitting = [space for space in (given, *usual) if space is not None and len(space) == classes]
    if not fitting:
        raise InvalidInput(f"{file} answers {classes} classes: give labels with {classes} names")
    return fitting[0]
