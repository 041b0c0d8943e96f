"""Certiscope's certification engine: the public API. It knows no screen, and importing it does no work."""

from engine.bench import measure_pace
from engine.certificates import Certificate, Provenance
from engine.certify import LiveView, base_prediction, segcertify
from engine.config import BOUNDS, Bound, Settings
from engine.datasets import DatasetItem, SegmentationDataset, dataset, datasets
from engine.device import Compute, choose_compute
from engine.errors import (
    Cancelled,
    EngineError,
    IntegrityError,
    InvalidInput,
    InvalidSetting,
    NotCertifiable,
    QueueFull,
    UnknownName,
)
from engine.evaluation import Evaluation, evaluate
from engine.images import MAX_BYTES, decode_image, image_from_array, reduce_labels
from engine.jobs import Job, JobManager, State
from engine.labels import ABSTAIN, VOID, LabelSpace
from engine.metrics import Scorer, Scores, score
from engine.models.base import BaseModel, ModelInfo
from engine.models.zoo import available, load_model, model_info
from engine.perturbations import Family, families, family
from engine.pictures import colour_labels, labels_png, png
from engine.scenes import render_street
from engine.stats.binomial import p_value_table
from engine.stats.corrections import Correction, correction, corrections
from engine.stats.planner import smallest_useful_n
from engine.types import Image, Selection
from engine.verify import Check, Verification, verify
from engine.version import VERSION

__all__ = [
    "ABSTAIN",
    "BOUNDS",
    "MAX_BYTES",
    "VERSION",
    "VOID",
    "BaseModel",
    "Bound",
    "Cancelled",
    "Certificate",
    "Check",
    "Compute",
    "Correction",
    "DatasetItem",
    "EngineError",
    "Evaluation",
    "Family",
    "Image",
    "IntegrityError",
    "InvalidInput",
    "InvalidSetting",
    "Job",
    "JobManager",
    "LabelSpace",
    "LiveView",
    "ModelInfo",
    "NotCertifiable",
    "Provenance",
    "QueueFull",
    "Scorer",
    "Scores",
    "SegmentationDataset",
    "Selection",
    "Settings",
    "State",
    "UnknownName",
    "Verification",
    "available",
    "base_prediction",
    "choose_compute",
    "colour_labels",
    "correction",
    "corrections",
    "dataset",
    "datasets",
    "decode_image",
    "evaluate",
    "families",
    "family",
    "image_from_array",
    "labels_png",
    "load_model",
    "measure_pace",
    "model_info",
    "p_value_table",
    "png",
    "reduce_labels",
    "render_street",
    "score",
    "segcertify",
    "smallest_useful_n",
    "verify",
]
