"""Files as chosen -> what is asked for: decoded, validated, with their truth in the model's classes."""

import hashlib
from dataclasses import replace

import numpy as np
import streamlit as st

import engine
from app.runs.requests import Choice, Chosen, Labels, Request, Subject

_KEPT_SECONDS = 3600


def prepare(chosen: Chosen, model: str, choice: Choice) -> Request:
    """Decode and validate; an n that certifies nothing is raised. Raises EngineError kinds with a sentence for the
    page."""
    digest, settings = hashlib.sha256(chosen.data).hexdigest(), choice.values
    if chosen.kind == "image":
        subject: Subject = _image(digest, settings.size, chosen.data)
    else:
        subject = _cloud(digest, chosen.suffix, settings.points, chosen.data)
    useful = with_useful_n(settings, subject.components)
    return Request(
        name=chosen.name,
        model=model,
        subject=subject,
        truth=_truth(chosen, subject, engine.models.model_info(model).labels.classes),
        settings=useful,
        stop=choice.stop,
        fresh=choice.fresh_seed,
        file=chosen.data if chosen.category else None,
        chosen_n=0 if useful is settings else settings.n,
    )


def image_of(chosen: Chosen, size: int) -> engine.inputs.Image:
    """A chosen image at the working size. Raises EngineError kinds with a sentence for the page."""
    return _image(hashlib.sha256(chosen.data).hexdigest(), size, chosen.data)


@st.cache_data(max_entries=256, show_spinner=False)
def _useful_n(settings: engine.Settings, components: int) -> int:
    """0 where the settings' own n is useful."""
    return settings.useful_n(components) if settings.n < settings.smallest_useful_n(components) else 0


def with_useful_n(settings: engine.Settings, components: int) -> engine.Settings:
    """The same settings where they can certify something of so many components; else with an n that is worth making.

    Every page asks this before a run. Raises InvalidSetting where no n is enough.
    """
    draws = _useful_n(replace(settings, seed=0, stream=""), components)
    return replace(settings, n=draws) if draws else settings


def truth_of(labels: Labels | None, parts: tuple[str, ...], classes: tuple[str, ...]) -> Labels | None:
    """Labels of a shape, uint8 (P,), as classes of a model, VOID for what it does not know; None where there are none.

    parts: what the labels stand for; empty for other people's files, whose labels count as the model's classes if all
    of them can.
    """
    if labels is None:
        return None
    if not parts:
        fits = ((labels < len(classes)) | (labels == engine.inputs.VOID)).all() and (labels < len(classes)).any()
        return labels if fits else None
    table = np.full(256, engine.inputs.VOID, dtype=np.uint8)
    for number, part in enumerate(parts):
        if part in classes:
            table[number] = classes.index(part)
    truth: Labels = table[labels]
    return truth if (truth != engine.inputs.VOID).any() else None


def _truth(chosen: Chosen, subject: Subject, classes: tuple[str, ...]) -> Labels | None:
    """At the working size; an image's truth of other classes than the model's is left out."""
    if isinstance(subject, engine.inputs.Cloud):
        return truth_of(subject.labels, chosen.classes, classes)
    if chosen.labels is None or chosen.classes != classes:
        return None
    return engine.inputs.reduce_labels(chosen.labels, subject)


@st.cache_resource(max_entries=8, ttl=_KEPT_SECONDS, show_spinner=False)
def _image(digest: str, size: int, _data: bytes) -> engine.inputs.Image:  # noqa: ARG001 - the cache's key
    return engine.inputs.decode_image(_data, size=size)


@st.cache_resource(max_entries=8, ttl=_KEPT_SECONDS, show_spinner=False)
def _cloud(digest: str, suffix: str, points: int, _data: bytes) -> engine.inputs.Cloud:  # noqa: ARG001 - the cache's key
    return engine.inputs.decode_cloud(_data, suffix=suffix, points=points)
