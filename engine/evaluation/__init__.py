"""Scores of certified segmentation over datasets."""

from engine.evaluation.denoising import Denoising, denoise_once
from engine.evaluation.images import Evaluation, evaluate
from engine.evaluation.metrics import Scorer, Scores, score

__all__ = ["Denoising", "Evaluation", "Scorer", "Scores", "denoise_once", "evaluate", "score"]
