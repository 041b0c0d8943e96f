"""Attack a model within a budget, and see what its certificate was worth."""

import streamlit as st

import engine
from app.forms.attack import choose_image_attack, choose_shape_attack
from app.forms.scenarios import choose_scenario
from app.runs import attack
from app.runs.attack import AttackOutcome, AttackRequest, Curve
from app.session import state
from app.views.account import show_ledger
from app.views.attack import show_curve, show_outcome, show_steps
from app.views.page_run import PageRun, Watched, ended
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


def _show(outcome: AttackOutcome, told: str = "") -> None:
    """A finished attack, under what is told of it or its name; its certificates enter the ledger."""
    name = outcome.request.certify.name
    as_what = f", as {outcome.space.name}" if outcome.duel.clean.kind == "cloud" else ""
    st.markdown(told or f"**{plain(name)}{as_what}**")
    show_outcome(outcome)
    for certificate, entry in ((outcome.duel.clean, name), (outcome.duel.attacked, f"{name}, attacked")):
        state.add_to_ledger(certificate, entry)


def _show_curve(curve: Curve) -> None:
    name = curve.request.certify.name
    st.subheader(f"{plain(name)}: robustness over the budget", anchor=False)
    show_curve(curve)
    state.add_to_ledger(curve.clean, name)
    for point in curve.points:
        if point.attacked is not None:
            state.add_to_ledger(point.attacked, f"{name}, attacked")


def _result(watched: Watched) -> AttackOutcome | None:
    """Show the run of one's own, or the scenario that is chosen; returns the attack that another may go on from."""
    job = watched.job
    scenario = choose_scenario(own=job is not None)
    if job is None:
        try:
            outcome = attack.staged(scenario)
        except engine.EngineError as error:
            st.error(f"{error}.")
            return None
        _show(outcome, engine.papers.scenarios[scenario].told)
        return outcome
    if watched.busy:
        show_progress(job, "Draws and steps", key="cancel_attack", more=show_steps)
    elif isinstance(job.result, AttackOutcome):
        _show(job.result)
        return job.result
    elif isinstance(job.result, Curve):
        _show_curve(job.result)
    else:
        ended(job, "The attack")
    return None


st.title("Attack it")
watched = _RUN.find()
last = _result(watched)
attack.read_ahead()
st.subheader("Attack it yourself", anchor=False)
st.markdown(
    "One picture is changed by an attacker, within a budget, and two models answer: one **without defence**, and one "
    "whose answers were **certified before**. Up to the certified radius no certified pixel or point may get another "
    "class, whatever the attack; beyond it nothing was promised."
)
kind = _choose_kind()
with place_of(kind, (_IMAGE, _SHAPE)):
    request = choose_shape_attack() if kind == _SHAPE else choose_image_attack()
    if request is not None:
        _buttons(attack.goes_on_from(request, last), image=kind == _IMAGE, busy=watched.busy)
show_ledger()
