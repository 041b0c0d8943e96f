"""The only caller of engine jobs and caches: pages hand over a request and get a job to watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.inputs import Chosen
from app.state import session_id
from app.views.overlay import result_pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One certification as asked for. `truth`: uint8 (H, W) at the working size, or None."""

    name: str
    model: str
    image: engine.Image
    truth: NDArray[np.uint8] | None
    settings: engine.Settings

    @property
    def key(self) -> tuple[str, str, engine.Settings]:
        """What decides the result: two requests with the same key have the same certificate."""
        return self.model, self.image.sha256, self.settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A finished run: the certificate, the base model's own answer (uint8 (H, W)), and pictures as PNG by name."""

    request: Request
    certificate: engine.Certificate
    base: NDArray[np.uint8]
    pictures: Mapping[str, bytes]


def prepare(chosen: Chosen, model: str, settings: engine.Settings) -> Request:
    """Decode and validate. Raises EngineError kinds with a sentence for the page."""
    image = engine.decode_image(chosen.data, size=settings.size)
    truth = None if chosen.labels is None else engine.reduce_labels(chosen.labels, image)
    return Request(name=chosen.name, model=model, image=image, truth=truth, settings=settings)


def submit(request: Request) -> engine.Job:
    """Queue a certification for this session. Raises QueueFull."""

    def work(job: engine.Job) -> Outcome:
        model = engine.load_model(request.model)
        certificate = engine.segcertify(
            model,
            request.image,
            request.settings,
            progress=job.progress,
            cancelled=job.cancel_requested,
            live=job.show,
        )
        spent = certificate.provenance.seconds_sampling
        _pace().learn(request.model, spent / (request.image.components * job.total))
        base = engine.base_prediction(model, request.image)
        pictures = result_pictures(request.image, certificate, base, request.truth, model.info.labels)
        return Outcome(request=request, certificate=certificate, base=base, pictures=pictures)

    return jobs().submit(session_id(), work, label=request.model)


def find(job_id: str | None) -> engine.Job | None:
    """The job of that id if this process still knows it; looking at it keeps it alive."""
    return jobs().get(job_id) if job_id else None


@st.cache_resource
def jobs() -> engine.JobManager:
    """The process's job manager: one worker, since there is one compute device."""
    return engine.JobManager()


def expected_seconds(request: Request) -> float:
    """About how long a run takes, from the pace of earlier runs or a short trial."""
    draws = request.settings.n0 + request.settings.n
    return _pace().of(request.model) * request.image.components * draws


class _Pace:
    """Seconds per draw and pixel of every model, as last measured."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def learn(self, model: str, seconds: float) -> None:
        self._seconds[model] = seconds

    def of(self, model: str) -> float:
        if model not in self._seconds:
            self._seconds[model] = engine.measure_pace(engine.load_model(model))
        return self._seconds[model]


@st.cache_resource
def _pace() -> _Pace:
    return _Pace()
