"""DenoiseCertify, Table 1: a model trained with noise, one without, and denoising before either."""

from collections.abc import Mapping, Sequence

from engine.evaluation.sweep import Row
from engine.papers.tables.base import SHORT, Cell, Grid, PaperTable, base_lines, certified_lines, printed

_CITYSCAPES: tuple[tuple[Cell, ...], ...] = (
    ("HRNet, no noise in training: clean", None, None, 0.97, 0.81, None),
    ("HRNet trained with σ 0.25: clean", None, None, 0.91, 0.57, None),
    ("HRNet trained with σ 0.25: SegCertify", 0.25, 0.17, 0.88, 0.59, 0.11),
    ("HRNet trained with σ 0.25: SegCertify", 0.50, 0.34, 0.34, 0.06, 0.40),
    ("HRNet trained with σ 0.25: SegCertify", 1.00, 0.67, 0.06, 0.00, 0.31),
    ("HRNet trained with σ 0.25: DenoiseCertify", 0.25, 0.17, 0.70, 0.32, 0.26),
    ("HRNet trained with σ 0.25: DenoiseCertify", 0.50, 0.34, 0.55, 0.21, 0.41),
    ("HRNet trained with σ 0.25: DenoiseCertify", 1.00, 0.67, 0.36, 0.09, 0.60),
    ("ViT, no noise in training: clean", None, None, 0.94, 0.67, None),
    ("ViT, no noise in training: DenoiseCertify", 0.25, 0.17, 0.77, 0.41, 0.24),
    ("ViT, no noise in training: DenoiseCertify", 0.50, 0.34, 0.65, 0.28, 0.36),
    ("ViT, no noise in training: DenoiseCertify", 1.00, 0.67, 0.47, 0.15, 0.53),
)
_PASCAL: tuple[tuple[Cell, ...], ...] = (
    ("HRNet, no noise in training: clean", None, None, 0.77, 0.42, None),
    ("HRNet trained with σ 0.25: clean", None, None, 0.53, 0.18, None),
    ("HRNet trained with σ 0.25: SegCertify", 0.25, 0.17, 0.55, 0.22, 0.22),
    ("HRNet trained with σ 0.25: SegCertify", 0.50, 0.34, 0.17, 0.03, 0.41),
    ("HRNet trained with σ 0.25: SegCertify", 1.00, 0.67, 0.08, 0.00, 0.13),
    ("HRNet trained with σ 0.25: DenoiseCertify", 0.25, 0.17, 0.47, 0.17, 0.27),
    ("HRNet trained with σ 0.25: DenoiseCertify", 0.50, 0.34, 0.42, 0.15, 0.46),
    ("HRNet trained with σ 0.25: DenoiseCertify", 1.00, 0.67, 0.15, 0.04, 0.77),
    ("ViT, no noise in training: clean", None, None, 0.85, 0.58, None),
    ("ViT, no noise in training: DenoiseCertify", 0.25, 0.17, 0.67, 0.48, 0.28),
    ("ViT, no noise in training: DenoiseCertify", 0.50, 0.34, 0.54, 0.32, 0.40),
    ("ViT, no noise in training: DenoiseCertify", 1.00, 0.67, 0.28, 0.15, 0.62),
)
_MODELS = {
    "street-clean": "no noise in training",
    "street-noise25": "trained with σ 0.25",
    "street-noise50": "trained with σ 0.5",
    "street-consistency25": "σ 0.25 and consistency",
    "street-smoothadv25": "σ 0.25 and attacks",
}


def own(sweeps: Mapping[str, Sequence[Row]]) -> Grid:
    rows = sweeps["models"]
    lines: list[tuple[Cell, ...]] = []
    for model, words in _MODELS.items():
        lines += base_lines(rows, f"{model} ({words}): clean", model)
        for around, method in (("", "SegCertify"), ("+single", "DenoiseCertify"), ("+multi:2", "multi-step (2)")):
            lines += certified_lines(rows, f"{model}: {method}", model + around)
    return Grid(columns=SHORT, rows=tuple(lines))


TABLE = PaperTable(
    name="denoise-1",
    place=1,
    label="Models and denoising",
    title="DenoiseCertify, Table 1: trained with noise, or denoised",
    source="DenoiseCertify, Table 1 (100 images of each dataset; n₀ 10, n 100, τ 0.75, α 0.001)",
    reading="A denoiser makes models certifiable that never saw noise; a model trained with exactly the right noise "
    "is better at that noise, and worse above it.",
    sweeps=("models",),
    published=printed({"Cityscapes": _CITYSCAPES, "Pascal Context": _PASCAL}),
    own=own,
    chart="sigma",
)
