"""A table of a paper: what was published, and which rows of this project's sweeps stand beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED, Row

Cell = str | float | None
"""A text, a number, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Columns and rows as shown; the same columns hold the same quantities in every row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row of a table has another number of cells than it has columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """A registry entry. `own` makes this project's rows from the rows of its bundled sweeps, by their names.

    place: among the tables, from 1. reading: what the paper concludes from it. published: None where no paper has such
    a table; then `reading` is ours. sweeps: results under assets/results that `own` needs, a file or all files whose
    names begin so and a dash. chart: "sigma" or "radius", what accuracy is drawn over, or "".
    """

    name: str
    place: int
    label: str
    title: str
    source: str
    reading: str
    sweeps: tuple[str, ...]
    published: Grid | None
    own: Callable[[Mapping[str, Sequence[Row]]], Grid]
    chart: str = ""


PRINTED = ("model", "σ", "R", "accuracy", "mIoU", "abstained")
"""What most published tables give."""

SHORT = ("model", "σ", "R", "accuracy", "mIoU", "mIoU over all", "abstained", "s / image")
"""Columns that most tables share; mIoU is the papers', per image and class, the other one from all pixels together."""


def printed(rows: Mapping[str, Sequence[tuple[Cell, ...]]], columns: tuple[str, ...] = PRINTED) -> Grid:
    """Published rows under `columns`, each behind its dataset."""
    return Grid(
        columns=("dataset", *columns), rows=tuple((dataset, *row) for dataset, lines in rows.items() for row in lines)
    )


def certified_line(title: str, row: Row) -> tuple[Cell, ...]:
    """A certified or base row under `SHORT`."""
    base = not row.tau
    return (
        title,
        row.sigma or None,
        None if base else row.radius,
        row.accuracy,
        row.miou_image,
        row.miou_dataset,
        None if base else row.abstention,
        None if base else row.seconds,
    )


def certified_lines(
    rows: Sequence[Row], title: str, model: str, sigmas: Sequence[float] = (0.25, 0.5, 1.0)
) -> list[tuple[Cell, ...]]:
    """The certified rows of one model at tau 0.75 with Holm, one for each sigma that there is, under `SHORT`."""
    found = (find(rows, model, CERTIFIED, sigma, 0.75, "holm") for sigma in sigmas)
    return [certified_line(title, row) for row in found if row is not None]


def base_lines(rows: Sequence[Row], title: str, model: str) -> list[tuple[Cell, ...]]:
    """The row of the model itself on clean images, if there is one, under `SHORT`."""
    row = find(rows, model, BASE_CLEAN)
    return [] if row is None else [certified_line(title, row)]


def find(
    rows: Sequence[Row], model: str, kind: str, sigma: float = 0.0, tau: float = 0.0, correction: str = ""
) -> Row | None:
    """The row over all images of that model, kind and setting, if there is one."""
    wanted = (model, kind, sigma, tau, correction)
    for row in rows:
        if not row.group and (row.model, row.kind, row.sigma, row.tau, row.correction) == wanted:
            return row
    return None
