"""SegCertify, Tables 2 and 7: parts of 3D shapes, certified against shifts of the points and against rotations."""

from collections.abc import Mapping, Sequence

from engine.core.rounding import degrees_down
from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED, Row
from engine.papers.tables.base import Cell, Grid, PaperTable

_COLUMNS = ("model", "against", "shapes", "n", "τ", "σ", "R", "accuracy", "abstained", "s / shape")
_PUBLISHED_SHAPES = 100
_L2, _TURN = "shifts, l2", "rotation"
_PUBLISHED: tuple[tuple[Cell, ...], ...] = (
    ("trained with σ 0.25: base", None, _PUBLISHED_SHAPES, None, None, None, None, 0.81, 0.00, 0.57),
    ("trained with σ 0.25", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.25, None, 0.62, 0.32, 54.47),
    ("trained with σ 0.25", _L2, _PUBLISHED_SHAPES, 1000, 0.85, 0.25, None, 0.52, 0.44, 54.41),
    ("trained with σ 0.25", _L2, _PUBLISHED_SHAPES, 10000, 0.95, 0.25, None, 0.41, 0.56, 496.57),
    ("trained with σ 0.25", _L2, _PUBLISHED_SHAPES, 10000, 0.99, 0.25, None, 0.20, 0.78, 496.88),
    ("normals, σ 0.25: base", None, _PUBLISHED_SHAPES, None, None, None, None, 0.86, 0.00, 0.57),
    ("normals, σ 0.25", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.25, None, 0.78, 0.16, 54.46),
    ("normals, σ 0.25", _L2, _PUBLISHED_SHAPES, 1000, 0.85, 0.25, None, 0.71, 0.25, 54.41),
    ("normals, σ 0.25", _L2, _PUBLISHED_SHAPES, 10000, 0.95, 0.25, None, 0.62, 0.35, 496.65),
    ("normals, σ 0.25", _L2, _PUBLISHED_SHAPES, 10000, 0.99, 0.25, None, 0.39, 0.60, 496.68),
    ("trained with σ 0.5: base", None, _PUBLISHED_SHAPES, None, None, None, None, 0.70, 0.00, 0.55),
    ("trained with σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.25, None, 0.57, 0.23, 54.40),
    ("trained with σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.50, None, 0.47, 0.44, 54.47),
    ("trained with σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.85, 0.50, None, 0.41, 0.54, 54.39),
    ("trained with σ 0.5", _L2, _PUBLISHED_SHAPES, 10000, 0.95, 0.50, None, 0.30, 0.67, 496.30),
    ("trained with σ 0.5", _L2, _PUBLISHED_SHAPES, 10000, 0.99, 0.50, None, 0.11, 0.87, 496.47),
    ("normals, σ 0.5: base", None, _PUBLISHED_SHAPES, None, None, None, None, 0.78, 0.00, 0.56),
    ("normals, σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.25, None, 0.74, 0.10, 54.78),
    ("normals, σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.75, 0.50, None, 0.67, 0.21, 54.58),
    ("normals, σ 0.5", _L2, _PUBLISHED_SHAPES, 1000, 0.85, 0.50, None, 0.61, 0.30, 54.44),
    ("normals, σ 0.5", _L2, _PUBLISHED_SHAPES, 10000, 0.95, 0.50, None, 0.53, 0.41, 497.40),
    ("normals, σ 0.5", _L2, _PUBLISHED_SHAPES, 10000, 0.99, 0.50, None, 0.37, 0.60, 497.87),
    ("normals, σ 0.5: base, Table 7", None, _PUBLISHED_SHAPES, None, None, None, None, 0.77, 0.00, 0.72),
    ("normals, σ 0.5", _TURN, _PUBLISHED_SHAPES, 1000, 0.75, 0.125, None, 0.69, 0.16, 74.13),
    ("normals, σ 0.5", _TURN, _PUBLISHED_SHAPES, 1000, 0.75, 0.25, None, 0.61, 0.26, 74.51),
)


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    """A base model has a row for each number of shapes that it was scored on; of the sweep of base models no more."""
    lines = [_base(row) for row in sweeps["shapes-base"] if row.kind == BASE_CLEAN and not row.group]
    for sweep, against in (("shapes-l2", _L2), ("shapes-so3", _TURN)):
        rows = [row for row in sweeps[sweep] if not row.group]
        for row in sorted(rows, key=lambda row: (row.model, row.kind != BASE_CLEAN, row.sigma, row.tau)):
            if row.kind == CERTIFIED:
                radius: Cell = f"{degrees_down(row.radius)}°" if against == _TURN else row.radius
                given: tuple[Cell, ...] = (
                    against,
                    row.images,
                    row.n,
                    row.tau,
                    row.sigma,
                    radius,
                    row.accuracy,
                    row.abstention,
                    row.seconds,
                )
                lines.append((row.model, *given))
            else:
                base = _base(row)
                lines += [base] if base not in lines else []
    return Grid(columns=_COLUMNS, rows=tuple(lines))


def _base(row: Row) -> tuple[Cell, ...]:
    return f"{row.model}: base", None, row.images, *[None] * 4, row.accuracy, row.abstention, None


TABLE = PaperTable(
    name="certify-2",
    place=9,
    label="Shapes",
    title="SegCertify, Tables 2 and 7: parts of 3D shapes",
    source="Fischer et al. 2021, Tables 2 and 7 (ShapeNet-Part, 100 shapes, n₀ 100, α 0.001; Table 7 prints α 0.0001). "
    "R of Table 2 is σ·ppf(τ); the angles of Table 7 follow from the same formula, which proves nothing for rotations "
    "in space, so they are left out here",
    reading="Normals help much; shapes are harder than images, since a moved point can come to lie on another part.",
    sweeps=("shapes-base", "shapes-l2", "shapes-so3"),
    published=Grid(columns=_COLUMNS, rows=_PUBLISHED),
    own=own,
)
