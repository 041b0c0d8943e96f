"""The rows of a sweep for people and for spreadsheets."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from decimal import ROUND_DOWN, Decimal

from engine.evaluation.sweep.plan import BASE_CLEAN, CERTIFIED, Row

_HEADINGS = ("model", "", "σ", "τ", "correction", "R", "accuracy", "mIoU image", "mIoU data", "abstained", "s / image")
_RADIUS_DIGITS = Decimal("0.0001")


def as_csv(rows: Sequence[Row]) -> str:
    """All fields of all rows, full precision."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Row)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    return text.getvalue()


def as_markdown(rows: Sequence[Row]) -> str:
    """A table of the rows over all images, rounded; radii are never rounded up."""
    lines = [f"| {' | '.join(_HEADINGS)} |", f"|{'|'.join('---' for _ in _HEADINGS)}|"]
    lines += [f"| {' | '.join(_cells(row))} |" for row in rows if not row.group]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    certified = row.kind == CERTIFIED
    return [
        row.model,
        row.kind,
        "" if row.kind == BASE_CLEAN else f"{row.sigma:g}",
        f"{row.tau:g}" if certified else "",
        row.correction,
        str(Decimal(row.radius).quantize(_RADIUS_DIGITS, rounding=ROUND_DOWN)) if certified else "",
        f"{row.accuracy:.3f}",
        f"{row.miou_image:.3f}",
        f"{row.miou_dataset:.3f}",
        f"{row.abstention:.3f}" if certified else "",
        f"{row.seconds:.2f}" if certified else "",
    ]
