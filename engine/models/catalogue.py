"""Every base model by name: what ships with the project, what a user has configured, and wrappers around either.

A name reads MODEL, or MODEL+WRAPPER+WRAPPER:ARGUMENT, applied from left to right: "street-clean+single" is
`street-clean` behind single-step denoising. Models of shapes read MODEL@CATEGORY, as in "parts-noise@Chair+voted".
"""

import hashlib
import math
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.core.device import Compute, choose_compute
from engine.core.errors import EngineError, IntegrityError, InvalidSetting, unknown_name
from engine.inputs.subject import Kind
from engine.models import configured, part_models, zoo
from engine.models.base import BaseModel, ModelInfo
from engine.models.coupling import trust
from engine.models.external import sources
from engine.models.external.config import ConfiguredModel
from engine.models.wrappers import wrappers
from engine.models.wrappers.base import Wrapper


def available() -> tuple[ModelInfo, ...]:
    """All models without wrappers, the bundled ones first; nothing is loaded or hashed.

    Configured ones come without weights_sha256. Where the configuration is faulty only the bundled ones are listed;
    see `configuration_problem`.

    >>> {info.name: info.trained_sigma for info in available()}["street-noise25"]
    0.25
    """
    own = tuple(entry.info() for entry in zoo.bundled(zoo.SEGMENTER))
    try:
        others = configured.configured_models().values()
    except EngineError:
        return own
    return own + tuple(configured.info_of(row, identity=False) for row in others)


def configuration_problem() -> str:
    """What is wrong with models.toml, as a sentence; empty if nothing.

    >>> configuration_problem()  # where there is no models.toml
    ''
    """
    return configured.problem()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapperChoice:
    """Something that can go around a model: `name` as in MODEL+NAME, with its argument."""

    name: str
    title: str
    about: str
    denoises: bool
    diffusion: bool


def wrapper_choices(kind: Kind = "image") -> tuple[WrapperChoice, ...]:
    """What can go around a model of images, or of clouds, and has its weights here; denoisers first.

    Diffusion models that a user has configured are offered too; their files are not read for that.

    >>> [choice.name for choice in wrapper_choices("cloud")], "single" in [choice.name for choice in wrapper_choices()]
    (['voted'], True)
    """
    own: list[str] = []
    with suppress(EngineError):  # a faulty configuration offers nothing; see `configuration_problem`
        own += configured.configured_denoisers()
    found = []
    for entry in (entry for entry in wrappers.values() if entry.kind == kind):
        for argument in entry.offered:
            with suppress(EngineError):  # its weights do not ship with this copy
                entry.identity(argument)
                found.append(_choice(entry, argument))
        found += [_choice(entry, argument) for argument in own if entry.takes_denoiser]
    return tuple(sorted(found, key=lambda choice: not choice.denoises))


def _choice(entry: Wrapper, argument: str) -> WrapperChoice:
    return WrapperChoice(
        name=f"{entry.name}:{argument}" if argument else entry.name,
        title=_title(entry.title, argument),
        about=entry.about,
        denoises=entry.denoises,
        diffusion=entry.diffusion,
    )


def full_name(model: str, *around: str) -> str:
    """The name of a model with parts around it, the innermost first; empty ones are left out.

    >>> full_name("street-clean", "", "single")
    'street-clean+single'
    """
    return "+".join([model, *(name for name in around if name)])


def model_info(name: str) -> ModelInfo:
    """What is known of a model before it is loaded. Raises UnknownName, InvalidSetting, InvalidInput.

    >>> model_info("street-clean+single").denoised, len(model_info("street-clean").labels)
    (True, 11)
    """
    model, parts = _split(name)
    info = _plain_info(model)
    if not parts:
        return info
    entries = [(wrappers[word], argument) for word, argument in parts]
    told = [info.weights_sha256, *(word for entry, argument in entries for word in entry.identity(argument))]
    return replace(
        info,
        name=name,
        title=", ".join([info.title, *(_title(entry.title, argument) for entry, argument in entries)]),
        weights_sha256=hashlib.sha256("+".join(told).encode()).hexdigest(),
        denoised=any(entry.denoises for entry, _ in entries),
    )


def model_cost(name: str) -> float:
    """What a draw through the wrappers of a name costs, in draws of the bare model, roughly and at most.

    Raises UnknownName, InvalidSetting.

    >>> 1 == model_cost("street-clean") < model_cost("street-clean+single")
    True
    """
    _, parts = _split(name)
    return math.prod(wrappers[word].cost(argument) for word, argument in parts)


def runs_code(name: str) -> bool:
    """Whether loading the model runs code that is in its file. Raises UnknownName, InvalidInput."""
    model, _ = _split(name)
    if part_models.is_part_model(model):
        return False
    return model not in _bundled() and configured.runs_code(_configured(model))


def load_model(name: str, compute: Compute | None = None) -> BaseModel:
    """The model of that name on a device, cached. compute: None for what `choose_compute` finds.

    Raises UnknownName, InvalidSetting for a wrapper's argument, IntegrityError if a weight file is missing or is not
    the file that its record names, InvalidInput and MissingPackage for configured ones.

    >>> load_model("street-noise25", choose_compute("cpu", "fp32")).info.labels.classes[:3]
    ('Sky', 'Building', 'Pole')
    """
    return _load(name, compute or choose_compute(), model_info(name).weights_sha256)


def check_weights(name: str) -> None:
    """Check the weight files of a model against their records, loading nothing. Raises as `load_model`."""
    model, parts = _split(name)
    if part_models.is_part_model(model):
        part_models.check_weights(model)
    elif model in _bundled():
        zoo.checked_bytes(zoo.bundled_network(model, zoo.SEGMENTER))
    else:
        _plain_info(model)
    told = {word for part, argument in parts for word in wrappers[part].identity(argument)}
    for entry in zoo.bundled(zoo.DENOISER):
        if entry.sha256 in told:
            zoo.checked_bytes(entry)


@lru_cache(maxsize=8)
def _load(name: str, compute: Compute, sha256: str) -> BaseModel:
    info = model_info(name)
    model, parts = _split(name)
    if part_models.is_part_model(model):
        network = part_models.load(model, compute)
    elif model in _bundled():
        network = zoo.load_network(model, zoo.SEGMENTER, compute)
    else:
        network = configured.load_model(_configured(model), compute)
    for word, argument in parts:
        network = wrappers[word].wrap(network, argument, compute).network.eval()
    if not info.weights_sha256 == sha256 == model_info(name).weights_sha256:
        raise IntegrityError(f"{name} changed while it was loaded; ask again")
    if _ships(name):
        trust(network)  # the contract tests try every one of them
    return BaseModel(info=info, network=network, compute=compute)


def _ships(name: str) -> bool:
    """Whether all networks behind a name ship with the project."""
    model, parts = _split(name)
    denoisers = {entry.sha256 for entry in zoo.bundled(zoo.DENOISER)}
    return (part_models.is_part_model(model) or model in _bundled()) and all(
        denoisers & set(wrappers[word].identity(argument)) for word, argument in parts if wrappers[word].denoises
    )


def _bundled() -> list[str]:
    return [entry.name for entry in zoo.bundled(zoo.SEGMENTER)]


def _plain_info(model: str) -> ModelInfo:
    if part_models.is_part_model(model):
        return part_models.info(model)
    if model in _bundled():
        return zoo.bundled_network(model, zoo.SEGMENTER).info()
    return configured.info_of(_configured(model))


def _configured(model: str) -> ConfiguredModel:
    known = configured.configured_models()
    if model not in known:
        raise unknown_name("model", model, [*_bundled(), *known])
    return known[model]


def _split(name: str) -> tuple[str, list[tuple[str, str]]]:
    model, *words = name.split("+")
    kind = "cloud" if part_models.is_part_model(model) else "image"
    parts = [(word.partition(":")[0], word.partition(":")[2]) for word in words]
    for word, _ in parts:
        if wrappers[word].kind != kind:
            raise InvalidSetting(f"{word} goes around models of {wrappers[word].kind}s, got {name!r:.80}")
    denoisers = [number for number, (word, _) in enumerate(parts) if wrappers[word].denoises]
    if len(parts) - len(denoisers) > 1 or denoisers not in ([], [len(parts) - 1]):
        raise InvalidSetting(
            f"a name takes one scale part and one denoiser at most, the denoiser last, got {name!r:.80}"
        )
    return model, parts


def _title(title: str, argument: str) -> str:
    return f"{title} ({argument})" if argument else title


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInfo:
    """An off-the-shelf segmenter that can be fetched. `install` says how to get the package that it needs."""

    name: str
    title: str
    labels: str
    megabytes: float
    terms: str
    installed: bool
    install: str


def offers() -> tuple[OfferInfo, ...]:
    """All that `python -m engine fetch` can download; nothing is downloaded, no package is imported.

    >>> all(offer.terms and offer.megabytes > 0 for offer in offers())
    True
    """
    return tuple(
        OfferInfo(
            name=offer.name,
            title=offer.title,
            labels=offer.labels,
            megabytes=offer.megabytes,
            terms=offer.terms,
            installed=source.installed,
            install=source.install,
        )
        for source in sources.values()
        for offer in source.offers
    )


def model_sources() -> tuple[tuple[str, str], ...]:
    """Name and title of every source of external models.

    >>> "torchvision" in dict(model_sources())
    True
    """
    return tuple((name, source.title) for name, source in sources.items())


def denoisers() -> tuple[tuple[str, str, str], ...]:
    """Name, title and card of every denoiser that ships with the project.

    >>> "denoise-street" in [name for name, title, card in denoisers()]
    True
    """
    return tuple((entry.name, entry.title, entry.card) for entry in zoo.bundled(zoo.DENOISER))
