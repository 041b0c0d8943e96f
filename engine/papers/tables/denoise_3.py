"""DenoiseCertify, Table 3: denoising in one step or in many."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import CERTIFIED, Row
from engine.papers.tables.base import SHORT, Cell, Grid, PaperTable, certified_line, certified_lines, printed

_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("single step: clean", None, None, 0.94, 0.67, None),
    ("single step", 0.25, 0.17, 0.77, 0.41, 0.24),
    ("single step", 0.50, 0.34, 0.65, 0.28, 0.36),
    ("single step", 1.00, 0.67, 0.47, 0.15, 0.53),
    ("multi-step: clean", None, None, 0.89, 0.39, None),
    ("multi-step", 0.25, 0.17, 0.70, 0.27, 0.33),
    ("multi-step", 0.50, 0.34, 0.52, 0.15, 0.50),
    ("multi-step", 1.00, 0.67, 0.29, 0.06, 0.73),
)
_PASCAL: tuple[tuple[Cell, ...], ...] = (
    ("single step: clean", None, None, 0.85, 0.58, None),
    ("single step", 0.25, 0.17, 0.67, 0.48, 0.28),
    ("single step", 0.50, 0.34, 0.54, 0.32, 0.40),
    ("single step", 1.00, 0.67, 0.28, 0.15, 0.62),
    ("multi-step: clean", None, None, 0.80, 0.49, None),
    ("multi-step", 0.25, 0.17, 0.61, 0.34, 0.34),
    ("multi-step", 0.50, 0.34, 0.46, 0.24, 0.49),
    ("multi-step", 1.00, 0.67, 0.14, 0.07, 0.75),
)
_STABILITY = ("stability-100", "stability-300")
_WAYS = {"single": "single step", "multi": "multi-step (8)", "dncnn:mse": "DnCNN, squared error",
         "dncnn:stability": "DnCNN, stability"}  # fmt: skip


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    lines: list[tuple[Cell, ...]] = []
    for part, words in _WAYS.items():
        lines += certified_lines(sweeps["denoisers"], f"street-clean: {words}", f"street-clean+{part}")
    for name in _STABILITY:  # on other images, and with more draws
        for row in (row for row in sweeps[name] if row.kind == CERTIFIED and not row.group):
            lines.append(certified_line(f"street-clean: for stability, n {row.n}, {row.images} images", row))
    return Grid(columns=SHORT, rows=tuple(lines))


TABLE = PaperTable(
    name="denoise-3",
    place=3,
    label="Ways to denoise",
    title="DenoiseCertify, Table 3: one step or many",
    source="DenoiseCertify, Table 3 (ViT)",
    reading="One evaluation beats the whole chain: a chain makes up details that differ from draw to draw.",
    sweeps=("denoisers", *_STABILITY),
    published=printed({"Cityscapes": _CITYSCAPES, "Pascal Context": _PASCAL}),
    own=own,
    chart="sigma",
)
