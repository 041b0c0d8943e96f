"""Base models for shapes: a bundled network that knows many categories, asked about one of them.

A name reads MODEL@CATEGORY, as in "parts-noise@Chair": the category is an input of the network, so it is part of what
is certified. Source: METHOD section 6; Fischer et al. 2021, section 6.2.
"""

from collections.abc import Callable
from functools import lru_cache

import torch
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import InvalidSetting, unknown_name
from engine.inputs.labels import LabelSpace
from engine.inputs.labels._palettes import COLOUR_BLIND_SAFE, distinct_colours
from engine.models import zoo
from engine.models.base import BaseModel, ModelInfo

SEPARATOR = "@"


class OfCategory(nn.Module):
    """The parts of one category: (B, P, C) -> logits (B, parts of it, P), float32."""

    def __init__(self, network: nn.Module, category: int, first: int, parts: int) -> None:
        super().__init__()
        self.network = network
        self.category = category
        self.first, self.parts = first, parts

    def forward(self, values: Tensor) -> Tensor:
        category = torch.full((len(values),), self.category, dtype=torch.int64, device=values.device)
        logits: Tensor = self.network(values, category)
        return logits[:, self.first : self.first + self.parts].float()


def is_part_model(name: str) -> bool:
    """Whether the name is one of MODEL@CATEGORY, or of a bundled model of shapes that still lacks a category."""
    return SEPARATOR in name or name in [entry.name for entry in zoo.bundled(zoo.PARTS)]


def of_category(name: str, category: str) -> str:
    """The name that asks a model, "parts-noise" or "parts-noise+voted", about one category.

    >>> of_category("parts-noise+voted", "Chair")
    'parts-noise@Chair+voted'
    """
    model, *around = name.split("+")
    return "+".join([f"{model}{SEPARATOR}{category}", *around])


def part_models() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Name, title and categories of every bundled model of shapes; nothing is loaded.

    >>> "Chair" in {name: categories for name, _, categories in part_models()}["parts-noise"]
    True
    """
    return tuple((entry.name, entry.title, tuple(entry.categories)) for entry in zoo.bundled(zoo.PARTS))


def info(name: str) -> ModelInfo:
    """What is known of MODEL@CATEGORY. Raises UnknownName, InvalidSetting."""
    return _info(*_entry(name))


def load(name: str, compute: Compute) -> nn.Module:
    """The network of MODEL@CATEGORY. Raises UnknownName, InvalidSetting, IntegrityError."""
    entry, category = _entry(name)
    return _asked(zoo.load_network(entry.name, zoo.PARTS, compute), entry, category)


def unpublished(entry: zoo.BundledNetwork, compute: Compute) -> Callable[[str], BaseModel]:
    """A network that is not in the zoo, as a model for each category. Raises IntegrityError."""
    network = zoo.load_entry(entry, compute)
    return lambda category: BaseModel(
        info=_info(entry, category), network=_asked(network, entry, category), compute=compute
    )


def check_weights(name: str) -> None:
    """Check the weight file against the manifest. Raises UnknownName, InvalidSetting, IntegrityError."""
    zoo.checked_bytes(_entry(name)[0])


@lru_cache(maxsize=64)
def part_space(category: str, parts: tuple[str, ...]) -> LabelSpace:
    """The parts of a category as a label space; the first seven colours can be told apart by everybody.

    >>> part_space("Cup", ("body", "handle")).classes
    ('body', 'handle')
    """
    return LabelSpace(name=category, classes=parts, palette=distinct_colours(len(parts), start=COLOUR_BLIND_SAFE))


def _info(entry: zoo.BundledNetwork, category: str) -> ModelInfo:
    return ModelInfo(
        name=f"{entry.name}{SEPARATOR}{category}",
        title=f"{entry.title}: {category}",
        labels=part_space(category, entry.categories[category]),
        trained_sigma=entry.trained_sigma,
        weights_sha256=entry.sha256,
        card=entry.card,
        kind="cloud",
    )


def _asked(network: nn.Module, entry: zoo.BundledNetwork, category: str) -> nn.Module:
    """The network asked about one category, whose parts come after those of the categories before it."""
    before = list(entry.categories)[: list(entry.categories).index(category)]
    first = sum(len(entry.categories[other]) for other in before)
    return OfCategory(network, len(before), first, len(entry.categories[category])).eval()


def _entry(name: str) -> tuple[zoo.BundledNetwork, str]:
    model, _, category = name.partition(SEPARATOR)
    entry = zoo.bundled_network(model, zoo.PARTS)
    if not category:
        raise InvalidSetting(f"{model} needs a category, as in {model}{SEPARATOR}{next(iter(entry.categories))}")
    if category not in entry.categories:
        raise unknown_name("category", category, sorted(entry.categories))
    return entry, category
