"""Label spaces: the classes a model can answer, their colours, and the codes for void and abstention.

One space per file; each declares `SPACE`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.core.errors import unknown_name
from engine.core.registry import entries_of
from engine.inputs.labels.base import ABSTAIN, MAX_CLASSES, VOID, LabelSpace
from engine.inputs.labels.camvid import SPACE as CAMVID

__all__ = ["ABSTAIN", "CAMVID", "MAX_CLASSES", "VOID", "LabelSpace", "label_space", "label_spaces"]


@cache
def label_spaces() -> Mapping[str, LabelSpace]:
    """All label spaces by name."""
    return entries_of(sys.modules[__name__], "SPACE", LabelSpace)


def label_space(name: str) -> LabelSpace:
    """The label space of that name. Raises UnknownName, which lists the names."""
    if name not in label_spaces():
        raise unknown_name("label space", name, label_spaces())
    return label_spaces()[name]
