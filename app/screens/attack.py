"""Attack a model within a budget, and see what its certificate was worth."""

import streamlit as st

import engine
from app.forms.attack import choose_image_attack, choose_shape_attack
from app.runs import attack
from app.runs.attack import AttackOutcome, AttackRequest, Curve
from app.runs.queue import Job
from app.session import state
from app.views.account import show_ledger
from app.views.attack import show_curve, show_outcome, show_steps
from app.views.page_run import PageRun, ended
from app.views.places import place_of
from app.views.progress import show_progress
from app.words.numbers import plain

_IMAGE, _SHAPE = "Images", "Shapes"
_RUN = PageRun(page="attack")


def _buttons(request: AttackRequest, *, image: bool, busy: bool) -> None:
    """Start what is pressed: an attack, or of an image the curve over all budgets."""
    left, right = st.columns([3, 1]) if image else (st.container(), None)
    key = None if image else "attack_shape"
    if left.button("Attack", type="primary", icon=":material/bolt:", disabled=busy, width="stretch", key=key):
        _RUN.start(lambda: attack.submit(request))
    if right is not None and right.button(
        "Robustness curve", icon=":material/show_chart:", disabled=busy, width="stretch",
        help="attacks with budgets from 0 to 3 R, each model for itself: some minutes",
    ):  # fmt: skip
        _RUN.start(lambda: attack.submit_curve(request))


def _choose_kind() -> str:
    """Image or shape; without a model of shapes there is nothing to choose."""
    if not engine.models.part_models():
        return _IMAGE
    chosen = st.segmented_control(
        "What to attack", [_IMAGE, _SHAPE], default=_IMAGE, required=True, key="attack_on", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return _SHAPE if chosen == _SHAPE else _IMAGE  # an empty word in the URL chooses none


def _show(job: Job) -> None:
    """A job that has ended; its certificates enter the ledger."""
    result = job.result
    if isinstance(result, AttackOutcome):
        name, certificates = result.request.certify.name, [result.duel.clean, result.duel.attacked]
        as_what = f", as {result.space.name}" if result.duel.clean.kind == "cloud" else ""
        st.subheader(f"{plain(name)}{as_what}", anchor=False)
        show_outcome(result)
    elif isinstance(result, Curve):
        name = result.request.certify.name
        certificates = [result.clean, *(point.attacked for point in result.points if point.attacked is not None)]
        st.subheader(f"{plain(name)}: robustness over the budget", anchor=False)
        show_curve(result)
    else:
        ended(job, "The attack")
        return
    for number, certificate in enumerate(certificates):
        state.add_to_ledger(certificate, f"{name}, attacked" if number else name)


st.title("Attack it")
st.markdown(
    "What is a certificate worth? Look for the **worst change** of an input within a budget, and see two models under "
    "it: one without defence, and one whose answers were certified before. Up to the certified radius no certified "
    "pixel or point may get another class, whatever the attack; beyond it nothing was promised."
)
watched = _RUN.find()
kind = _choose_kind()
with place_of(kind, (_IMAGE, _SHAPE)):
    request = choose_shape_attack() if kind == _SHAPE else choose_image_attack()
    if request is not None:
        _buttons(request, image=kind == _IMAGE, busy=watched.busy)
if watched.job is not None and watched.busy:
    show_progress(watched.job, "Draws and steps", key="cancel_attack", more=show_steps)
elif watched.job is not None:
    _show(watched.job)
show_ledger()
