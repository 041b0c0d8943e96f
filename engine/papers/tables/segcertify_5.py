"""SegCertify, Table 5: consistency training."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import Row
from engine.papers.tables.base import SHORT, Cell, Grid, PaperTable, base_lines, certified_lines, printed

_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("scale 0.25: base", None, None, 0.87, 0.40, None),
    ("scale 0.25: SegCertify", 0.25, 0.17, 0.83, 0.42, 0.07),
    ("scale 0.25: SegCertify", 0.33, 0.22, 0.84, 0.42, 0.09),
    ("scale 0.25: SegCertify", 0.50, 0.34, 0.82, 0.43, 0.14),
    ("scale 0.5: base", None, None, 0.91, 0.53, None),
    ("scale 0.5: SegCertify", 0.25, 0.17, 0.89, 0.57, 0.06),
    ("scale 0.5: SegCertify", 0.33, 0.22, 0.89, 0.57, 0.07),
    ("scale 1: base", None, None, 0.92, 0.62, None),
    ("scale 1: SegCertify", 0.25, 0.17, 0.88, 0.63, 0.12),
    ("scale 1: SegCertify", 0.33, 0.22, 0.79, 0.46, 0.20),
    ("scale 1: SegCertify", 0.50, 0.34, 0.39, 0.06, 0.32),
)
_MODELS = ("street-noise25", "street-consistency25", "street-smoothadv25")


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    rows = sweeps["models"]
    lines: list[tuple[Cell, ...]] = []
    for model in _MODELS:
        lines += base_lines(rows, f"{model}: base", model)
        lines += certified_lines(rows, f"{model}: SegCertify", model, (0.25, 0.5))
    return Grid(columns=SHORT, rows=tuple(lines))


TABLE = PaperTable(
    name="certify-5",
    place=6,
    label="Training objectives",
    title="SegCertify, Table 5: training for agreement under noise",
    source="Fischer et al. 2021, Table 5 (Cityscapes; m = 2, λ = 1, η = 0.5, σ = 0.25)",
    reading="A little better or a little worse than noise alone, depending on the scale.",
    sweeps=("models",),
    published=printed({"Cityscapes": _CITYSCAPES}),
    own=own,
    chart="sigma",
)
