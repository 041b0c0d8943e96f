"""The Denoise page's work: the same certification for several models, and one draw before and after a denoiser."""

from dataclasses import dataclass, replace

import streamlit as st

import engine
from app.runs import jobs
from app.runs.certify import certified
from app.runs.costs import check_work
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Labels, Outcome, Request


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The same image, certified for several models with the same settings, each with noise of its own."""

    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Preview:
    """A noisy draw, what a denoiser makes of it, and the segmenter's answers, uint8 (H, W), on all three."""

    denoising: engine.evaluation.Denoising
    on_image: Labels
    on_noisy: Labels
    on_clean: Labels


def submit(asked: Request, models: tuple[str, ...]) -> Job:
    """Queue the same certification for several models, each with noise of its own; its result is a `Comparison`.

    Raises QueueFull, or InvalidSetting for more work than a server takes.
    """
    request = asked.with_seed()
    check_work(request, *models)
    own = [
        replace(request, model=name, settings=request.settings.fresh("model", number))
        for number, name in enumerate(models)
    ]

    def work(job: Job) -> Comparison:
        made = (certified(job, each, number=number, of=len(own)) for number, each in enumerate(own))
        return Comparison(outcomes=tuple(made))

    return jobs.submit(work, page="denoise")


def preview(model: str, image: engine.inputs.Image, *, sigma: float, seed: int) -> Preview:
    """One noisy draw of an image, denoised and segmented; kept for an hour."""
    return _preview(model, engine.models.model_info(model).weights_sha256, image.sha256, sigma, seed, image)


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Adding noise and taking it away …")
def _preview(model: str, weights: str, digest: str, sigma: float, seed: int, _image: engine.inputs.Image) -> Preview:
    _ = weights, digest  # with the others the key of the cache
    loaded = load(model)
    made = engine.evaluation.denoise_once(loaded, _image, engine.Settings(sigma=sigma, seed=seed))
    plain = loaded.undefended()
    return Preview(
        denoising=made,
        on_image=engine.certification.base_prediction(plain, _image),
        on_noisy=engine.certification.prediction(plain, made.noisy),
        on_clean=engine.certification.prediction(plain, made.clean),
    )
