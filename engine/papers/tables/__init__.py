"""The papers' tables, published and our own side by side; one per file, each declares `TABLE`."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from engine.core.assets import ASSETS
from engine.core.registry import Registry, entries_of
from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED, Row
from engine.papers.tables.base import Cell, Grid, PaperTable

__all__ = [
    "Cell",
    "Grid",
    "PaperTable",
    "files_of",
    "model_scores",
    "own_grid",
    "own_results",
    "paper_tables",
]

RESULTS = ASSETS / "results"
_ROW_KEY = ("model", "kind", "sigma", "tau", "correction", "group", "images", "n")


def _in_order() -> Mapping[str, PaperTable]:
    found = entries_of(__name__, "TABLE", PaperTable)
    return dict(sorted(found.items(), key=lambda pair: pair[1].place))


paper_tables = Registry("table", _in_order)
"""All tables by name, in the order of their places."""


@cache
def own_results() -> Mapping[str, Mapping[str, Any]]:
    """The bundled sweeps as stored, by name; see `engine.evaluation.sweep.SweepResult.as_dict`.

    >>> {row["sigma"] for row in own_results()["models"]["rows"] if row["kind"] == "certified"} == {0.25, 0.5, 1.0}
    True
    """
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))}


def own_grid(table: PaperTable) -> Grid:
    """This project's rows of a table, from the bundled sweeps.

    >>> grid = own_grid(paper_tables["certify-4"])
    >>> "street-noise25" in str(grid.rows)
    True
    """
    rows: dict[str, Sequence[Row]] = {}
    for sweep in table.sweeps:
        rows[sweep] = tuple(Row(**{key: _number(value) for key, value in row.items()}) for row in _rows_of(sweep))
    return table.own(rows)


def files_of(sweep: str) -> list[str]:
    """The bundled results that make up one sweep, which may have been run in parts: names under assets/results.

    >>> sorted(files_of("models"))
    ['models', 'models-multi', 'models-plain']
    """
    return [name for name in own_results() if name == sweep or name.startswith(f"{sweep}-")]


def model_scores() -> tuple[tuple[str, float, float, float], ...]:
    """Of every model of the bundled sweep: name, accuracy on clean images, best certified accuracy, and its sigma.

    >>> all(certified <= clean for _, clean, certified, _ in model_scores())
    True
    """
    rows = [Row(**{key: _number(value) for key, value in row.items()}) for row in _rows_of("models")]
    found = []
    for base in (row for row in rows if row.kind == BASE_CLEAN and not row.group):
        certified = [
            row
            for row in rows
            if (row.model, row.kind, row.tau, row.correction, row.group) == (base.model, CERTIFIED, 0.75, "holm", "")
        ]
        if certified:
            best = max(certified, key=lambda row: row.accuracy)
            found.append((base.model, base.accuracy, best.accuracy, best.sigma))
    return tuple(found)


def _rows_of(sweep: str) -> list[dict[str, Any]]:
    """All rows, each once: parts for several noises have the same rows of the models on clean images."""
    rows = [row for name in files_of(sweep) for row in _rows_in(own_results()[name])]
    return list({(*(row[key] for key in _ROW_KEY), row.get("family", "")): row for row in rows}.values())


def _rows_in(stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a sweep as they are; those of shapes in the same words, a category as a group."""
    if "plan" in stored:
        rows: list[dict[str, Any]] = stored["rows"]
        return rows
    settings = stored["settings"]
    return [
        {
            "model": stored["model"],
            "kind": CERTIFIED if row["tau"] else BASE_CLEAN,
            "sigma": settings["sigma"] if row["tau"] else 0.0,
            "correction": settings["correction"] if row["tau"] else "",
            "miou_image": row["miou_shape"],
            "miou_dataset": None,
            "images": row["shapes"],
            "n": settings["n"] if row["tau"] else 0,
            "group": row["category"],
            **{name: row[name] for name in ("tau", "radius", "accuracy", "abstention", "seconds")},
        }
        for row in stored["rows"]
    ]


def _number(value: Any) -> Any:
    return float("nan") if value is None else value
