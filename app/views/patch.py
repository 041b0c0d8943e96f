"""What is promised against patches, what a sticker did to two models, and what to take away."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.viewer import show_viewer
from app.pictures.patch import patch_view
from app.runs import patch, shared
from app.runs.patch import PatchRequest
from app.runs.queue import Job
from app.runs.requests import Labels
from app.views.page_run import ended
from app.views.progress import show_progress
from app.views.result import show_downloads
from app.words import patch as words
from app.words.numbers import plain
from engine.patches import Answers, PatchCertificate


def result_of(job: Job, asked: Hashable, done: str, what: str, *, key: str) -> Any:
    """What a job of `shared` made; None while it is under way, which is shown, or where it made nothing, which is said.

    asked: what it was asked by. done: what is counted. what: is made. key: of its buttons.
    """
    if not job.state.final:
        show_progress(job, done, key=f"cancel_{key}")
    elif job.result is None:
        ended(job, what)
        st.button(
            "Begin again", icon=":material/refresh:", key=f"again_{key}", on_click=shared.forget, args=(asked,)
        )  # fmt: skip
    return job.result if job.state.final else None


def show_promise(certificate: PatchCertificate) -> None:
    """The sentence, and what it cost."""
    text = f"**{words.promise(certificate)}**"
    if certificate.certified_count:
        st.success(text, icon=":material/verified_user:")
    else:
        st.info(text, icon=":material/info:")
    st.caption(words.cost(certificate))


def show_fall(
    request: PatchRequest, stuck: engine.inputs.Image, outside: NDArray[np.bool_], *, direct: bool
) -> tuple[Labels, Labels]:
    """What a sticker did to the undefended model, whose answers without and with it are returned.

    outside: bool (H, W), where the sticker does not lie. direct: whether it was made for that model.
    """
    before, after = (patch.answer(request.undefended, one) for one in (request.image, stuck))
    told = words.fell(before, after, outside, request.undefended)
    text = f"**{plain(told, most=len(told))}**"
    if direct:
        st.error(text, icon=":material/gpp_bad:")
    else:
        st.info(text, icon=":material/info:")
    return before, after


def show_stand(
    request: PatchRequest, certificate: PatchCertificate, stuck: engine.inputs.Image, size: int
) -> Answers | None:
    """What became of the certificate under a sticker of so many pixels a side; returns what the certified model
    answers, None while it is asked."""
    key = patch.response_key(request, stuck)
    job = patch.response_job(request, certificate, stuck)
    response: Answers | None = result_of(job, key, "Window", "Watching", key="watching")
    if response is None:
        return None
    text = f"**{words.stood(certificate, response, size)}**"
    if not certificate.certified_count or size > certificate.settings.patch:
        st.info(text, icon=":material/info:")
    elif words.unnoticed(certificate, response):
        st.error(f"{text} The promise is broken: please report it.", icon=":material/error:")
    else:
        st.success(text, icon=":material/verified_user:")
    return response


def show_answers(
    request: PatchRequest,
    certificate: PatchCertificate,
    stuck: engine.inputs.Image,
    undefended: tuple[Labels, Labels],
    response: Answers | None,
) -> None:
    """Both models' answers side by side, and what was certified."""
    theirs, own = (engine.models.model_info(name).labels for name in (request.undefended, request.model))
    caption = f"{request.name}. {words.promise(certificate)}"
    view = patch_view(
        request.image, stuck, (*undefended, theirs), certificate, response, own, caption=caption
    )  # fmt: skip
    show_viewer(view, key="patch_viewer")


def show_downloads_of(request: PatchRequest, certificate: PatchCertificate, stuck: engine.inputs.Image | None) -> None:
    """The certificate, and the picture with the sticker."""
    files = {"Certificate": ("patches.npz", ":material/download:", certificate.to_bytes, "application/octet-stream")}
    if stuck is not None:
        eight = stuck.as_uint8()
        files["Picture with the sticker"] = (
            "sticker.png", ":material/image:", lambda: engine.export.png(eight), "image/png"
        )  # fmt: skip
    show_downloads(files)
    st.caption(
        "Check it, computing all of it again: `python -m engine verify patches.npz --image IMAGE`, with the picture "
        f"{plain(request.name)} as it was before. The picture with the sticker has the working size, and 8 bits."
    )
