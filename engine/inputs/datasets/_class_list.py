"""The classes of a plain folder: ROOT/classes.json, or ROOT/classes.txt with one name a line.

classes.json is a list of names, or {"classes": [names], "palette": [[red, green, blue], ...]} with colours in 0..255.
Without a palette the colours are `engine.inputs.labels._palettes.distinct_colours`.
"""

import json
import os
from pathlib import Path
from typing import Any

from engine.core.errors import InvalidInput
from engine.core.files import read_text
from engine.inputs.folders import twice
from engine.inputs.labels import MAX_CLASSES, LabelSpace
from engine.inputs.labels._palettes import Colour, distinct_colours

_ABSTAIN_COLOUR = (255, 255, 255)
_KEYS = {"classes", "palette"}


def read_classes(root: Path) -> LabelSpace:
    """The label space that classes.json, or else classes.txt, of a folder declares. Raises InvalidInput."""
    title = os.path.basename(os.path.abspath(root))
    for path, read in ((root / "classes.json", _from_json), (root / "classes.txt", _from_text)):
        if os.path.lexists(path):
            classes, palette = read(path)
            return LabelSpace(name=title, classes=classes, palette=palette)
    raise InvalidInput(f"no classes.json or classes.txt in {root}; add classes.txt with one class name a line")


def _from_text(path: Path) -> tuple[tuple[str, ...], tuple[Colour, ...]]:
    lines = [line.strip() for line in read_text(path).splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    classes = _checked_names(path, lines)  # a blank line among the names is refused: would it take an id or not?
    return classes, distinct_colours(len(classes))


def _from_json(path: Path) -> tuple[tuple[str, ...], tuple[Colour, ...]]:
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path} is not JSON ({error}); write a list of class names") from None
    if isinstance(content, list):
        content = {"classes": content}
    if not isinstance(content, dict) or "classes" not in content or set(content) - _KEYS:
        raise InvalidInput(f'{path} must be a list of class names, or hold "classes" and at most "palette" beside it')
    classes = _checked_names(path, content["classes"])
    if "palette" not in content:
        return classes, distinct_colours(len(classes))
    return classes, _checked_palette(path, content["palette"], len(classes))


def _checked_names(path: Path, names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not 1 <= len(names) <= MAX_CLASSES:
        raise InvalidInput(f"{path} must list 1 to {MAX_CLASSES} class names, in the order of their ids")
    for number, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise InvalidInput(f"{path} has {name!r:.60} as the name of class {number}; write a name there")
    stripped = tuple(name.strip() for name in names)
    repeated = twice(stripped)
    if repeated is not None:
        raise InvalidInput(f"{path} names {repeated:.60} twice; give every class a name of its own")
    return stripped


def _checked_palette(path: Path, palette: Any, count: int) -> tuple[Colour, ...]:
    if not isinstance(palette, list) or len(palette) != count:
        raise InvalidInput(f"the palette in {path} must list {count} colours, one for each class")
    colours = tuple(_checked_colour(path, number, colour) for number, colour in enumerate(palette))
    if len(set(colours)) < count:
        raise InvalidInput(f"the palette in {path} gives two classes one colour; choose another for one of them")
    return colours


def _checked_colour(path: Path, number: int, colour: Any) -> Colour:
    if not isinstance(colour, list) or len(colour) != 3 or not all(type(value) is int for value in colour):
        raise InvalidInput(f"colour {number} in {path} is {colour!r:.60}; write [red, green, blue] in 0..255")
    red, green, blue = colour
    if min(colour) < 0 or max(colour) > 255:
        raise InvalidInput(f"colour {number} in {path} is {colour}; red, green and blue must lie in 0..255")
    if (red, green, blue) == _ABSTAIN_COLOUR:
        raise InvalidInput(f"colour {number} in {path} is white, which means abstention; choose another")
    return red, green, blue
