"""The bundled records of audits of certificates, as tables: what `audit-attacks`, `audit-shifts` and `audit-turns`
wrote."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.core.assets import ASSETS
from engine.core.rounding import degrees_down
from engine.papers.tables import Cell, Grid

RECORDS = ASSETS / "audits"
ATTACKS, SHIFTS, TURNS = "attacks", "shifts", "turns"


@cache
def audit_records() -> Mapping[str, Mapping[str, Any]]:
    """The records as stored, by what was done: `ATTACKS`, `SHIFTS`, `TURNS`. A copy may ship without them.

    >>> sorted(audit_records())
    ['attacks', 'shifts', 'turns']
    """
    found = {name: RECORDS / f"{name}.json" for name in (ATTACKS, SHIFTS, TURNS)}
    return {name: json.loads(path.read_text(encoding="utf-8")) for name, path in found.items() if path.is_file()}


def attack_grid(record: Mapping[str, Any]) -> Grid:
    """One row for each victim, attack and loss. "flipped" is a share of what the undefended model had right, "as
    plain PGD" the share of images or shapes where it is as large as under PGD with cross-entropy, or larger.

    >>> grid = attack_grid(audit_records()[ATTACKS])
    >>> sum(row[grid.columns.index("violations")] for row in grid.rows)  # no attack broke a promise
    0
    """
    names = ("victim", "attack", "loss", "flipped_share", "at_least_plain_pgd", "violations", "now_abstain")
    return Grid(
        columns=("victim", "attack", "loss", "flipped", "as plain PGD", "violations", "now abstain"),
        rows=tuple(tuple(row[name] for name in names) for row in record["by_attack"]),
    )


def turn_grid(record: Mapping[str, Any]) -> Grid:
    """A row for the turns inside the certified angle and one for those outside. "flipped" is a share of the undefended
    model's answers, "points turned" counts certified ones, once for each turn.

    >>> [(row[0], row[5]) for row in turn_grid(audit_records()[TURNS]).rows][0]  # violations
    ('inside', 0)
    """
    rows: list[tuple[Cell, ...]] = []
    for side in ("inside", "outside"):
        angles = [row["angle"] for row in record["rows"] if row["inside"] == (side == "inside")]
        if angles:
            told = record[side]
            shares = (told["base_flipped"], told["certified_points_turned"], told["violations"], told["now_abstain"])
            rows.append((side, told["turns"], f"{degrees_down(max(angles))}°", *shares))
    columns = ("turns", "number", "angle, at most", "flipped", "points turned", "violations", "now abstain")
    return Grid(columns=columns, rows=tuple(rows))
