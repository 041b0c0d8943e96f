"""Promises against patches: part of a picture replaced by anything at all. No noise, no draws, no alpha."""

from engine.patches.answers import Answers, answers_of
from engine.patches.certificates import PatchCertificate, PatchProvenance, is_patch_certificate
from engine.patches.detection import PatchVerdict, certify_patches, judge_patch, respond
from engine.patches.fills import Fill, fills
from engine.patches.recovery import BandSettings, Recovery, recover
from engine.patches.settings import PatchSettings, chosen_stride
from engine.patches.verify import verify_patches
from engine.patches.windows import Window, covered, window_count, windows

__all__ = [
    "Answers",
    "BandSettings",
    "Fill",
    "PatchCertificate",
    "PatchProvenance",
    "PatchSettings",
    "PatchVerdict",
    "Recovery",
    "Window",
    "answers_of",
    "certify_patches",
    "chosen_stride",
    "covered",
    "fills",
    "is_patch_certificate",
    "judge_patch",
    "recover",
    "respond",
    "verify_patches",
    "window_count",
    "windows",
]
