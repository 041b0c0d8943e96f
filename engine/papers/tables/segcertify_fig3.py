"""SegCertify, Figure 3: certified accuracy against the radius, over tau."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import CERTIFIED, Row
from engine.papers.tables.base import Cell, Grid, PaperTable

_COLUMNS = ("model", "n", "σ", "τ", "R", "accuracy", "abstained")


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    chosen = [row for row in sweeps["tau"] if row.kind == CERTIFIED and row.correction == "holm" and not row.group]
    chosen.sort(key=lambda row: (row.model, row.sigma, row.tau))
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (row.model, row.n, row.sigma, row.tau, row.radius, row.accuracy, row.abstention) for row in chosen
    )
    return Grid(columns=_COLUMNS, rows=lines)


TABLE = PaperTable(
    name="certify-fig3",
    place=5,
    label="Radius",
    title="SegCertify, Figure 3: certified accuracy against the radius, as τ rises",
    source="Fischer et al. 2021, Figure 3 (Cityscapes, scale 0.25, n = 300); only its text gives figures",
    reading="Very gradual up to τ = 0.92, then a sudden drop: with n = 300 draws nothing more can be proved.",
    sweeps=("tau",),
    published=Grid(columns=_COLUMNS, rows=()),
    own=own,
    chart="radius",
)
