"""Label maps in colour: every class, abstention, and what has no colour."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core import InvalidInput
from engine.export import colour_labels, labels_png
from engine.inputs.labels import ABSTAIN, CAMVID, VOID


def test_classes_and_abstention_have_their_colours() -> None:
    labels = np.array([[*range(len(CAMVID)), ABSTAIN]])
    colours = colour_labels(labels, CAMVID)[0]
    assert [tuple(colour) for colour in colours[:-1].tolist()] == list(CAMVID.palette)
    assert colours[-1].min() > 220  # white or its hatch


@pytest.mark.parametrize("label", [VOID, len(CAMVID), -2])
def test_what_is_no_class_is_refused(label: int) -> None:
    labels = np.array([[0, ABSTAIN, label]])
    for draw in (colour_labels, labels_png):
        with pytest.raises(InvalidInput, match=f"label {label} is no class of camvid; give void pixels ABSTAIN"):
            draw(labels, CAMVID)
