"""SegCertify over a dataset for many models, noises and settings in one pass."""

from engine.evaluation.sweep.plan import BASE_CLEAN, BASE_NOISY, CERTIFIED, Row, SweepPlan, SweepResult
from engine.evaluation.sweep.report import as_csv, as_markdown
from engine.evaluation.sweep.run import sweep

__all__ = ["BASE_CLEAN", "BASE_NOISY", "CERTIFIED", "Row", "SweepPlan", "SweepResult", "as_csv", "as_markdown", "sweep"]
