"""DenoiseCertify, Table 2: a model trained without noise, alone and behind the denoiser."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import Row
from engine.papers.tables.base import SHORT, Cell, Grid, PaperTable, certified_lines, printed

_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("scale 0.25: SegCertify", 0.25, 0.17, 0.34, 0.05, 0.29),
    ("scale 0.25: SegCertify", 0.50, 0.34, 0.18, 0.01, 0.14),
    ("scale 0.25: SegCertify", 1.00, 0.67, 0.18, 0.01, 0.06),
    ("scale 0.25: DenoiseCertify", 0.25, 0.17, 0.78, 0.41, 0.22),
    ("scale 0.25: DenoiseCertify", 0.50, 0.34, 0.68, 0.29, 0.32),
    ("scale 0.25: DenoiseCertify", 1.00, 0.67, 0.46, 0.15, 0.54),
    ("scale 0.5: SegCertify", 0.25, 0.17, 0.48, 0.07, 0.19),
    ("scale 0.5: SegCertify", 0.50, 0.34, 0.19, 0.01, 0.15),
    ("scale 0.5: SegCertify", 1.00, 0.67, 0.17, 0.01, 0.11),
    ("scale 0.5: DenoiseCertify", 0.25, 0.17, 0.74, 0.37, 0.26),
    ("scale 0.5: DenoiseCertify", 0.50, 0.34, 0.60, 0.22, 0.40),
    ("scale 0.5: DenoiseCertify", 1.00, 0.67, 0.32, 0.11, 0.67),
    ("scale 1: SegCertify", 0.25, 0.17, 0.18, 0.01, 0.08),
    ("scale 1: SegCertify", 0.50, 0.34, 0.17, 0.01, 0.08),
    ("scale 1: SegCertify", 1.00, 0.67, 0.01, 0.00, 0.98),
    ("scale 1: DenoiseCertify", 0.25, 0.17, 0.58, 0.26, 0.42),
    ("scale 1: DenoiseCertify", 0.50, 0.34, 0.42, 0.15, 0.55),
    ("scale 1: DenoiseCertify", 1.00, 0.67, 0.24, 0.70, 0.70),
)
_PASCAL: tuple[tuple[Cell, ...], ...] = (
    ("scale 0.25: SegCertify", 0.25, 0.17, 0.18, 0.05, 0.67),
    ("scale 0.25: SegCertify", 0.50, 0.34, 0.07, 0.01, 0.70),
    ("scale 0.25: SegCertify", 1.00, 0.67, 0.02, 0.00, 0.58),
    ("scale 0.25: DenoiseCertify", 0.25, 0.17, 0.45, 0.19, 0.28),
    ("scale 0.25: DenoiseCertify", 0.50, 0.34, 0.37, 0.11, 0.45),
    ("scale 0.25: DenoiseCertify", 1.00, 0.67, 0.11, 0.03, 0.74),
    ("scale 0.5: SegCertify", 0.25, 0.17, 0.34, 0.13, 0.49),
    ("scale 0.5: SegCertify", 0.50, 0.34, 0.12, 0.03, 0.62),
    ("scale 0.5: SegCertify", 1.00, 0.67, 0.03, 0.00, 0.43),
    ("scale 0.5: DenoiseCertify", 0.25, 0.17, 0.56, 0.23, 0.27),
    ("scale 0.5: DenoiseCertify", 0.50, 0.34, 0.43, 0.18, 0.46),
    ("scale 0.5: DenoiseCertify", 1.00, 0.67, 0.12, 0.04, 0.64),
    ("scale 1: SegCertify", 0.25, 0.17, 0.31, 0.10, 0.52),
    ("scale 1: SegCertify", 0.50, 0.34, 0.08, 0.01, 0.45),
    ("scale 1: SegCertify", 1.00, 0.67, 0.01, 0.02, 0.49),
    ("scale 1: DenoiseCertify", 0.25, 0.17, 0.47, 0.22, 0.27),
    ("scale 1: DenoiseCertify", 0.50, 0.34, 0.36, 0.10, 0.53),
    ("scale 1: DenoiseCertify", 1.00, 0.67, 0.10, 0.02, 0.73),
)
_SMALLER = {"0.25": "+scale:0.25", "0.5": "+scale:0.5"}


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    """The smaller scales may have been run on fewer images, and say on how many."""
    lines: list[tuple[Cell, ...]] = []
    for scale, around in _SMALLER.items():
        rows = sweeps["denoise-scales"]
        images = f", {max((row.images for row in rows), default=0)} images"
        lines += certified_lines(rows, f"street-clean, scale {scale}{images}: SegCertify", f"street-clean{around}")
        behind = f"street-clean{around}+single"
        lines += certified_lines(rows, f"street-clean, scale {scale}{images}: DenoiseCertify", behind)
    rows = sweeps["models"]
    lines += certified_lines(rows, "street-clean, scale 1: SegCertify", "street-clean")
    lines += certified_lines(rows, "street-clean, scale 1: DenoiseCertify", "street-clean+single")
    return Grid(columns=SHORT, rows=tuple(lines))


TABLE = PaperTable(
    name="denoise-2",
    place=2,
    label="Without noise in training",
    title="DenoiseCertify, Table 2: a model trained without noise, alone and behind the denoiser",
    source="DenoiseCertify, Table 2 (HRNet). Its last mIoU for Cityscapes, 0.70, repeats the abstentions: a misprint",
    reading="Alone such a model is lost under noise; behind the denoiser much comes back at small σ, less as σ grows.",
    sweeps=("denoise-scales", "models"),
    published=printed({"Cityscapes": _CITYSCAPES, "Pascal Context": _PASCAL}),
    own=own,
    chart="sigma",
)
