"""Certiscope's certification engine: the public API. It knows no screen, and importing it does no work."""

from engine import illustrations, planar
from engine.attacks import LOSSES, NORMS, Aim, AttackResult, AttackSettings, Step, attack, attacks
from engine.audit import Fault, FaultRow, faults, measure_fault
from engine.bench import measure_pace
from engine.certificates import Certificate, Provenance
from engine.certify import LiveView, StopRule, base_prediction, prediction, segcertify
from engine.clouds import (
    MAX_CLOUD_BYTES,
    Cloud,
    Mesh,
    cloud_from_arrays,
    cloud_suffixes,
    decode_cloud,
    labels_ply,
    moved_cloud,
    sample_mesh,
    turned_cloud,
)
from engine.config import BOUNDS, Bound, Settings
from engine.contest import (
    CurvePoint,
    Verdict,
    aim_at,
    attack_input,
    attacked_input,
    certify_attacked,
    flipped,
    judge,
    robustness_curve,
)
from engine.datasets import DatasetItem, SegmentationDataset, dataset, datasets
from engine.denoising import Denoising, denoise_once
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
from engine.experiments import Experiment, ExperimentResult, Finding, Quality, experiment, experiments
from engine.images import MAX_BYTES, decode_image, image_from_array, reduce_labels
from engine.jobs import Job, JobManager, State
from engine.labels import ABSTAIN, VOID, LabelSpace
from engine.ledger import Ledger, ledger_of, share_of_alpha
from engine.metrics import Scorer, Scores, score
from engine.models.base import BaseModel, ModelInfo
from engine.models.catalogue import (
    OfferInfo,
    Part,
    available,
    configuration_problem,
    denoisers,
    full_name,
    load_model,
    model_cost,
    model_info,
    model_sources,
    offers,
    parts,
)
from engine.models.part_models import part_models
from engine.perturbations import (
    Family,
    certifies_all,
    families,
    families_for,
    family,
    published_angle,
    rotation_curve,
    rotation_of,
)
from engine.pictures import colour_labels, difference_png, labels_png, png
from engine.rotation_audit import random_turn
from engine.scenes import render_street
from engine.shapes import BuiltShape, build_shape, shape_categories
from engine.stats.binomial import interval, lower_bound, p_value_table
from engine.stats.corrections import Correction, correction, corrections
from engine.stats.corrections.base import Control
from engine.stats.modes import Mode, mode, modes
from engine.stats.planner import Forecast, expected_share, forecasts, smallest_useful_n
from engine.stories import PixelStory, RegionStory, class_story, counterfactual_share, pixel_story, region_story
from engine.tables import Cell, Grid, PaperTable, files_of, model_scores, own_grid, own_results, paper_tables
from engine.types import Image, Selection, Subject
from engine.verify import Check, Verification, verify
from engine.version import VERSION
from engine.victims import BASE, SMOOTHED, VICTIMS
from engine.worst_rotation import RotationResult, RotationSettings, worst_rotation

__all__ = [
    "ABSTAIN",
    "BASE",
    "BOUNDS",
    "LOSSES",
    "MAX_BYTES",
    "MAX_CLOUD_BYTES",
    "NORMS",
    "SMOOTHED",
    "VERSION",
    "VICTIMS",
    "VOID",
    "Aim",
    "AttackResult",
    "AttackSettings",
    "BaseModel",
    "Bound",
    "BuiltShape",
    "Cancelled",
    "Cell",
    "Certificate",
    "Check",
    "Cloud",
    "Compute",
    "Control",
    "Correction",
    "CurvePoint",
    "DatasetItem",
    "Denoising",
    "EngineError",
    "Evaluation",
    "Experiment",
    "ExperimentResult",
    "Family",
    "Fault",
    "FaultRow",
    "Finding",
    "Forecast",
    "Grid",
    "Image",
    "IntegrityError",
    "InvalidInput",
    "InvalidSetting",
    "Job",
    "JobManager",
    "LabelSpace",
    "Ledger",
    "LiveView",
    "Mesh",
    "Mode",
    "ModelInfo",
    "NotCertifiable",
    "OfferInfo",
    "PaperTable",
    "Part",
    "PixelStory",
    "Provenance",
    "Quality",
    "QueueFull",
    "RegionStory",
    "RotationResult",
    "RotationSettings",
    "Scorer",
    "Scores",
    "SegmentationDataset",
    "Selection",
    "Settings",
    "State",
    "Step",
    "StopRule",
    "Subject",
    "UnknownName",
    "Verdict",
    "Verification",
    "aim_at",
    "attack",
    "attack_input",
    "attacked_input",
    "attacks",
    "available",
    "base_prediction",
    "build_shape",
    "certifies_all",
    "certify_attacked",
    "choose_compute",
    "class_story",
    "cloud_from_arrays",
    "cloud_suffixes",
    "colour_labels",
    "configuration_problem",
    "correction",
    "corrections",
    "counterfactual_share",
    "dataset",
    "datasets",
    "decode_cloud",
    "decode_image",
    "denoise_once",
    "denoisers",
    "difference_png",
    "evaluate",
    "expected_share",
    "experiment",
    "experiments",
    "families",
    "families_for",
    "family",
    "faults",
    "files_of",
    "flipped",
    "forecasts",
    "full_name",
    "illustrations",
    "image_from_array",
    "interval",
    "judge",
    "labels_ply",
    "labels_png",
    "ledger_of",
    "load_model",
    "lower_bound",
    "measure_fault",
    "measure_pace",
    "mode",
    "model_cost",
    "model_info",
    "model_scores",
    "model_sources",
    "modes",
    "moved_cloud",
    "offers",
    "own_grid",
    "own_results",
    "p_value_table",
    "paper_tables",
    "part_models",
    "parts",
    "pixel_story",
    "planar",
    "png",
    "prediction",
    "published_angle",
    "random_turn",
    "reduce_labels",
    "region_story",
    "render_street",
    "robustness_curve",
    "rotation_curve",
    "rotation_of",
    "sample_mesh",
    "score",
    "segcertify",
    "shape_categories",
    "share_of_alpha",
    "smallest_useful_n",
    "turned_cloud",
    "verify",
    "worst_rotation",
]
