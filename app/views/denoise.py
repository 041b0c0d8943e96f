"""The Denoise page's pictures: a draw before and after the denoiser, and two certificates side by side."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.compare import compare
from app.pictures import overlay
from app.runs.compare import Comparison, Preview
from app.runs.requests import Outcome
from app.views.tables import class_rows, legend
from app.views.verdict import show_guarantee
from app.words.numbers import share
from app.words.promise import without_promise
from engine.core import floored


def show_preview(
    preview: Preview, image: engine.inputs.Image, space: engine.inputs.LabelSpace, *, sigma: float, diffusion: bool
) -> None:
    """Three pictures, and under each what the segmenter says of it. diffusion: the denoiser takes noise for a step."""
    made = preview.denoising
    step = f" The noise was taken for step **t\\* = {made.step}** of the diffusion." if diffusion else ""
    pictures = (
        ("Original", image.pixels, "What the certificate is about."),
        (
            f"With noise, σ = {sigma:g}",
            made.noisy,
            f"PSNR {made.psnr_noisy:.1f} dB as the model gets it, {made.psnr_clipped:.1f} dB clipped, as shown.",
        ),
        ("Denoised", made.clean, f"PSNR {made.psnr_clean:.1f} dB: {_gain(made)}.{step}"),
    )
    for column, (title, picture, words) in zip(st.columns(3), pictures, strict=True):
        column.markdown(f"**{title}**")
        column.image(_shown(picture), width="stretch", alt=title)
        column.caption(words)
    answers = (preview.on_image, preview.on_noisy, preview.on_clean)
    for column, answer, (title, _, _) in zip(st.columns(3), answers, pictures, strict=True):
        column.image(
            overlay.labels_png(answer, space),
            width="stretch",
            alt=f"{title}: segmented",
        )
        kept = int((answer == preview.on_image).sum())
        column.caption(
            "The segmenter's answer."
            if answer is preview.on_image
            else f"The same answer as on the original at **{share(kept, answer.size)}** of the pixels."
        )


def show_step(preview: Preview, sigma: float, *, chain: bool) -> None:
    """How the noise becomes a step of the diffusion process."""
    step = preview.denoising.step
    how = (
        "the network says what part of it is noise, a little less noise is put back, and so on down to step 0"
        if chain
        else "the network says what part of it is noise, and the rest is the estimate of the image"
    )
    with st.expander("Which step of the diffusion is this?", icon=":material/timeline:"):
        st.markdown(
            f"The diffusion model lives in [−1, 1], where noise of σ = {sigma:g} has 2σ = {2 * sigma:g}. Its process "
            "at step t holds √ᾱₜ·image + √(1−ᾱₜ)·noise, so the noise over the image has the standard deviation "
            f"√((1−ᾱₜ)/ᾱₜ). The first of its 1,000 steps at which this is at least {2 * sigma:g} is "
            f"**t\\* = {step}**. The noisy image is scaled by √ᾱₜ and given to the network as step {step}; {how}. "
            "Rounding t\\* up costs nothing in soundness: the denoiser is part of the base model, and the noise that "
            "is added has exactly σ."
        )


def show_comparison(comparison: Comparison) -> None:
    """Certified pictures over each other, and the numbers of each."""
    plain, denoised = comparison.outcomes
    space = denoised.space
    pictures = [overlay.labels_png(outcome.certificate.labels, space) for outcome in comparison.outcomes]
    left, right = st.columns([5, 3], gap="large")
    with left:
        compare(
            *pictures,
            left_label="SegCertify",
            right_label="DenoiseCertify",
            key="denoise_compare",
        )
        st.caption(
            "Certified classes; white with a hatch where the smoothed model abstains. Drag the line. Certified is not "
            "right: a model that noise drives to the same answer everywhere is very stable, and wrong."
        )
    with right:
        _numbers("SegCertify", plain)
        _numbers("DenoiseCertify", denoised)
    for title, outcome in (("SegCertify", plain), ("DenoiseCertify", denoised)):
        show_guarantee(outcome.certificate, of=title)
    st.caption(
        "Each got noise of its own, and each guarantee holds with its own probability; both together fail with at most "
        "the sum of their α. They are about different smoothed models: the one with the denoiser is what would "
        "have to be deployed to use the second."
    )
    st.html(legend(denoised.certificate, class_rows(denoised.certificate, space)))
    with st.container(horizontal=True):
        for title, outcome in (("SegCertify", plain), ("DenoiseCertify", denoised)):
            st.download_button(
                f"{title}: certificate", outcome.certificate.to_bytes, f"{title.lower()}.npz",
                "application/octet-stream", icon=":material/verified_user:", on_click="ignore", key=f"save_{title}",
            )  # fmt: skip


def _numbers(title: str, outcome: Outcome) -> None:
    certificate = outcome.certificate
    st.markdown(f"#### {title}")
    st.caption(f"`{outcome.request.model}`")
    cells = st.columns(2)
    cells[0].metric("Certified", share(certificate.certified_count, certificate.labels.size))
    if outcome.request.truth is not None:
        classes = len(certificate.provenance.classes)
        scores = engine.evaluation.score(certificate.labels, outcome.request.truth, classes)
        cells[1].metric("Certified and correct", f"{100 * scores.accuracy:.1f} %", help="of the labelled pixels")
    promised = "nothing is promised" if without_promise(certificate) else f"radius {floored(certificate.radius)}"
    st.caption(f"{certificate.provenance.seconds_sampling:.1f} s, {promised}")


def _gain(made: engine.evaluation.Denoising) -> str:
    gain = made.psnr_clean - made.psnr_noisy
    word = "more" if gain >= 0 else "less"
    return (
        f"{abs(gain):.1f} dB {word} than the noisy image, {made.psnr_clean - made.psnr_clipped:+.1f} dB over it clipped"
    )


def _shown(picture: NDArray[np.float32]) -> bytes:
    return overlay.png(np.rint(picture.clip(0.0, 1.0) * 255.0).astype(np.uint8))
