"""Long work other than certifying an image, queued beside it; watched and cancelled through `app.runner`."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import engine
from app import jobs, runner
from app.jobs.manager import Job
from app.requests import Comparison, Outcome, Preview, Request
from app.state import session_id
from app.views.overlay import fixed_pictures


def submit_experiment(name: str, *, seed: int, quality: engine.papers.Quality) -> Job:
    """Queue a recomputation for this session; its result is an `engine.ExperimentResult`.

    Raises QueueFull, or UnknownName.
    """
    entry = engine.papers.experiments[name]

    def work(job: Job) -> engine.papers.ExperimentResult:
        return entry.run(seed=seed, quality=quality, progress=job.progress, cancelled=job.cancel_requested)

    return jobs.manager().submit(session_id(), work)


def submit_comparison(asked: Request, models: tuple[str, ...]) -> Job:
    """Queue the same certification for several models, each with noise of its own; its result is a `Comparison`.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = asked.with_seed()
    runner.check_work(request, *models)
    each = request.settings.n0 + request.settings.n

    def work(job: Job) -> Comparison:
        outcomes = []
        for number, name in enumerate(models):
            model = engine.load_model(name)
            seed = (request.settings.seed + number) % (int(engine.core.BOUNDS["seed"].high) + 1)
            own = replace(request, model=name, settings=replace(request.settings, seed=seed))

            def count(done: int, _: int, before: int = number * each) -> None:
                job.progress(before + done, len(models) * each)

            certificate = engine.certify(
                model, request.image, own.settings, progress=count, cancelled=job.cancel_requested
            )
            base = engine.certification.base_prediction(model, request.image)
            pictures = fixed_pictures(request.image, certificate, base, request.truth, model.info.labels)
            space = model.info.labels
            outcomes.append(Outcome(request=own, certificate=certificate, base=base, pictures=pictures, space=space))
        return Comparison(outcomes=tuple(outcomes))

    return jobs.manager().submit(session_id(), work)


def preview(model: str, image: engine.inputs.Image, *, sigma: float, seed: int) -> Preview:
    """One noisy draw of an image, denoised and segmented; kept for an hour."""
    return _preview(model, engine.models.model_info(model).weights_sha256, image.sha256, sigma, seed, image)


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Adding noise and taking it away …")
def _preview(model: str, weights: str, digest: str, sigma: float, seed: int, _image: engine.inputs.Image) -> Preview:
    _ = weights, digest  # with the others the key of the cache
    loaded = engine.load_model(model)
    settings = engine.Settings(sigma=sigma, seed=seed)
    made = engine.evaluation.denoise_once(loaded, _image, settings)
    plain = loaded.undefended()
    return Preview(
        denoising=made,
        on_image=engine.certification.base_prediction(plain, _image),
        on_noisy=engine.certification.prediction(plain, made.noisy),
        on_clean=engine.certification.prediction(plain, made.clean),
    )
