"""Certification of images: pages hand over a request and get a job to watch; and what all jobs share."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import streamlit as st

import engine
from app import jobs
from app.inputs import Chosen
from app.jobs.manager import Job
from app.requests import Choice, Look, Outcome, Request
from app.state import session_id
from app.views.overlay import fixed_pictures

_KEPT_SECONDS = 3600
_MOST_WORK = 4_000_000_000  # pixels times draws of a bare model: about ten minutes on two CPU cores


def prepare(chosen: Chosen, model: str, choice: Choice) -> Request:
    """Decode and validate; the truth of other classes than the model's is left out.

    Raises EngineError kinds with a sentence for the page.
    """
    settings = choice.values
    image = _decoded(hashlib.sha256(chosen.data).hexdigest(), settings.size, chosen.data)
    known = chosen.labels is not None and engine.models.model_info(model).labels.classes == chosen.classes
    truth = engine.inputs.reduce_labels(chosen.labels, image) if known and chosen.labels is not None else None
    return Request(
        name=chosen.name,
        model=model,
        image=image,
        truth=truth,
        settings=settings,
        stop=choice.stop,
        fresh=choice.fresh_seed,
    )


@st.cache_resource(max_entries=8, ttl=_KEPT_SECONDS, show_spinner=False)
def _decoded(digest: str, size: int, _data: bytes) -> engine.inputs.Image:  # noqa: ARG001 - the key of the cache
    return engine.inputs.decode_image(_data, size=size)


def submit(asked: Request) -> Job:
    """Queue a certification for this session. Raises QueueFull, or InvalidSetting for more work than a server takes."""
    request, measured = asked.with_seed(), pace()
    settings, components = request.settings, request.image.components
    check_work(request, request.model)

    def work(job: Job) -> Outcome:
        model = engine.load_model(request.model)
        certificate = engine.certify(
            model,
            request.image,
            settings,
            progress=job.progress,
            cancelled=job.cancel_requested,
            enough=job.enough_requested,
            stop=request.stop,
            live=lambda view: job.show(Look(view=view, space=model.info.labels, name=request.name)),
        )
        drawn = settings.n0 + certificate.draws
        measured.learn(request.model, certificate.provenance.seconds_sampling / (components * drawn))
        base = engine.certification.base_prediction(model, request.image)
        pictures = fixed_pictures(request.image, certificate, base, request.truth, model.info.labels)
        space = model.info.labels
        return Outcome(request=request, certificate=certificate, base=base, pictures=pictures, space=space)

    return jobs.manager().submit(session_id(), work)


def check_work(request: Request, *models: str, passes: float = 0.0) -> None:
    """Raises InvalidSetting for more work than a server takes at once; each model makes its own draws.

    passes: what else there is to do, in forward passes of a bare model.
    """
    draws = request.settings.n0 + request.settings.n
    cost = sum(engine.models.model_cost(name) for name in models)
    if request.image.components * (cost * draws + passes) > _MOST_WORK:
        raise engine.core.InvalidSetting(
            f"{request.image.components:,} pixels with {draws:,} draws are more than one run here may take; "
            "choose a smaller working size, fewer draws or steps or a faster denoiser, or use the command line"
        )


def find(job_id: str | None) -> Job | None:
    """The job of that id if this process still knows it; looking at it keeps it alive."""
    return jobs.manager().get(job_id) if job_id else None


def finish(job: Job) -> None:
    """End an anytime run between two batches with what it has: that is a certificate."""
    jobs.manager().finish(job.id)


def cancel(job: Job) -> None:
    """Stop a job between two batches."""
    jobs.manager().cancel(job.id)


def expected_seconds(request: Request) -> float:
    """About how long a run takes, from the pace of earlier runs or a short trial. Raises EngineError kinds."""
    draws = request.settings.n0 + request.settings.n
    seconds = pace().of(request.model, lambda: engine.certification.measure_pace(engine.load_model(request.model)))
    return seconds * request.image.components * draws


class Pace:
    """Seconds per draw and component of every model, as last measured."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._trial = threading.Lock()

    def learn(self, model: str, seconds: float) -> None:
        self._seconds[model] = seconds

    def of(self, model: str, trial: Callable[[], float]) -> float:
        """The pace of a model; where none is known yet, of a short trial."""
        with self._trial:
            if model not in self._seconds:
                self._seconds[model] = trial()
        return self._seconds[model]


@st.cache_resource
def pace() -> Pace:
    """What this process has measured."""
    return Pace()
