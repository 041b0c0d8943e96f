"""DenoiseCertify: a denoiser before a model that never saw noise, and what that does to its certificates."""

from __future__ import annotations

import streamlit as st

import engine
from app import inputs, runner, state, tasks
from app.page_run import PageRun
from app.requests import Choice, Comparison, Request
from app.views import wording
from app.views.account import show_ledger
from app.views.denoise import show_comparison, show_preview, show_progress, show_step

_MODEL, _DENOISER = "street-clean", "single"
_RUN = PageRun(key="denoise_job", kinds=(Comparison,))


def _choose() -> tuple[str, engine.models.WrapperChoice, float, int]:
    """The segmenter, the denoiser, sigma and the number of the draw."""
    denoisers = {part.name: part for part in engine.models.wrapper_choices() if part.denoises}
    cells = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    names = [info.name for info in engine.models.available()]
    model = cells[0].selectbox(
        "Segmenter", names, names.index(_MODEL), key="segmenter", bind="query-params", persist_state="session"
    )
    titles = {name: part.title for name, part in denoisers.items()}
    how = state.choose_named(cells[1], "Denoiser", titles, _DENOISER, key="denoiser")
    sigma = cells[2].slider("σ · noise", 0.05, 1.25, 0.5, 0.05, key="denoise_sigma", bind="query-params")
    draw = cells[3].number_input("Draw number", 0, 999_999, 0, key="draw", help="seed of the noise that is shown")
    denoiser = denoisers[how]
    st.caption(denoiser.about)
    return str(model), denoiser, float(sigma), int(draw)


def _certify_both(request: Request, model: str, behind: str, *, busy: bool) -> None:
    n = request.settings.n
    if not st.button(
        f"Certify both with n = {n}", type="primary", icon=":material/play_arrow:", disabled=busy, width="stretch"
    ):
        return
    try:
        job = tasks.submit_comparison(request, (model, behind))
    except engine.EngineError as error:
        st.error(f"{error}.")
        return
    _RUN.show(job)


st.title("Denoise, then segment")
st.markdown(
    "Randomized smoothing shows a model noisy images. A model that was never trained on noise fails there, and so do "
    "its certificates. **DenoiseCertify** puts a denoiser before it: the two together are one base model, "
    "so that *any* segmenter can be certified without training it again. The guarantee is the same as before, "
    "for the pipeline of both."
)
chosen = inputs.pick_image()
model, denoiser, sigma, draw = _choose()
behind = engine.models.full_name(model, denoiser.name)
job = _RUN.find()
busy = job is not None and not job.state.final
settings = engine.Settings(sigma=sigma)
if chosen is not None:
    try:
        request = runner.prepare(
            chosen, model, Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)
        )
        preview = tasks.preview(behind, request.image, sigma=sigma, seed=draw)
        space = engine.models.model_info(model).labels
        show_preview(preview, request.image, space, sigma=sigma, diffusion=denoiser.diffusion)
        if denoiser.diffusion:
            show_step(preview, sigma, chain=denoiser.name.startswith("multi"))
        st.subheader("What can be certified?", anchor=False)
        st.caption(
            f"SegCertify on {model} alone, and behind the denoiser: n₀ = {settings.n0}, τ = {settings.tau:g}, "
            f"α = {settings.alpha:g}, Holm, working size {settings.size}. Other settings: the Certify page, where any "
            "denoiser can be put around any model."
        )
        _certify_both(request, model, behind, busy=busy)
    except engine.EngineError as error:
        st.error(f"{wording.plain(chosen.name)}: {error}.")
if job is not None and busy:
    show_progress(job)
elif job is not None and isinstance(job.result, Comparison):
    first = job.result.outcomes[0].request
    st.subheader(f"{wording.plain(first.name)}, σ = {first.settings.sigma:g}", anchor=False)
    show_comparison(job.result)
    for outcome in job.result.outcomes:
        state.add_to_ledger(outcome.certificate, outcome.request.name)
elif job is not None and job.error:
    st.error(f"The run was stopped: {job.error}. Nothing was certified.")
show_ledger(state.ledger())
