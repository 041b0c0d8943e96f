"""Turns as matrices, the sample shapes that are turned, and what models of shapes say of them."""

import math
from dataclasses import replace

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

import engine
from app.runs import certify
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Request
from engine.perturbations import rotation_curve, rotation_of

Floats = NDArray[np.float64]

FAMILY = "so3"
POINTS = 1000
MOST_DRAWS = 1000
# The curve's quantiles lie too high by less than 0.001, as the engine's tests measure against a finer computation. The
# normal law is nowhere steeper than 0.4, so that its taus lie too high by less than 0.0004.
_MARGIN = 0.001
_STRENGTHS = tuple(round(0.1 * step, 1) for step in (10, 20, 30, 5, 15, 25))
SWEEP = (0.05, *_STRENGTHS, *(s for s in (round(0.1 * step, 1) for step in range(1, 31)) if s not in _STRENGTHS))


@st.cache_data(max_entries=128, show_spinner=False)
def curve(sigma: float) -> tuple[Floats, Floats]:
    """`engine.rotation_curve`, kept: angles in radians, and the tau that is proved to survive each, float64 (K,)."""
    return rotation_curve(sigma)


@st.cache_resource(show_spinner=False)
def swept() -> set[float]:
    """The sigmas of SWEEP whose curves this process has computed; grown by `sweep_on`."""
    return set()


def sweep_on() -> bool:
    """Compute the next curve of SWEEP. False if there is none left."""
    missing = [sigma for sigma in SWEEP if sigma not in swept()]
    if missing:
        curve(missing[0])
        swept().add(missing[0])
    return bool(missing)


def refuted(sigma: float, tau: float, angle: float) -> bool:
    """Whether some base model with p > tau loses its majority to some turn by at most `angle` radians.

    The curve is the worst case itself, but for its rounding: what lies beyond by more than that is not only unproved.
    """
    angles, taus = curve(sigma)
    return float(np.interp(angle, angles, taus)) - tau > _MARGIN


def matrix(vector: Floats) -> Floats:
    """The turn about `vector`, float64 (3,), by its length in radians, right-handed; float64 (3, 3)."""
    return np.asarray(rotation_of(torch.from_numpy(np.asarray(vector, dtype=np.float64))))


def share_of_turns(angle: float) -> float:
    """The share of all rotations, drawn uniformly, that are by at most `angle` radians."""
    return (angle - math.sin(angle)) / math.pi


@st.cache_resource(max_entries=32, show_spinner=False)
def shape(category: str, seed: int) -> engine.inputs.Cloud:
    """1,000 points of a sample shape, labelled by part. Raises UnknownName, InvalidSetting."""
    return engine.inputs.sample_mesh(engine.synthetic.build_shape(category, seed), POINTS, seed)


def parts_of(category: str) -> engine.inputs.LabelSpace:
    """The parts that the sample shapes of a category have, with colours."""
    return engine.models.part_space(category, engine.synthetic.shape_categories()[category])


def models_of(category: str) -> dict[str, str]:
    """The titles of the models that know this category, by the name that loads them; empty if there are none."""
    return {
        engine.models.of_category(name, category): title
        for name, title, known in engine.models.part_models()
        if category in known
    }


def answer(model: str, cloud: engine.inputs.Cloud) -> NDArray[np.uint8]:
    """The base model's own classes, uint8 (P,): no promise."""
    return _answer(model, engine.models.model_info(model).weights_sha256, cloud.sha256, cloud)


@st.cache_data(max_entries=512, ttl=3600, show_spinner=False)
def _answer(model: str, weights: str, digest: str, _cloud: engine.inputs.Cloud) -> NDArray[np.uint8]:
    _ = weights, digest  # with the model's name the key of the cache
    return engine.certification.base_prediction(load(model), _cloud)


def settings_for(sigma: float, tau: float) -> engine.Settings:
    """As few draws as leave a class room to be missed now and then; more than MOST_DRAWS are not for this page."""
    base = engine.Settings(sigma=sigma, tau=tau, family=FAMILY, points=POINTS)
    return replace(base, n=max(base.n, base.useful_n(POINTS)))


def submit(model: str, cloud: engine.inputs.Cloud, settings: engine.Settings) -> Job:
    """Queue the certification of a shape with noise of its own; its result is an `Outcome`. Raises QueueFull."""
    return certify.submit(asked(model, cloud, settings), page="rotation")


def asked(model: str, cloud: engine.inputs.Cloud, settings: engine.Settings) -> Request:
    """The certification of a shape as it stands."""
    stop = engine.certification.StopRule()
    return Request(name=model, model=model, subject=cloud, truth=None, settings=settings, stop=stop, fresh=True)
