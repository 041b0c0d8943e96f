"""SegCertify, Table 3: how many images a scale takes at once."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import Row
from engine.papers.tables.base import Grid, PaperTable

_COLUMNS = ("scale", "Cityscapes", "Pascal Context")


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    _ = sweeps
    return Grid(columns=_COLUMNS, rows=())


TABLE = PaperTable(
    name="certify-3",
    place=8,
    label="Batch sizes",
    title="SegCertify, Table 3: batch sizes of inference",
    source="Fischer et al. 2021, Table 3 (one GeForce RTX 2080 Ti)",
    reading="How many images fitted into the memory of its graphics card, at each scale. (Here the batch follows from "
    "the memory that one image takes, measured when a scale is first used, so there is no such table to keep.)",
    sweeps=(),
    published=Grid(
        columns=_COLUMNS,
        rows=(("0.25", 24, 80), ("0.5", 12, 64), ("0.75", 4, 32), ("1.0", 4, 20), ("multi", 4, 10)),
    ),
    own=own,
)
