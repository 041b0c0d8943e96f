"""Settings and an input -> draws -> counts -> decisions -> a certificate, and its checks."""

from engine.certification.certificates import Certificate
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
from engine.certification.pipeline import LiveView, StopRule, base_prediction, certify, prediction
from engine.certification.provenance import Provenance
from engine.certification.selection import Selection
from engine.certification.settings import Settings
from engine.certification.useful import check_useful
from engine.certification.verify import verify
from engine.core.verification import Check, Verification

__all__ = [
    "Certificate",
    "Check",
    "Ledger",
    "LiveView",
    "PixelStory",
    "Provenance",
    "RegionStory",
    "Selection",
    "Settings",
    "StopRule",
    "Verification",
    "base_prediction",
    "certify",
    "check_useful",
    "class_story",
    "counterfactual_share",
    "ledger_of",
    "measure_pace",
    "pixel_story",
    "prediction",
    "region_story",
    "verify",
]
