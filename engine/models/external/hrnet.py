"""HRNetV2 from a local checkpoint of HRNet-Semantic-Segmentation (`seg_hrnet`, without OCR).

Its checkpoints are published in the README of the repository HRNet/HRNet-Semantic-Segmentation: W48 for Cityscapes (19
classes) and Pascal Context (59, or 60 with background). They carry no hash, so none is fetched from here. Width and
depth are read from the shapes, so smaller HRNets of that repository open too.
"""

from pathlib import Path

import torch

from engine.core.errors import InvalidInput
from engine.inputs.labels import LabelSpace
from engine.models.architectures.hrnet import HRNet, spec_of
from engine.models.external._dense import DenseSegmenter, the_answer
from engine.models.external._spaces import BACKGROUND, chosen_labels, space_named
from engine.models.external._weights import load_exactly, read_state
from engine.models.external.base import ModelSource, Opened, Option, Options

_USUAL = ("cityscapes", "pascal-context", f"pascal-context{BACKGROUND}", "ade20k")
_NOT_THE_NETWORK = ("loss.",)  # the training code keeps its criterion's class weights beside the network's


def _open(path: Path, labels: LabelSpace | None, options: Options) -> Opened:
    """Options: align_corners. Raises InvalidInput, IntegrityError."""
    align = bool(options.get("align_corners", False))
    state, sha256 = read_state(path)
    state = {key: value for key, value in state.items() if not key.startswith(_NOT_THE_NETWORK)}
    try:
        spec = spec_of(state, align_corners=align)
    except (KeyError, IndexError) as error:
        raise InvalidInput(f"{path.name} is no checkpoint of an HRNet for segmentation: it lacks {error}") from None
    with torch.device("meta"):
        network = HRNet(spec)
    load_exactly(network, state, path.name)
    space = chosen_labels(spec.classes, labels, [space_named(name) for name in _USUAL], path.name)
    return Opened.of(DenseSegmenter(network, pick=the_answer, align_corners=align), space, sha256)


SOURCE = ModelSource(
    name="hrnet",
    title="HRNetV2 (HRNet-Semantic-Segmentation checkpoints)",
    open=_open,
    options=(
        Option(
            name="align_corners",
            kind="flag",
            help="up-sample with aligned corners, as a few configurations of the authors do; false for the W48 ones",
        ),
    ),
)
