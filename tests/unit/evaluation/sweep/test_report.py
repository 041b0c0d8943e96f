"""Reports read back: CSV to full precision, Markdown rounded, and radii never rounded up."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import asdict, replace
from decimal import Decimal
from typing import get_type_hints

import pytest

from engine.evaluation.sweep import BASE_CLEAN, BASE_NOISY, CERTIFIED, Row, as_csv, as_markdown
from engine.perturbations import families

ROW = Row(
    model="street-clean+single", kind=CERTIFIED, sigma=0.25, tau=0.75, correction="holm", radius=0.16862243754902047,
    accuracy=2 / 3, miou_image=0.1, miou_dataset=1 / 7, abstention=0.25, seconds=1.23456, images=2, n=100, group="",
)  # fmt: skip
CLEAN = replace(ROW, kind=BASE_CLEAN, sigma=0.0, tau=0.0, correction="", radius=0.0, abstention=0.0, seconds=0.0)
NOISY = replace(CLEAN, kind=BASE_NOISY, sigma=0.25)


def test_csv_reads_back_to_the_last_bit() -> None:
    rows = [ROW, CLEAN, replace(NOISY, group="0001TP", accuracy=math.nan)]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    kinds = get_type_hints(Row)
    back = [Row(**{name: kinds[name](value) for name, value in line.items()}) for line in read]
    assert back[:2] == rows[:2]
    assert math.isnan(back[2].accuracy)
    assert replace(back[2], accuracy=0.0) == replace(rows[2], accuracy=0.0)


def test_json_has_no_nan() -> None:
    told = json.loads(json.dumps(replace(ROW, accuracy=math.nan).as_dict(), allow_nan=False))
    assert told == asdict(ROW) | {"accuracy": None}


def table(*rows: Row) -> list[list[str]]:
    lines = as_markdown(rows).splitlines()
    assert all(line.startswith("|") and line.endswith("|") for line in lines)
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def test_markdown_is_a_table_of_all_images() -> None:
    heading, ruler, *body = table(ROW, CLEAN, NOISY, replace(ROW, group="0001TP"))
    assert len({len(line) for line in (heading, ruler, *body)}) == 1
    assert set(ruler) == {"---"}
    assert {line[0] for line in body} == {"street-clean+single"}
    assert [line[1:] for line in body] == [
        ["certified", "0.25", "0.75", "holm", "0.1686", "0.667", "0.100", "0.143", "0.250", "1.23"],
        ["base clean", "", "", "", "", "0.667", "0.100", "0.143", "", ""],
        ["base noisy", "0.25", "", "", "", "0.667", "0.100", "0.143", "", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("radius", "shown"),
    [
        (0.16869999, "0.1686"),
        (0.1687, "0.1686"),  # the double that is written so lies below it
        (math.nextafter(1.6859, 0), "1.6858"),
        (0.00009, "0.0000"),
        (23.26347874040841, "23.2634"),
    ],
)
def test_radii_are_rounded_down(radius: float, shown: str) -> None:
    assert table(replace(ROW, radius=radius))[2][5] == shown


def test_no_radius_is_ever_rounded_up() -> None:
    # Decimal(float) is exact, so this compares what is printed with what was proved; the last doubles below a printed
    # number are where rounding goes wrong first.
    radii = [families["l2"].radius(sigma=s / 100, tau=t / 100) for s in (1, 25, 50, 100, 1000) for t in range(51, 100)]
    radii += [math.nextafter(number / 1e4, 0) for number in range(1, 20_000, 7)]
    shown = [line[5] for line in table(*(replace(ROW, radius=radius) for radius in radii))[2:]]
    for text, radius in zip(shown, radii, strict=True):
        assert Decimal(0) <= Decimal(radius) - Decimal(text) < Decimal("0.0001")
