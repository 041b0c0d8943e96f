"""DenoiseCertify, Table 3: denoising in one step or in many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.sweep import Row
from engine.tables.base import SHORT, Cell, Grid, PaperTable, certified_lines, published_lines

_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("single step", 0.25, 0.17, 0.77, 0.41, 0.24),
    ("single step", 0.50, 0.34, 0.65, 0.28, 0.36),
    ("single step", 1.00, 0.67, 0.47, 0.15, 0.53),
    ("multi-step", 0.25, 0.17, 0.70, 0.27, 0.33),
    ("multi-step", 0.50, 0.34, 0.52, 0.15, 0.50),
    ("multi-step", 1.00, 0.67, 0.29, 0.06, 0.73),
)
_WAYS = {"single": "single step", "multi": "multi-step (8)", "dncnn:mse": "DnCNN, squared error",
         "dncnn:stability": "DnCNN, stability"}  # fmt: skip


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    lines: list[tuple[Cell, ...]] = []
    for part, words in _WAYS.items():
        lines += certified_lines(sweeps["denoisers"], f"street-clean: {words}", f"street-clean+{part}")
    return Grid(columns=SHORT, rows=tuple(lines))


TABLE = PaperTable(
    name="denoise-3",
    place=3,
    label="Ways to denoise",
    title="DenoiseCertify, Table 3: one step or many",
    source="DenoiseCertify, Table 3 (Cityscapes, ViT)",
    reading="One evaluation beats the whole chain: a chain makes up details that differ from draw to draw.",
    sweeps=("denoisers",),
    published=Grid(columns=SHORT, rows=published_lines(_CITYSCAPES)),
    own=own,
    chart="sigma",
)
