"""Label spaces: known classes at known ids, and palettes that readers can tell apart.

The classes at known ids come from torchvision's weights, cityscapesScripts, mmsegmentation 1.2.2 and the id2label of
SegFormer's ADE20K checkpoints; whole lists were compared with the first three when the spaces were written.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from engine.core import UnknownName
from engine.inputs import LabelSpace
from engine.inputs.labels import CAMVID, VOID, label_spaces
from engine.inputs.labels._palettes import COLOUR_BLIND_SAFE, distinct_colours, lab

COUNTS = {"ade20k": 150, "camvid": 11, "cityscapes": 19, "pascal-context": 59, "voc": 21}
KNOWN = {
    "ade20k": {
        0: "wall", 7: "bed", 8: "windowpane", 12: "person", 20: "car", 31: "seat", 44: "chest of drawers",
        58: "screen door", 64: "coffee table", 78: "arcade machine", 79: "hovel", 80: "bus", 89: "television receiver",
        99: "buffet", 105: "conveyer belt", 109: "swimming pool", 116: "minibike", 123: "trade name", 130: "screen",
        136: "traffic light", 138: "ashcan", 141: "crt screen", 147: "glass", 149: "flag",
    },
    "camvid": {0: "Sky", 3: "Road", 8: "Car", 10: "Bicyclist"},
    "cityscapes": {0: "road", 6: "traffic light", 10: "sky", 13: "car", 16: "train", 18: "bicycle"},
    "pascal-context": {
        0: "aeroplane", 3: "bedclothes", 9: "bottle", 19: "cow", 29: "ground", 36: "person", 39: "pottedplant",
        43: "shelves", 50: "track", 54: "tvmonitor", 58: "wood",
    },
    "voc": {0: "background", 1: "aeroplane", 11: "diningtable", 15: "person", 16: "pottedplant", 20: "tvmonitor"},
}  # fmt: skip
every = pytest.mark.parametrize("space", list(label_spaces.values()), ids=list(label_spaces))


def distance(first: object, second: object) -> float:
    """Euclidean distance of two sRGB colours in CIELAB; about 2.3 is just noticeable."""
    return float(np.linalg.norm(np.subtract(*lab(np.array([first, second], dtype=np.uint8)))))


def test_the_spaces_and_their_sizes() -> None:
    assert {name: len(space) for name, space in label_spaces.items()} == COUNTS
    assert label_spaces["camvid"] is CAMVID


@every
def test_known_classes(space: LabelSpace) -> None:
    assert {number: space.classes[number] for number in KNOWN[space.name]} == KNOWN[space.name]


@every
def test_names_are_distinct_and_clean(space: LabelSpace) -> None:
    assert len(set(space.classes)) == len(space)
    assert all(name == name.strip() != "" for name in space.classes)


def test_voc_is_what_torchvision_answers() -> None:
    spec = importlib.util.find_spec("torchvision")  # its source is read: importing it is not needed
    assert spec is not None
    assert spec.origin is not None
    for node in ast.parse((Path(spec.origin).parent / "models" / "_meta.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_VOC_CATEGORIES":
            names = ast.literal_eval(node.value)
    assert names[0] == "__background__"
    assert ("background", *names[1:]) == label_spaces["voc"].classes


@every
def test_colours_are_distinct(space: LabelSpace) -> None:
    closest = min(distance(first, second) for first, second in combinations(space.palette, 2))
    assert closest >= (20 if len(space) <= 60 else 15)


@every
def test_no_colour_is_near_white(space: LabelSpace) -> None:
    assert min(distance(colour, (255, 255, 255)) for colour in space.palette) >= 25


@every
def test_colours_are_bytes(space: LabelSpace) -> None:
    assert space.colours().dtype == np.uint8
    np.testing.assert_array_equal(space.colours(), space.palette)  # nothing wrapped round


def test_cityscapes_shows_what_camvid_knows_in_its_colours() -> None:
    cityscapes = label_spaces["cityscapes"]
    ours = dict(zip(cityscapes.classes, cityscapes.palette, strict=True))
    theirs = dict(zip(CAMVID.classes, CAMVID.palette, strict=True))
    same = {
        "sky": "Sky", "building": "Building", "pole": "Pole", "road": "Road", "sidewalk": "Pavement",
        "vegetation": "Tree", "traffic sign": "SignSymbol", "fence": "Fence", "car": "Car", "person": "Pedestrian",
        "bicycle": "Bicyclist",
    }  # fmt: skip
    assert {name: ours[name] for name in same} == {name: theirs[known] for name, known in same.items()}
    assert set(same.values()) == set(CAMVID.classes)


def test_an_unknown_space_lists_the_names() -> None:
    with pytest.raises(UnknownName, match="label space 'nope'; known: ade20k, camvid, cityscapes, pascal-context, voc"):
        label_spaces["nope"]


def test_the_sequence_of_colours_is_one_and_does_not_change() -> None:
    assert distinct_colours(4) == ((0, 0, 255), (0, 255, 0), (255, 0, 0), (255, 30, 180))
    assert distinct_colours(150)[:21] == distinct_colours(21) == label_spaces["voc"].palette
    # hashlib.sha256(np.uint8(distinct_colours(255)).tobytes()), as first made: pictures of old certificates keep it
    digest = hashlib.sha256(np.array(distinct_colours(255), dtype=np.uint8).tobytes()).hexdigest()
    assert digest[:16] == "52c35152ede928e7"
    assert distinct_colours(0) == ()


def test_a_sequence_may_start_with_colours_for_everybody() -> None:
    assert distinct_colours(3, start=COLOUR_BLIND_SAFE) == COLOUR_BLIND_SAFE[:3]
    colours = distinct_colours(12, start=COLOUR_BLIND_SAFE)
    assert colours[:7] == COLOUR_BLIND_SAFE
    points = lab(np.array(colours, dtype=np.uint8))
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=-1)) + 1e3 * np.eye(len(colours))
    assert apart.min() > 25.0


@pytest.mark.parametrize(
    ("colour", "expected"),
    [((255, 255, 255), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((255, 0, 0), (53.24, 80.09, 67.20))],
)
def test_cielab(colour: tuple[int, int, int], expected: tuple[float, float, float]) -> None:
    # values of sRGB's corners under D65 as published (Lindbloom's CIE colour calculator)
    np.testing.assert_allclose(lab(np.array([colour], dtype=np.uint8))[0], expected, atol=0.02)


def test_a_space_needs_a_colour_for_each_class() -> None:
    with pytest.raises(ValueError, match="2 classes but 1 colours"):
        LabelSpace(name="x", classes=("a", "b"), palette=((0, 0, 0),))


def test_a_space_leaves_the_id_of_void_free() -> None:
    many = tuple(str(number) for number in range(VOID + 1))
    assert len(LabelSpace(name="x", classes=many[:VOID], palette=((0, 0, 0),) * VOID)) == VOID
    with pytest.raises(ValueError, match="at most 255 classes, got 256"):
        LabelSpace(name="x", classes=many, palette=((0, 0, 0),) * len(many))
