"""Long work other than certifying an image, queued beside it; watched and cancelled through `app.runner`."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import engine
from app import jobs, runner
from app.requests import Comparison, Outcome, Preview, Request
from app.state import session_id
from app.views.overlay import fixed_pictures


def submit_experiment(name: str, *, seed: int, quality: engine.Quality) -> engine.Job:
    """Queue a recomputation for this session; its result is an `engine.ExperimentResult`.

    Raises QueueFull, or UnknownName.
    """
    entry = engine.experiment(name)

    def work(job: engine.Job) -> engine.ExperimentResult:
        return entry.run(seed=seed, quality=quality, progress=job.progress, cancelled=job.cancel_requested)

    return jobs.manager().submit(session_id(), work)


def submit_comparison(asked: Request, models: tuple[str, ...]) -> engine.Job:
    """Queue the same certification for several models, with the same noise; its result is a `Comparison`.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = asked.with_seed()
    runner.check_work(request, len(models))
    each = request.settings.n0 + request.settings.n

    def work(job: engine.Job) -> Comparison:
        outcomes = []
        for number, name in enumerate(models):
            model = engine.load_model(name)

            def count(done: int, _: int, before: int = number * each) -> None:
                job.progress(before + done, len(models) * each)

            certificate = engine.segcertify(
                model, request.image, request.settings, progress=count, cancelled=job.cancel_requested
            )
            base = engine.base_prediction(model, request.image)
            pictures = fixed_pictures(request.image, certificate, base, request.truth, model.info.labels)
            own = replace(request, model=name)
            outcomes.append(Outcome(request=own, certificate=certificate, base=base, pictures=pictures))
        return Comparison(outcomes=tuple(outcomes))

    return jobs.manager().submit(session_id(), work)


@st.cache_resource(max_entries=8, show_spinner="Adding noise and taking it away …")
def preview(model: str, digest: str, sigma: float, seed: int, _image: engine.Image) -> Preview:  # noqa: ARG001
    """One noisy draw of an image, denoised and segmented; `digest` is the image's, and the key of the cache."""
    loaded = engine.load_model(model)
    settings = engine.Settings(sigma=sigma, seed=seed)
    made = engine.denoise_once(loaded, _image, settings)
    plain = loaded.undefended()
    return Preview(
        denoising=made,
        on_image=engine.base_prediction(plain, _image),
        on_noisy=engine.prediction(plain, made.noisy),
        on_clean=engine.prediction(plain, made.clean),
    )
