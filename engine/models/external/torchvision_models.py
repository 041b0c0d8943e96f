"""torchvision's segmentation networks, from a local state_dict or fetched as torchvision publishes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from engine.core.errors import InvalidInput, unknown_name
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.labels import LabelSpace, label_spaces
from engine.models.external._dense import DenseSegmenter
from engine.models.external._download import download
from engine.models.external._packages import imported
from engine.models.external._spaces import chosen_labels
from engine.models.external._weights import load_exactly, read_state
from engine.models.external.base import ModelSource, Offer, Opened, Option, Options

_INSTALL = "pip install torchvision"
_TERMS = (
    "torchvision is BSD-3-Clause; the weights were trained on COCO images with Pascal VOC's classes, whose terms may "
    "apply to what you do with them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variant:
    title: str
    weights: str
    megabytes: float
    classifier: str


_VARIANTS: Mapping[str, _Variant] = {
    "lraspp_mobilenet_v3_large": _Variant(
        title="LR-ASPP, MobileNetV3 large",
        weights="LRASPP_MobileNet_V3_Large_Weights",
        megabytes=12.5,
        classifier="classifier.low_classifier.weight",
    ),
    "deeplabv3_mobilenet_v3_large": _Variant(
        title="DeepLabV3, MobileNetV3 large",
        weights="DeepLabV3_MobileNet_V3_Large_Weights",
        megabytes=42.3,
        classifier="classifier.4.weight",
    ),
    "deeplabv3_resnet50": _Variant(
        title="DeepLabV3, ResNet-50",
        weights="DeepLabV3_ResNet50_Weights",
        megabytes=160.5,
        classifier="classifier.4.weight",
    ),
    "fcn_resnet50": _Variant(
        title="FCN, ResNet-50", weights="FCN_ResNet50_Weights", megabytes=135.0, classifier="classifier.4.weight"
    ),
}


def _open(path: Path, labels: LabelSpace | None, options: Options) -> Opened:
    """Options: variant. Raises MissingPackage, InvalidInput, IntegrityError."""
    name = options.get("variant") or _variant_of(path)
    builders = imported("torchvision.models.segmentation", _INSTALL)
    state, sha256 = read_state(path)
    state = {key: value for key, value in state.items() if not key.startswith("aux_classifier.")}  # for training only
    classes = _classes(state, _VARIANTS[name], path)
    with torch.device("meta"):
        network = getattr(builders, name)(weights=None, weights_backbone=None, num_classes=classes, aux_loss=None)
    load_exactly(network, state, path.name)
    space = chosen_labels(classes, labels, (label_spaces["voc"],), path.name)
    return Opened.of(DenseSegmenter(network, pick=_out), space, sha256)


def _variant_of(path: Path) -> str:
    for name in _VARIANTS:
        if path.name.startswith(name):
            return name
    raise InvalidInput(
        f"the name of {path.name} does not begin with one of {', '.join(_VARIANTS)}: give it as option variant"
    )


def _classes(state: Mapping[str, Tensor], variant: _Variant, path: Path) -> int:
    if variant.classifier not in state:
        raise InvalidInput(f"{path.name} is no checkpoint of {variant.title}: it lacks {variant.classifier}")
    return int(state[variant.classifier].shape[0]) if state[variant.classifier].ndim else 0


def _out(answer: Mapping[str, Any]) -> Tensor:
    logits: Tensor = answer["out"]
    return logits


def _fetch(offer: Offer, folder: Path, progress: Progress = unheard, *, cancelled: Cancel = never) -> Path:
    """Download torchvision's published weights, checked against the hash in their file name.

    Raises UnknownName for an offer of another source, MissingPackage, Cancelled, DownloadFailed, IntegrityError.
    """
    if offer.name not in _VARIANTS:
        raise unknown_name("offer", offer.name, _VARIANTS)
    url = _published(imported("torchvision.models.segmentation", _INSTALL), _VARIANTS[offer.name])
    return download(url, folder / f"{offer.name}-{_hash_in(url)}.pth", _hash_in(url), progress, cancelled=cancelled)


def _published(builders: ModuleType, variant: _Variant) -> str:
    """The address that torchvision itself names for its weights."""
    url: str = getattr(builders, variant.weights).DEFAULT.url
    return url


def _hash_in(url: str) -> str:
    """The first digits of the sha256, which end the file's stem by torchvision's custom."""
    return Path(url).stem.rpartition("-")[2]


SOURCE = ModelSource(
    name="torchvision",
    title="torchvision segmentation networks",
    package="torchvision",
    install=_INSTALL,
    open=_open,
    fetch=_fetch,
    options=(
        Option(
            name="variant",
            kind="text",
            help="which network it is, if the file's name does not begin with it",
            choices=tuple(_VARIANTS),
        ),
    ),
    offers=tuple(
        Offer(
            name=name,
            title=f"{variant.title} (COCO images, VOC classes)",
            labels="voc",
            megabytes=variant.megabytes,
            terms=_TERMS,
            address=f"torchvision {variant.weights}.DEFAULT",
        )
        for name, variant in _VARIANTS.items()
    ),
)
