"""Known changes of pictures: brightness, contrast, gamma, blur. No paper certifies them for segmentation."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED, Row
from engine.papers.tables.base import Cell, Grid, PaperTable

_COLUMNS = ("model", "family", "σ", "covers any", "accuracy", "mIoU", "mIoU over all", "abstained", "s / image")


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    rows = [row for row in sweeps["changes"] if not row.group]
    certified = sorted(
        (row for row in rows if row.kind == CERTIFIED), key=lambda row: (row.family, row.sigma, row.model)
    )
    lines: list[tuple[Cell, ...]] = [
        (row.model, None, None, "nothing: the model itself", row.accuracy, row.miou_image, row.miou_dataset, None, None)
        for row in rows
        if row.kind == BASE_CLEAN
    ]
    lines += [
        (
            row.model, row.family, row.sigma, row.region, row.accuracy, row.miou_image, row.miou_dataset,
            row.abstention, row.seconds,
        )
        for row in certified
    ]  # fmt: skip
    return Grid(columns=_COLUMNS, rows=tuple(lines))


TABLE = PaperTable(
    name="changes",
    place=10,
    label="Everyday changes",
    title="Changes of light and focus, certified",
    source="this project; no paper has such a table for segmentation",
    reading="One or two random numbers cost far less than noise on every pixel, so that ranges which people would "
    "notice are certified for most of a picture. What is covered is the picture as computed; where it is clipped or "
    "rounded to 8 bits, only brightness has pixel noise beside it to cover that.",
    sweeps=("changes",),
    published=None,
    own=own,
)
