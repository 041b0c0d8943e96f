"""Label spaces: the classes a model can answer, their colours, and the codes for void and abstention.

One space per file; each declares `SPACE`.
"""

from engine.core.registry import Registry, entries_of
from engine.inputs.labels.base import ABSTAIN, MAX_CLASSES, VOID, LabelSpace
from engine.inputs.labels.camvid import SPACE as CAMVID

__all__ = ["ABSTAIN", "CAMVID", "MAX_CLASSES", "VOID", "LabelSpace", "label_spaces"]


label_spaces = Registry("label space", lambda: entries_of(__name__, "SPACE", LabelSpace))
"""All label spaces by name."""
