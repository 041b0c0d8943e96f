"""Certiscope's certification engine: the public API. It knows no screen, and importing it does no work."""

from engine.attacks.contest import (
    CurvePoint,
    Verdict,
    aim_at,
    aim_at_certified,
    attack_input,
    attacked_input,
    certify_attacked,
    flipped,
    judge,
    region_mask,
    robustness_curve,
    worst_over_losses,
)
from engine.attacks.rotation import RotationResult, RotationSettings, worst_rotation
from engine.attacks.search import LOSSES, NORMS, Aim, AttackResult, AttackSettings, Step, attack, attacks
from engine.attacks.victims import BASE, SMOOTHED, VICTIMS
from engine.audits.error_control import Fault, FaultRow, faults, measure_fault
from engine.certification.certificates import Certificate, Provenance
from engine.certification.explain import (
    PixelStory,
    RegionStory,
    class_story,
    counterfactual_share,
    pixel_story,
    region_story,
)
from engine.certification.ledger import Ledger, ledger_of
from engine.certification.pace import measure_pace
from engine.certification.pipeline import LiveView, StopRule, base_prediction, prediction, segcertify
from engine.certification.selection import Selection
from engine.certification.settings import Settings
from engine.certification.verify import Check, Verification, verify
from engine.core.bounds import BOUNDS, Bound
from engine.core.device import Compute, choose_compute
from engine.core.errors import (
    Cancelled,
    EngineError,
    IntegrityError,
    InvalidInput,
    InvalidSetting,
    NotCertifiable,
    QueueFull,
    UnknownName,
)
from engine.core.rounding import degrees_down, floored
from engine.core.version import VERSION
from engine.evaluation.denoising import Denoising, denoise_once
from engine.evaluation.images import Evaluation, evaluate
from engine.evaluation.metrics import Scorer, Scores, score
from engine.export.ply import labels_ply
from engine.export.png import colour_labels, difference_png, labels_png, png
from engine.inputs.clouds import (
    MAX_CLOUD_BYTES,
    Cloud,
    Mesh,
    cloud_from_arrays,
    cloud_suffixes,
    decode_cloud,
    sample_mesh,
    turned_cloud,
)
from engine.inputs.datasets import DatasetItem, SegmentationDataset, dataset, datasets
from engine.inputs.images import MAX_BYTES, decode_image, image_from_array, reduce_labels
from engine.inputs.labels import ABSTAIN, VOID, LabelSpace, label_space
from engine.inputs.subject import Image, Subject
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
from engine.models.part_models import of_category, part_models, part_space
from engine.papers.figures import Experiment, ExperimentResult, Finding, Quality, experiment, experiments
from engine.papers.records import ATTACKS, SHIFTS, TURNS, attack_grid, audit_records, turn_grid
from engine.papers.tables import Cell, Grid, PaperTable, files_of, model_scores, own_grid, own_results, paper_tables
from engine.perturbations import (
    Family,
    certifies_all,
    families,
    families_for,
    family,
    published_angle,
    rotation_angle,
    rotation_curve,
    rotation_of,
)
from engine.stats.binomial import interval, lower_bound, p_value_table
from engine.stats.corrections import Correction, correction, corrections
from engine.stats.corrections.base import Control
from engine.stats.modes import Mode, mode, modes
from engine.stats.planner import Forecast, expected_share, forecasts, smallest_useful_n
from engine.synthetic.scenes import render_street
from engine.synthetic.shapes import build_shape, shape_categories
from engine.teaching import coins as illustrations
from engine.teaching import plane as planar

__all__ = [
    "ABSTAIN",
    "ATTACKS",
    "BASE",
    "BOUNDS",
    "LOSSES",
    "MAX_BYTES",
    "MAX_CLOUD_BYTES",
    "NORMS",
    "SHIFTS",
    "SMOOTHED",
    "TURNS",
    "VERSION",
    "VICTIMS",
    "VOID",
    "Aim",
    "AttackResult",
    "AttackSettings",
    "BaseModel",
    "Bound",
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
    "Step",
    "StopRule",
    "Subject",
    "UnknownName",
    "Verdict",
    "Verification",
    "aim_at",
    "aim_at_certified",
    "attack",
    "attack_grid",
    "attack_input",
    "attacked_input",
    "attacks",
    "audit_records",
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
    "degrees_down",
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
    "floored",
    "forecasts",
    "full_name",
    "illustrations",
    "image_from_array",
    "interval",
    "judge",
    "label_space",
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
    "of_category",
    "offers",
    "own_grid",
    "own_results",
    "p_value_table",
    "paper_tables",
    "part_models",
    "part_space",
    "parts",
    "pixel_story",
    "planar",
    "png",
    "prediction",
    "published_angle",
    "reduce_labels",
    "region_mask",
    "region_story",
    "render_street",
    "robustness_curve",
    "rotation_angle",
    "rotation_curve",
    "rotation_of",
    "sample_mesh",
    "score",
    "segcertify",
    "shape_categories",
    "smallest_useful_n",
    "turn_grid",
    "turned_cloud",
    "verify",
    "worst_over_losses",
    "worst_rotation",
]
