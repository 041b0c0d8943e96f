"""DenoiseCertify: a denoiser before a model that never saw noise, and what that does to its certificates."""

import streamlit as st

import engine
from app.forms.fields import choose_named, slider
from app.forms.images import pick_image
from app.runs import compare
from app.runs.compare import Comparison
from app.runs.prepare import prepare
from app.runs.requests import Choice, Request
from app.session import state
from app.views.account import show_ledger
from app.views.denoise import show_comparison, show_preview, show_step
from app.views.page_run import PageRun, ended
from app.views.progress import show_progress
from app.views.verdict import say_raised
from app.words.numbers import plain

_MODEL, _DENOISER = "street-clean", "single"
_RUN = PageRun(page="denoise")


def _choose() -> tuple[str, engine.models.WrapperChoice, float, int]:
    """The segmenter, the denoiser, sigma and the number of the draw."""
    denoisers = {part.name: part for part in engine.models.wrapper_choices() if part.denoises}
    cells = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    names = [info.name for info in engine.models.available()]
    model = cells[0].selectbox(
        "Segmenter", names, names.index(_MODEL), key="segmenter", bind="query-params", persist_state="session"
    )
    titles = {name: part.title for name, part in denoisers.items()}
    how = choose_named(cells[1], "Denoiser", titles, _DENOISER, key="denoiser")
    with cells[2]:
        sigma = slider("σ · noise", 0.05, 1.25, 0.5, 0.05, key="denoise_sigma")
    draw = cells[3].number_input("Draw number", 0, 999_999, 0, key="draw", help="seed of the noise that is shown")
    denoiser = denoisers[how]
    st.caption(denoiser.about)
    return str(model), denoiser, sigma, int(draw)


def _certify_both(request: Request, model: str, behind: str, *, busy: bool) -> None:
    label = f"Certify both with n = {request.settings.n}"
    if st.button(label, type="primary", icon=":material/play_arrow:", disabled=busy, width="stretch"):
        _RUN.start(lambda: compare.submit(request, (model, behind)))


st.title("Denoise, then segment")
st.markdown(
    "Randomized smoothing shows a model noisy images. A model that was never trained on noise fails there, and so do "
    "its certificates. **DenoiseCertify** puts a denoiser before it: the two together are one base model, "
    "so that *any* segmenter can be certified without training it again. The guarantee is the same as before, "
    "for the pipeline of both."
)
watched = _RUN.find()
chosen = pick_image()
model, denoiser, sigma, draw = _choose()
behind = engine.models.full_name(model, denoiser.name)
job = watched.job
settings = engine.Settings(sigma=sigma)
if chosen is not None:
    try:
        request = prepare(chosen, model, Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True))
        image = request.subject
        assert isinstance(image, engine.inputs.Image)
        preview = compare.preview(behind, image, sigma=sigma, seed=draw)
        space = engine.models.model_info(model).labels
        show_preview(preview, image, space, sigma=sigma, diffusion=denoiser.diffusion)
        if denoiser.diffusion:
            show_step(preview, sigma, chain=denoiser.name.startswith("multi"))
        st.subheader("What can be certified?", anchor=False)
        st.caption(
            f"SegCertify on {model} alone, and behind the denoiser: n₀ = {settings.n0}, τ = {settings.tau:g}, "
            f"α = {settings.alpha:g}, Holm, working size {settings.size}. Other settings: the Certify page, where any "
            "denoiser can be put around any model."
        )
        say_raised(request)
        _certify_both(request, model, behind, busy=watched.busy)
    except engine.EngineError as error:
        st.error(f"{plain(chosen.name)}: {error}.")
if job is not None and watched.busy:
    show_progress(job, "Draw", key="cancel_comparison")
elif job is not None and isinstance(job.result, Comparison):
    first = job.result.outcomes[0].request
    st.subheader(f"{plain(first.name)}, σ = {first.settings.sigma:g}", anchor=False)
    show_comparison(job.result)
    for outcome in job.result.outcomes:
        state.add_to_ledger(outcome.certificate, outcome.request.name)
elif job is not None:
    ended(job, "The run", stopped=" Nothing was certified.")
show_ledger()
