"""Stick something on a picture: what no patch can change unnoticed, and what one does to a model without defence."""

import streamlit as st

import engine
from app.forms.patch import choose_patches
from app.forms.sticker import choose_content, place_of_sticker, show_board
from app.runs import patch
from app.runs.patch import PatchRequest
from app.session import address
from app.views.patch import result_of, show_answers, show_downloads_of, show_fall, show_promise, show_stand
from app.words.patch import meaning
from engine.patches import PatchCertificate


@st.fragment
def _stick(request: PatchRequest) -> None:
    """All that depends on the sticker; it alone runs again when that has moved."""
    try:
        certificate = _certificate(request)
        stuck = _show(request, certificate)
    except engine.EngineError as error:
        st.error(f"{error}.")
        return
    if certificate is not None:
        with st.expander("What an alarm is, and what is promised", icon=":material/notifications_active:"):
            st.markdown(meaning(certificate))
        show_downloads_of(request, certificate, stuck)


def _certificate(request: PatchRequest) -> PatchCertificate | None:
    job = patch.certificate_job(request)
    certificate: PatchCertificate | None = result_of(job, request.key, "Window", "The certificate", key="patch")
    if certificate is not None:
        show_promise(certificate)
    return certificate


def _show(request: PatchRequest, certificate: PatchCertificate | None) -> engine.inputs.Image | None:
    """The sticker and what it does; returns the picture with it, None while what is on it is being made."""
    place = place_of_sticker(request)
    left, right = st.columns([3, 2], gap="large")
    with right:
        sticker = choose_content(request, place)
    with left:
        show_board(request, sticker, place)
    if sticker is None:
        return None
    stuck = sticker.on(request.image)
    with right:
        answers = show_fall(request, stuck, sticker.outside(request.image.shape), direct=sticker.direct)
        response = None if certificate is None else show_stand(request, certificate, stuck, place.size)
    if certificate is not None:
        show_answers(request, certificate, stuck, answers, response)
    return stuck


st.title("Stick a patch on it")
st.markdown(
    "Somebody sticks a picture onto the scene: on a wall, a car, a sign. One model has **no defence**. The other is "
    "asked again and again with a window of the picture **hidden**, and sounds an **alarm** where that changes its "
    "answer. No noise, and no chance."
)
address.keep_own("patch")
asked = choose_patches()
if asked is not None:
    _stick(asked)
