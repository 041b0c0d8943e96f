"""The bundled records of audits of certificates, as tables: what the commands `audit-...` wrote."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from engine.core.assets import ASSETS
from engine.core.rounding import degrees_down
from engine.papers.tables import Cell, Grid

RECORDS = ASSETS / "audits"
ATTACKS, FIGURE, SAMPLES, LOSSES, SHIFTS, TURNS = "attacks", "figure", "samples", "losses", "shifts", "turns"
"""What was audited: attacks of all kinds on small radii, the attack of Figure 1 on a dataset and on the samples, which
loss is strongest, shifts of shapes, turns of shapes."""
_ALL = (ATTACKS, FIGURE, SAMPLES, LOSSES, SHIFTS, TURNS)


@cache
def audit_records() -> Mapping[str, Mapping[str, Any]]:
    """The records as stored, by what was done, such as `ATTACKS`. A copy may ship without them.

    >>> {"attacks", "shifts", "turns"} <= set(audit_records())
    True
    """
    found = {name: RECORDS / f"{name}.json" for name in _ALL}
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


def input_grid(record: Mapping[str, Any]) -> Grid:
    """A row for each input: what the strongest attack took from the undefended model, of what it had right; the share
    that is certified; and how much of that was flipped. Then the mean of each.

    >>> told = {"name": "a", "flipped_share": 0.5, "certified_fraction": 0.75, "violations": 0}
    >>> input_grid({"by_input": [told]}).rows
    (('a', 0.5, 0.75, 0), ('all', 0.5, 0.75, 0))
    """
    rows = [
        (one["name"], one["flipped_share"], one["certified_fraction"], one["violations"]) for one in record["by_input"]
    ]
    means = [sum(row[place] for row in rows) / len(rows) for place in (1, 2)]
    rows.append(("all", *means, sum(row[3] for row in rows)))
    return Grid(columns=("input", "flipped", "certified", "violations"), rows=tuple(rows))


def loss_grid(record: Mapping[str, Any]) -> Grid:
    """A row for each attack and loss, a column for each budget: the share that it flips on average.

    >>> told = [{"budget": 0.5, "attack": "pgd", "loss": "ce", "flipped_share": 0.25}]
    >>> loss_grid({"rows": told}).rows
    (('pgd', 'ce', 0.25),)
    """
    budgets = list(dict.fromkeys(row["budget"] for row in record["rows"]))
    found = {(row["attack"], row["loss"], row["budget"]): row["flipped_share"] for row in record["rows"]}
    pairs = sorted({pair[:2] for pair in found}, key=lambda pair: -sum(found[*pair, budget] for budget in budgets))
    rows = tuple((*pair, *(found[*pair, budget] for budget in budgets)) for pair in pairs)
    return Grid(columns=("attack", "loss", *(f"flipped at {budget:g}" for budget in budgets)), rows=rows)


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
