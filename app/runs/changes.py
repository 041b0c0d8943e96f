"""Everyday changes of a picture: what a model without defence says of each, and the certificate that covers some."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

import engine
from app.pictures.change_frames import Frame, Point, Slider, frame_of, grid
from app.runs.models import load
from app.runs.requests import Labels, Request
from app.words.real_pictures import RealPictures
from engine.changes import Change, Parameter, changes
from engine.perturbations import Amounts, Family, covered_levels, eight_bits, families_for

_KEPT_SECONDS = 3600
_HALVINGS, _LAST_BITS = 20, 1e-6
PAGE = "changes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the page begins with for a family: sigma, the model that is certified, and how far the sliders go, in units
    of the range that people meet: as far as every sample takes to lose a fifth of its undefended answers."""

    sigma: float
    certified: str
    reach: float


STARTS: Mapping[str, Start] = {
    "brightness": Start(sigma=0.25, certified="street-noise25", reach=2.25),
    "gamma": Start(sigma=0.6, certified="street-clean", reach=2.5),
    "gamma-rayleigh": Start(sigma=1.0, certified="street-clean", reach=2.5),
    "contrast-brightness": Start(sigma=0.4, certified="street-clean", reach=2.0),
    "blur": Start(sigma=6.0, certified="street-clean", reach=4.0),
}
_OTHER = Start(sigma=0.25, certified="street-noise25", reach=2.0)


def start_of(family: Family) -> Start:
    """What the page begins with for this family; for one that is not known here, something usual."""
    return STARTS.get(family.name, _OTHER)


def changing_families() -> Mapping[str, Family]:
    """The families of images that certify the amounts of a known change, by name."""
    return {name: one for name, one in families_for("image").items() if isinstance(one.measure, Amounts)}


def make_frames(
    model: str, image: engine.inputs.Image, change: Change, axes: tuple[Slider, ...], watch: Callable[[float], object]
) -> list[Frame]:
    """A frame for every place of the sliders; those that were made within the hour are kept. watch: is told the share
    that is done. Raises EngineError kinds."""
    places, weights = grid(axes), engine.models.model_info(model).weights_sha256
    before = _answer(model, weights, image.sha256, image)
    made = []
    for number, values in enumerate(places):
        made.append(_frame(model, weights, image.sha256, change.name, values, image, before))
        watch((number + 1) / len(places))
    return made


@st.cache_data(max_entries=64, ttl=_KEPT_SECONDS, show_spinner=False)
def _answer(model: str, weights: str, digest: str, _image: engine.inputs.Image) -> Labels:
    _ = weights, digest  # with the model's name the key of the cache
    return engine.certification.base_prediction(load(model), _image)


@st.cache_data(max_entries=1024, ttl=_KEPT_SECONDS, show_spinner=False)
def _frame(
    model: str, weights: str, digest: str, change: str, values: Point, _image: engine.inputs.Image, _before: Labels
) -> Frame:
    _ = weights, digest  # with the others the key of the cache
    how, loaded = changes[change], load(model)
    amounts = {one.name: value for one, value in zip(how.parameters, values, strict=True)}
    changed = engine.attacks.changed_input(_image, how, amounts)
    answer = engine.certification.prediction(loaded.undefended(), changed.values)
    return frame_of(changed.values, answer, _before, loaded.info.labels)


def real_pictures(request: Request) -> RealPictures:
    """Which pictures as cameras save them are covered, of what is asked for."""
    image = request.subject
    assert isinstance(image, engine.inputs.Image)
    return _real_pictures(replace(request.settings, seed=0), image.sha256, image)


@st.cache_data(max_entries=128, ttl=_KEPT_SECONDS, show_spinner=False)
def _real_pictures(settings: engine.Settings, digest: str, _image: engine.inputs.Image) -> RealPictures:
    _ = digest  # with the settings the key of the cache
    family, bounds = settings.noise, settings.region.bounds
    change, levels = family.change, None
    if family.name == "brightness" and family.second is not None:
        strength = family.second.default if settings.strength is None else settings.strength
        levels = covered_levels(_image.pixels, sigma=settings.sigma, strength=strength, tau=settings.tau)
    return RealPictures(
        unclipped=tuple(
            (
                _last_inside(_image, change, one, bounds[one.name][0]),
                _last_inside(_image, change, one, bounds[one.name][1]),
            )
            for one in change.parameters
        ),
        levels=levels,
        rounding=float(np.linalg.norm(eight_bits(_image.pixels) - _image.pixels.astype(np.float64))),
    )


def _last_inside(image: engine.inputs.Image, change: Change, one: Parameter, end: float) -> float:
    """The amount of a parameter, alone, on the way from the neutral value to an end, up to which no value leaves
    [0, 1]."""

    def leaves(value: float) -> bool:
        values = engine.attacks.changed_input(image, change, {one.name: value}).values
        return bool(values.min() < -_LAST_BITS or values.max() > 1.0 + _LAST_BITS)

    if not leaves(end):
        return end
    inside, outside = one.neutral, end
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2.0
        inside, outside = (inside, middle) if leaves(middle) else (middle, outside)
    return inside
