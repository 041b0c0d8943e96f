"""The table of classes of a certificate, and scales, as HTML that follows the theme's colours."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from app.pictures.overlay import colour_bar
from app.views.render import render
from app.words.kinds import words_for
from app.words.numbers import share, share_up
from app.words.promise import passed, reserved

Ids = NDArray[np.integer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One class: how many components were tested for it, and how many of them passed; where the truth is known the
    components that are it, and those that passed and the base model's as (intersection, union) with it."""

    name: str
    colour: tuple[int, int, int]
    tested: int
    passed: int
    true: int | None = None
    passed_overlap: tuple[int, int] | None = None
    base_overlap: tuple[int, int] | None = None


def class_rows(
    certificate: engine.Certificate,
    space: engine.inputs.LabelSpace,
    *,
    truth: Ids | None = None,
    base: Ids | None = None,
) -> list[ClassRow]:
    """The classes that were tested anywhere or are there in truth: those of images by size, parts in their order.

    truth, base: whole numbers (*N), the true classes and the base model's, to be compared; or None.
    """
    rows = []
    for number, (name, colour) in enumerate(zip(space.classes, space.palette, strict=True)):
        tested, there = int((certificate.top == number).sum()), None if truth is None else truth == number
        if not tested and (there is None or not there.any()):
            continue
        row = ClassRow(
            name=name,
            colour=colour,
            tested=tested,
            passed=int((certificate.labels == number).sum()),
            true=None if there is None else int(there.sum()),
            passed_overlap=None if truth is None else _overlap(certificate.labels, truth, number),
            base_overlap=None if truth is None or base is None else _overlap(base, truth, number),
        )
        rows.append(row)
    return sorted(rows, key=lambda row: -row.tested) if certificate.kind == "image" else rows


def legend_values(certificate: engine.Certificate, rows: list[ClassRow]) -> dict[str, Any]:
    """What the template `legend` needs."""
    total, words = certificate.labels.size, words_for(certificate)
    abstained = total - certificate.selected_count
    return {
        "label": words.label,
        "passed": passed(certificate.settings),
        "reserved": reserved(certificate),
        "scored": bool(rows) and rows[0].base_overlap is not None,
        "hatched": certificate.kind == "image",
        "abstained": abstained,
        "abstained_share": share_up(abstained, total),
        "rows": [
            {
                "name": row.name,
                "colour": row.colour,
                "tested": row.tested,
                "share": share(row.passed, row.tested),
                "width": 100.0 * row.passed / row.tested if row.tested else 0.0,
                "scores": [share(*overlap) for overlap in (row.passed_overlap, row.base_overlap) if overlap],
            }
            for row in rows
        ],
    }


def legend(certificate: engine.Certificate, rows: list[ClassRow]) -> str:
    """The table of classes with colour, components tested, share that passed and scores, and the row of abstentions."""
    return render("legend", **legend_values(certificate, rows))


def scale(low: str, high: str) -> str:
    """A labelled colour bar."""
    return render("scale", low=low, high=high, colours=colour_bar())


def _overlap(labels: Ids, truth: Ids, number: int) -> tuple[int, int]:
    """Intersection and union with a class, among what is labelled; an abstention is in no prediction."""
    given, there = (labels == number) & (truth != engine.inputs.VOID), truth == number
    return int((given & there).sum()), int((given | there).sum())
