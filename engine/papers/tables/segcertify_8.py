"""SegCertify, Table 8 (the extended Table 1): scale, sigma, tau and n."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import BASE_CLEAN, CERTIFIED, Row
from engine.papers.tables.base import Cell, Grid, PaperTable, find, printed

_COLUMNS = ("scale", "model", "n", "τ", "σ", "R", "accuracy", "mIoU", "abstained", "s / image")
_NONE = None
_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("0.25", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.93, 0.60, 0.00, 0.38),
    ("0.25", "base", _NONE, _NONE, _NONE, _NONE, 0.87, 0.42, 0.00, 0.37),
    ("0.25", "SegCertify", 100, 0.75, 0.25, 0.17, 0.84, 0.43, 0.07, 70.00),
    ("0.25", "SegCertify", 100, 0.75, 0.33, 0.22, 0.84, 0.44, 0.09, 70.21),
    ("0.25", "SegCertify", 100, 0.75, 0.50, 0.34, 0.82, 0.43, 0.13, 71.45),
    ("0.25", "SegCertify", 300, 0.90, 0.25, 0.32, 0.83, 0.43, 0.10, 143.37),
    ("0.25", "SegCertify", 300, 0.90, 0.33, 0.42, 0.82, 0.43, 0.12, 143.30),
    ("0.25", "SegCertify", 300, 0.90, 0.50, 0.64, 0.79, 0.40, 0.18, 143.54),
    ("0.25", "SegCertify", 500, 0.95, 0.25, 0.41, 0.83, 0.42, 0.11, 229.37),
    ("0.25", "SegCertify", 500, 0.95, 0.33, 0.52, 0.83, 0.42, 0.12, 230.69),
    ("0.25", "SegCertify", 500, 0.95, 0.50, 0.82, 0.77, 0.38, 0.20, 230.09),
    ("0.5", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.96, 0.76, 0.00, 0.39),
    ("0.5", "base", _NONE, _NONE, _NONE, _NONE, 0.89, 0.51, 0.00, 0.39),
    ("0.5", "SegCertify", 100, 0.75, 0.25, 0.17, 0.88, 0.54, 0.06, 75.59),
    ("0.5", "SegCertify", 100, 0.75, 0.33, 0.22, 0.87, 0.54, 0.08, 75.99),
    ("0.5", "SegCertify", 100, 0.75, 0.50, 0.34, 0.86, 0.54, 0.10, 75.72),
    ("0.5", "SegCertify", 300, 0.90, 0.25, 0.32, 0.87, 0.53, 0.08, 143.40),
    ("0.5", "SegCertify", 300, 0.90, 0.33, 0.42, 0.86, 0.52, 0.10, 145.90),
    ("0.5", "SegCertify", 300, 0.90, 0.50, 0.64, 0.83, 0.50, 0.15, 144.61),
    ("0.5", "SegCertify", 500, 0.95, 0.25, 0.41, 0.86, 0.52, 0.09, 228.63),
    ("0.5", "SegCertify", 500, 0.95, 0.33, 0.52, 0.85, 0.51, 0.11, 228.38),
    ("0.5", "SegCertify", 500, 0.95, 0.50, 0.82, 0.82, 0.49, 0.16, 228.73),
    ("0.75", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.97, 0.80, 0.00, 0.46),
    ("0.75", "base", _NONE, _NONE, _NONE, _NONE, 0.90, 0.59, 0.00, 0.47),
    ("0.75", "SegCertify", 100, 0.75, 0.25, 0.17, 0.88, 0.57, 0.09, 82.69),
    ("0.75", "SegCertify", 100, 0.75, 0.33, 0.22, 0.86, 0.56, 0.12, 82.87),
    ("0.75", "SegCertify", 100, 0.75, 0.50, 0.34, 0.64, 0.27, 0.31, 82.19),
    ("0.75", "SegCertify", 300, 0.90, 0.25, 0.32, 0.84, 0.54, 0.13, 177.44),
    ("0.75", "SegCertify", 300, 0.90, 0.33, 0.42, 0.84, 0.52, 0.15, 177.22),
    ("0.75", "SegCertify", 300, 0.90, 0.50, 0.64, 0.60, 0.24, 0.37, 177.67),
    ("1.0", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.97, 0.81, 0.00, 0.52),
    ("1.0", "base", _NONE, _NONE, _NONE, _NONE, 0.91, 0.57, 0.00, 0.52),
    ("1.0", "SegCertify", 100, 0.75, 0.25, 0.17, 0.88, 0.59, 0.11, 92.75),
    ("1.0", "SegCertify", 100, 0.75, 0.33, 0.22, 0.78, 0.43, 0.20, 92.85),
    ("1.0", "SegCertify", 100, 0.75, 0.50, 0.34, 0.34, 0.06, 0.40, 92.48),
    ("1.0", "SegCertify", 300, 0.90, 0.25, 0.32, 0.86, 0.56, 0.14, 204.82),
    ("1.0", "SegCertify", 300, 0.90, 0.33, 0.42, 0.75, 0.40, 0.24, 204.58),
    ("1.0", "SegCertify", 300, 0.90, 0.50, 0.64, 0.31, 0.05, 0.47, 204.57),
    ("multi", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.97, 0.82, 0.00, 8.98),
    ("multi", "base", _NONE, _NONE, _NONE, _NONE, 0.92, 0.60, 0.00, 9.04),
    ("multi", "SegCertify", 100, 0.75, 0.25, 0.17, 0.88, 0.57, 0.09, 1040.55),
)
_PASCAL: tuple[tuple[Cell, ...], ...] = (
    ("0.25", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.59, 0.24, 0.00, 0.12),
    ("0.25", "base", _NONE, _NONE, _NONE, _NONE, 0.33, 0.08, 0.00, 0.13),
    ("0.25", "SegCertify", 100, 0.75, 0.25, 0.17, 0.33, 0.08, 0.13, 14.16),
    ("0.25", "SegCertify", 100, 0.75, 0.33, 0.22, 0.34, 0.09, 0.17, 14.20),
    ("0.25", "SegCertify", 100, 0.75, 0.50, 0.34, 0.23, 0.05, 0.27, 14.23),
    ("0.25", "SegCertify", 300, 0.90, 0.25, 0.32, 0.32, 0.08, 0.23, 24.33),
    ("0.25", "SegCertify", 300, 0.90, 0.33, 0.42, 0.32, 0.09, 0.29, 24.42),
    ("0.25", "SegCertify", 300, 0.90, 0.50, 0.64, 0.20, 0.04, 0.43, 24.13),
    ("0.25", "SegCertify", 500, 0.95, 0.25, 0.41, 0.29, 0.01, 0.30, 33.64),
    ("0.25", "SegCertify", 500, 0.95, 0.33, 0.52, 0.26, 0.01, 0.39, 33.79),
    ("0.25", "SegCertify", 500, 0.95, 0.50, 0.82, 0.10, 0.00, 0.61, 33.44),
    ("0.25", "SegCertify", 10000, 0.99, 0.25, 0.58, 0.25, 0.07, 0.48, 557.29),
    ("0.25", "SegCertify", 10000, 0.99, 0.33, 0.77, 0.24, 0.07, 0.58, 557.34),
    ("0.25", "SegCertify", 10000, 0.99, 0.50, 1.17, 0.11, 0.03, 0.77, 557.32),
    ("0.5", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.74, 0.38, 0.00, 0.16),
    ("0.5", "base", _NONE, _NONE, _NONE, _NONE, 0.47, 0.13, 0.00, 0.14),
    ("0.5", "SegCertify", 100, 0.75, 0.25, 0.17, 0.48, 0.16, 0.09, 16.29),
    ("0.5", "SegCertify", 100, 0.75, 0.33, 0.22, 0.50, 0.17, 0.11, 16.08),
    ("0.5", "SegCertify", 100, 0.75, 0.50, 0.34, 0.36, 0.10, 0.21, 16.14),
    ("0.5", "SegCertify", 300, 0.90, 0.25, 0.32, 0.46, 0.15, 0.17, 27.17),
    ("0.5", "SegCertify", 300, 0.90, 0.33, 0.42, 0.47, 0.16, 0.21, 27.17),
    ("0.5", "SegCertify", 300, 0.90, 0.50, 0.64, 0.31, 0.10, 0.38, 27.32),
    ("0.5", "SegCertify", 500, 0.95, 0.25, 0.41, 0.45, 0.19, 0.21, 38.27),
    ("0.5", "SegCertify", 500, 0.95, 0.33, 0.52, 0.46, 0.16, 0.26, 38.43),
    ("0.5", "SegCertify", 500, 0.95, 0.50, 0.82, 0.30, 0.09, 0.44, 38.37),
    ("0.75", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.76, 0.41, 0.00, 0.15),
    ("0.75", "base", _NONE, _NONE, _NONE, _NONE, 0.55, 0.18, 0.00, 0.15),
    ("0.75", "SegCertify", 100, 0.75, 0.25, 0.17, 0.53, 0.19, 0.15, 16.78),
    ("0.75", "SegCertify", 100, 0.75, 0.33, 0.22, 0.54, 0.20, 0.20, 16.83),
    ("0.75", "SegCertify", 100, 0.75, 0.50, 0.34, 0.29, 0.07, 0.33, 16.83),
    ("0.75", "SegCertify", 300, 0.90, 0.25, 0.32, 0.51, 0.19, 0.22, 29.48),
    ("0.75", "SegCertify", 300, 0.90, 0.33, 0.42, 0.51, 0.20, 0.28, 29.58),
    ("0.75", "SegCertify", 300, 0.90, 0.50, 0.64, 0.25, 0.06, 0.45, 29.53),
    ("1.0", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.77, 0.42, 0.00, 0.18),
    ("1.0", "base", _NONE, _NONE, _NONE, _NONE, 0.53, 0.18, 0.00, 0.18),
    ("1.0", "SegCertify", 100, 0.75, 0.25, 0.17, 0.55, 0.22, 0.22, 18.53),
    ("1.0", "SegCertify", 100, 0.75, 0.33, 0.22, 0.46, 0.18, 0.34, 18.57),
    ("1.0", "SegCertify", 100, 0.75, 0.50, 0.34, 0.17, 0.03, 0.41, 18.46),
    ("1.0", "SegCertify", 300, 0.90, 0.25, 0.32, 0.53, 0.21, 0.29, 33.83),
    ("1.0", "SegCertify", 300, 0.90, 0.33, 0.42, 0.42, 0.17, 0.44, 33.78),
    ("1.0", "SegCertify", 300, 0.90, 0.50, 0.64, 0.15, 0.03, 0.52, 33.43),
    ("multi", "non-robust", _NONE, _NONE, _NONE, _NONE, 0.78, 0.45, 0.00, 4.21),
    ("multi", "base", _NONE, _NONE, _NONE, _NONE, 0.56, 0.19, 0.00, 4.22),
    ("multi", "SegCertify", 100, 0.75, 0.25, 0.17, 0.52, 0.21, 0.29, 355.00),
)
_SCALES = {"0.25": "+scale:0.25", "0.5": "+scale:0.5", "0.75": "+scale:0.75", "1.0": "", "multi": "+multiscale"}
_MODEL = "street-noise25"
_SIGMAS = (0.25, 0.33, 0.5)


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    """A scale that was run on fewer images than the others says so."""
    rows = [row for name in ("scales", "multiscale") for row in sweeps[name]]
    most = max((row.images for row in rows), default=0)
    lines: list[tuple[Cell, ...]] = []
    for scale, around in _SCALES.items():
        base = find(rows, _MODEL + around, BASE_CLEAN)
        if base is not None:
            scale = scale if base.images == most else f"{scale}, {base.images} images"
            lines.append((scale, "base", None, None, None, None, base.accuracy, base.miou_image, base.abstention, None))
        for sigma in _SIGMAS:
            row = find(rows, _MODEL + around, CERTIFIED, sigma, 0.75, "holm")
            if row is not None:
                lines.append(
                    (
                        scale, "SegCertify", row.n, row.tau, row.sigma, row.radius, row.accuracy, row.miou_image,
                        row.abstention, row.seconds,
                    )
                )  # fmt: skip
    return Grid(columns=_COLUMNS, rows=tuple(lines))


TABLE = PaperTable(
    name="certify-8",
    place=4,
    label="Scales",
    title="SegCertify, Tables 1 and 8: the scale at which the model sees the noisy image",
    source="Fischer et al. 2021, Tables 1 and 8 (100 images of each dataset)",
    reading="Resizing averages pixels and so removes noise: at high σ small scales win, at low σ large ones.",
    sweeps=("scales", "multiscale"),
    published=printed({"Cityscapes": _CITYSCAPES, "Pascal Context": _PASCAL}, _COLUMNS),
    own=own,
)
