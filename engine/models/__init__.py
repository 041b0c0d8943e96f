"""Base models by name: bundled, configured, wrapped in denoisers and scales."""

from engine.models.base import BaseModel, ModelInfo
from engine.models.catalogue import (
    OfferInfo,
    WrapperChoice,
    available,
    configuration_problem,
    denoisers,
    full_name,
    load_model,
    model_cost,
    model_info,
    model_sources,
    offers,
    wrapper_choices,
)
from engine.models.part_models import of_category, part_models, part_space

__all__ = [
    "BaseModel",
    "ModelInfo",
    "OfferInfo",
    "WrapperChoice",
    "available",
    "configuration_problem",
    "denoisers",
    "full_name",
    "load_model",
    "model_cost",
    "model_info",
    "model_sources",
    "of_category",
    "offers",
    "part_models",
    "part_space",
    "wrapper_choices",
]
