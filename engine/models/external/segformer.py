"""SegFormer from a local folder in the layout of Hugging Face's `transformers`, or fetched from the hub on request.

The folder holds config.json, model.safetensors or pytorch_model.bin, and perhaps preprocessor_config.json. Only the
files' numbers are used: no code comes with a model, and opening never reaches the network.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import InvalidInput, unknown_name
from engine.core.files import read_text
from engine.core.progress import Cancel, Progress, never, unheard
from engine.inputs.labels import LabelSpace, label_spaces
from engine.models.external._dense import IMAGENET_MEAN, IMAGENET_STD, DenseSegmenter, Triple
from engine.models.external._hub import snapshot
from engine.models.external._packages import imported
from engine.models.external._spaces import chosen_labels, named_classes
from engine.models.external._weights import read_state, sha256_of
from engine.models.external.base import ModelSource, Offer, Opened, Option, Options

_INSTALL = "pip install transformers"
_CONFIG, _PREPROCESSOR = "config.json", "preprocessor_config.json"
_WEIGHTS = ("model.safetensors", "pytorch_model.bin")  # the first one there is used
_SIZES = (
    "num_channels", "num_encoder_blocks", "depths", "sr_ratios", "hidden_sizes", "patch_sizes", "strides",
    "num_attention_heads", "mlp_ratios", "hidden_act", "layer_norm_eps", "decoder_hidden_size", "reshape_last_stage",
    "id2label",
)  # fmt: skip
_TERMS = "NVIDIA's Source Code License for SegFormer: research and evaluation only, nothing commercial."
_MEAN = Option(name="image_mean", kind="triple", help="")
_STD = Option(name="image_std", kind="triple", help="", positive=True)


def _open(path: Path, labels: LabelSpace | None, options: Options) -> Opened:  # noqa: ARG001 - it has none
    """Raises MissingPackage, InvalidInput, IntegrityError."""
    if not path.is_dir():
        raise InvalidInput(f"{path.name} must be a folder with {_CONFIG} and {' or '.join(_WEIGHTS)}")
    settings = _json(path / _CONFIG)
    if settings.get("model_type") != "segformer":
        raise InvalidInput(f"{path.name} must hold a segformer, its {_CONFIG} says {settings.get('model_type')!r:.60}")
    network = _network(path, settings)
    mean, std = _normalisation(path / _PREPROCESSOR)
    classes = int(network.config.num_labels)
    usual = (label_spaces["cityscapes"], label_spaces["ade20k"], *_own_classes(path.name, settings))
    space = chosen_labels(classes, labels, usual, path.name)
    dense = DenseSegmenter(network, pick=_logits, mean=mean, std=std, least=_least_side(network.config))
    return Opened.of(dense, space, sha256_of(path))


def _network(path: Path, settings: Mapping[str, Any]) -> Any:
    """The network with the folder's weights; `transformers` knows how the layout changed over its versions."""
    package = imported("transformers.models.segformer", _INSTALL)
    file = next((path / name for name in _WEIGHTS if (path / name).is_file()), None)
    if file is None:
        raise InvalidInput(f"{path.name} holds neither {' nor '.join(_WEIGHTS)}")
    state, _ = read_state(file)
    try:
        config = package.SegformerConfig(**{key: settings[key] for key in _SIZES if key in settings})
        with _quiet():
            network, report = package.SegformerForSemanticSegmentation.from_pretrained(
                None,
                config=config,
                state_dict=state,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,  # reported, and refused below
                output_loading_info=True,
            )
    except Exception as error:  # sizes that cannot be built fail in many ways
        raise InvalidInput(f"{path.name} cannot be built from its {_CONFIG}: {type(error).__name__}") from error
    wrong = {kind: sorted(map(str, keys)) for kind, keys in report.items() if keys}
    if wrong:
        kind, keys = next(iter(wrong.items()))
        raise InvalidInput(f"{file.name} does not fit {_CONFIG}: {kind.replace('_', ' ')}, such as {keys[0]:.80}")
    return network


@contextmanager
def _quiet() -> Iterator[None]:
    """No bars and warnings of transformers: what matters of them becomes an error."""
    logging = imported("transformers.utils.logging", _INSTALL)
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


def _normalisation(file: Path) -> tuple[Triple, Triple]:
    """Mean and standard deviation for pixels in [0, 1]; ImageNet's where the folder does not say."""
    if not file.is_file():
        return IMAGENET_MEAN, IMAGENET_STD
    settings = _json(file)
    factor = settings.get("rescale_factor", 1 / 255) if settings.get("do_rescale", True) else 1.0
    if not isinstance(factor, int | float) or not 0 < factor <= 1:
        raise InvalidInput(f"rescale_factor in {file.name} must lie in (0, 1], got {factor!r:.60}")
    mean, std = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    if settings.get("do_normalize", True):
        mean = _MEAN.checked(settings.get("image_mean", list(IMAGENET_MEAN)))
        std = _STD.checked(settings.get("image_std", list(IMAGENET_STD)))
    full = 255.0 * factor  # what white is after rescaling
    return _divided(mean, full), _divided(std, full)


def _divided(triple: Triple, by: float) -> Triple:
    red, green, blue = triple
    return red / by, green / by, blue / by


def _least_side(config: Any) -> int:
    """The smallest height and width at which every stage's key reduction has a full window."""
    stride, least = 1, 1
    for step, reduction in zip(config.strides, config.sr_ratios, strict=True):
        stride *= step
        least = max(least, stride * reduction)
    return least


def _own_classes(name: str, settings: Mapping[str, Any]) -> tuple[LabelSpace, ...]:
    """The class names that the configuration gives, unless they are only numbered."""
    names = settings.get("id2label")
    if not isinstance(names, Mapping) or any(str(one).startswith("LABEL_") for one in names.values()):
        return ()
    return (named_classes(name, [str(names.get(str(number))) for number in range(len(names))]),)


def _logits(answer: Any) -> torch.Tensor:
    logits: torch.Tensor = answer.logits
    return logits


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(file))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file.name} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise InvalidInput(f"{file.name} must hold settings by name")
    return found


def _fetch(offer: Offer, folder: Path, progress: Progress = unheard, *, cancelled: Cancel = never) -> Path:
    """Download NVIDIA's checkpoint from the hub. Raises UnknownName, MissingPackage, Cancelled, DownloadFailed."""
    if offer not in SOURCE.offers:
        raise unknown_name("offer", offer.name, [known.name for known in SOURCE.offers])
    return snapshot(
        offer.address,
        folder / offer.name,
        wanted=(_CONFIG, _PREPROCESSOR),
        first_of=_WEIGHTS,
        progress=progress,
        cancelled=cancelled,
    )


SOURCE = ModelSource(
    name="segformer",
    title="SegFormer (Hugging Face folders)",
    package="transformers",
    install=_INSTALL,
    open=_open,
    fetch=_fetch,
    offers=(
        Offer(
            name="segformer-b0-ade20k-512",
            title="SegFormer B0, ADE20K, 512 x 512",
            labels="ade20k",
            megabytes=15.0,
            terms=_TERMS,
            address="nvidia/segformer-b0-finetuned-ade-512-512",
        ),
        Offer(
            name="segformer-b0-cityscapes-1024",
            title="SegFormer B0, Cityscapes, 1024 x 1024",
            labels="cityscapes",
            megabytes=14.9,
            terms=_TERMS,
            address="nvidia/segformer-b0-finetuned-cityscapes-1024-1024",
        ),
    ),
)
