"""One street, changed in several ways of the same l2 size, and what a model answers on each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st

import engine
from app.runs.models import load
from app.runs.requests import Labels

SCENARIO = "figure-1"
"""Whose picture this is, and whose attack is the direction."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """A picture, uint8 (H, W, 3), as it is shown; the model's answer, uint8 (H, W), on the exact one; `changed`: how
    many of the answers on the unchanged picture became others. strength: of the way that led there."""

    picture: Labels
    answer: Labels
    changed: int = 0
    strength: float = 0.0


@cache
def attack_size() -> float:
    """The l2 size of the attack as it was found."""
    return float(_staged().duel.result.size)


@cache
def street_ways() -> Mapping[str, engine.teaching.same_size.Way]:
    """The ways from the scenario's picture, by name."""
    staged = _staged()
    clean = staged.subject.values.astype(np.float64)
    return engine.teaching.same_size.ways(clean, staged.duel.changed.values - clean)


def size_of(name: str, strength: float) -> float:
    """The l2 size of the way of that name at a strength."""
    way = street_ways()[name]
    return engine.teaching.same_size.l2(way.at(strength) - way.at(0.0))


def unchanged(model: str) -> Answered:
    """The street as it is."""
    return _answered(model, engine.models.model_info(model).weights_sha256, "brightness", 0.0)


def spent(model: str, size: float) -> Mapping[str, Answered]:
    """The street changed by that l2 size, by the name of the way; a way that does not lead so far is left out."""
    weights = engine.models.model_info(model).weights_sha256
    strengths = _strengths(size)
    return {name: _answered(model, weights, name, at) for name, at in strengths.items() if at is not None}


@st.cache_data(max_entries=32, show_spinner=False)
def _strengths(size: float) -> Mapping[str, float | None]:
    return {name: way.strength(size) for name, way in street_ways().items()}


@st.cache_resource(max_entries=128, ttl=3600, show_spinner="Asking the model …")
def _answered(model: str, weights: str, name: str, strength: float) -> Answered:
    _ = weights  # with the others the key of the cache
    seen, before = street_ways()[name].at(strength), None if strength == 0.0 else unchanged(model).answer
    answer = engine.certification.prediction(load(model), seen)
    changed = 0 if before is None else int((answer != before).sum())
    picture = np.rint(255.0 * seen).astype(np.uint8)
    return Answered(picture=picture, answer=answer, changed=changed, strength=strength)


def _staged() -> engine.papers.Staged:
    return engine.papers.open_scenario(engine.papers.scenarios[SCENARIO])
