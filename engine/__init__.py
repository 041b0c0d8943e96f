"""Certiscope's certification engine: what a segmentation model can promise.

The few names that most work begins with are here; everything else lies in a namespace. Importing does no work.

>>> import engine
>>> engine.stats.corrections["holm"].title
'Holm'
>>> engine.Settings(sigma=0.25, tau=0.75).radius < engine.Settings(sigma=0.5, tau=0.75).radius
True
"""

from engine import attacks, audits, certification, core, evaluation, export, frequency, inputs, models, papers
from engine import patches as patches
from engine import stats as stats
from engine import synthetic as synthetic
from engine import teaching as teaching
from engine.attacks import attack
from engine.certification import Certificate, Settings, certify, verify
from engine.core import VERSION as __version__
from engine.core import EngineError
from engine.inputs import read_image, read_shape
from engine.models import load_model
from engine.perturbations import families as perturbations

__all__ = [
    "Certificate",
    "EngineError",
    "Settings",
    "__version__",
    "attack",
    "attacks",
    "audits",
    "certification",
    "certify",
    "core",
    "evaluation",
    "export",
    "frequency",
    "inputs",
    "load_model",
    "models",
    "papers",
    "patches",
    "perturbations",
    "read_image",
    "read_shape",
    "stats",
    "synthetic",
    "teaching",
    "verify",
]
