"""Attack a model within a budget, and see what its certificate was worth."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import engine
from app import attacking, cloud_attack_controls, cloud_attacking, inputs, runner, state
from app.cloud_attacking import CloudAttackOutcome
from app.jobs.manager import Job, State
from app.page_run import PageRun
from app.requests import ALL_LOSSES, AttackOutcome, AttackRequest, Choice, Curve, Region
from app.views import cloud_attack, wording
from app.views.account import show_ledger
from app.views.attack import describe, show_curve, show_outcome, show_progress
from app.views.places import place_of

_UNDEFENDED, _CERTIFIED = "street-clean", "street-noise25"
_ALL, _ANY = "all pixels", "any other class"
_IMAGE, _SHAPE = "Images", "Shapes"
_RESULTS = AttackOutcome | CloudAttackOutcome | Curve
_RUN = PageRun(key="attack_job", kinds=(AttackOutcome, CloudAttackOutcome, Curve))

Submit = Callable[[], Job]


def _choose(chosen: inputs.Chosen) -> AttackRequest | None:
    """The attack as set; None after saying what is wrong."""
    names = [info.name for info in engine.models.available()]
    cells = st.columns(4)
    undefended = str(cells[0].selectbox("Undefended model", names, names.index(_UNDEFENDED), key="undefended",
                                        bind="query-params", persist_state="session"))  # fmt: skip
    certified = str(cells[1].selectbox("Certified model", names, names.index(_CERTIFIED), key="certified",
                                       bind="query-params", persist_state="session"))  # fmt: skip
    victims = {"base": "the undefended model", "smoothed": "the certified model under noise"}
    victim = state.choose_named(cells[2], "Whom to attack", victims, "base", key="victim")
    classes = engine.models.model_info(undefended).labels.classes
    only = cells[3].selectbox(
        "What to attack",
        [_ALL, *classes],
        key="only",
        persist_state="session",
        help="pixels to which the undefended model gives this class: erase the pedestrian",
    )
    attack, loss, share, steps = _choose_attack()
    region, towards = _choose_where(classes)
    try:
        settings, around = _choose_certificate()
        choice = Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)
        certify = runner.prepare(chosen, engine.models.full_name(certified, around), choice)
        engine.attacks.region_mask(certify.image.shape, region)
    except engine.EngineError as error:
        st.error(f"{wording.plain(chosen.name)}: {error}.")
        return None
    if engine.models.model_info(certified).labels.classes != classes:
        st.error(f"{undefended} and {certified} name other classes: choose two models that name the same.")
        return None
    return AttackRequest(
        certify=certify,
        undefended=undefended,
        attack=attack,
        loss=loss,
        victim=victim,
        budget_share=share,
        steps=steps,
        only=None if only == _ALL else classes.index(str(only)),
        region=region,
        towards=towards,
    )


def _choose_attack() -> tuple[str, str, float, int]:
    """Attack, loss, budget in units of R, and steps."""
    cells = st.columns(4)
    known, losses = engine.attacks.attacks, engine.attacks.losses
    kind = cells[0].selectbox("Attack", sorted(known, reverse=True), format_func=lambda name: known[name].title,
                              key="attack", persist_state="session")  # fmt: skip
    loss = cells[1].selectbox(
        "Loss",
        [*losses, ALL_LOSSES],
        list(losses).index("flips"),
        format_func=lambda name: losses[name].title if name in losses else "the worst of all",
        key="loss",
        persist_state="session",
        help="What the attack raises. At R the smooth count of flips was the strongest on average in this project's "
        "audit (Results, Attacks); far beyond R it depends on the image. Cross-entropy is the paper's.",
    )
    share = cells[2].slider("Budget, in units of R", 0.0, 3.0, 0.95, 0.05, key="budget_share", bind="query-params")
    steps = cells[3].slider("Steps", 10, 200, 50, 10, key="steps")
    return str(kind), str(loss), float(share), int(steps)


def _choose_where(classes: tuple[str, ...]) -> tuple[Region, int | None]:
    """The part of the image that is attacked, and the class that it shall get."""
    with st.expander("Where, and towards what", icon=":material/center_focus_strong:"):
        cells = st.columns(3)
        across = cells[0].slider("From left to right, in %", 0, 100, (0, 100), 5, key="attack_across")
        down = cells[1].slider("From top to bottom, in %", 0, 100, (0, 100), 5, key="attack_down")
        towards = cells[2].selectbox("What it shall become", [_ANY, *classes], key="towards", persist_state="session")
    region = float(across[0]), float(down[0]), float(across[1]), float(down[1])
    return region, None if towards == _ANY else classes.index(str(towards))


def _choose_certificate() -> tuple[engine.Settings, str]:
    """The certificate's settings, and the denoiser before the certified model, "" for none. Raises InvalidSetting."""
    titles = {part.name: part.title for part in engine.models.wrapper_choices() if part.denoises}
    with st.expander("The certificate", icon=":material/verified_user:"):
        cells = st.columns(5)
        sigma = cells[0].number_input("σ · noise", 0.01, 2.0, 0.25, 0.05, key="attack_sigma")
        tau = cells[1].number_input("τ · threshold", 0.51, 0.99, 0.75, 0.05, key="attack_tau")
        n = cells[2].number_input("n · test draws", 10, 1000, 100, 50, key="attack_n")
        size = cells[3].number_input("Working size", 64, 640, 320, 64, key="attack_size")
        around = cells[4].selectbox(
            "Denoiser before it", ["", *titles], format_func=lambda name: titles.get(name, "none"),
            key="attack_denoiser",
            help="Attacks on the certified model under noise then go through the denoiser, which takes far longer.",
        )  # fmt: skip
    return engine.Settings(sigma=float(sigma), tau=float(tau), n=int(n), size=int(size)), str(around)


def _ask_image(*, busy: bool) -> Submit | None:
    """The form for an image; returns what was pressed."""
    chosen = inputs.pick_image()
    request = None if chosen is None else _choose(chosen)
    if request is None:
        return None
    outside = " This is **outside the certificate**: nothing is promised there." if request.budget_share > 1.0 else ""
    st.caption(
        f"Budget {describe(request)} in l2, over all pixels and channels together; intensities in [0, 1].{outside}"
    )
    left, right = st.columns([3, 1])
    if left.button("Attack", type="primary", icon=":material/bolt:", disabled=busy, width="stretch"):
        return lambda: attacking.submit_attack(request)
    if right.button("Robustness curve", icon=":material/show_chart:", disabled=busy, width="stretch",
                    help="attacks with budgets from 0 to 3 R, each model for itself: some minutes"):  # fmt: skip
        return lambda: attacking.submit_curve(request)
    return None


def _ask_shape(*, busy: bool) -> Submit | None:
    """The form for a shape; returns what was pressed."""
    request = cloud_attack_controls.choose()
    if request is None or not st.button(
        "Attack", type="primary", icon=":material/bolt:", disabled=busy, width="stretch", key="attack_shape"
    ):
        return None
    return lambda: cloud_attacking.submit(request)


def _start(submit: Submit) -> None:
    try:
        job = submit()
    except engine.EngineError as error:
        st.error(f"{error}.")
        return
    _RUN.show(job)


def _choose_kind() -> str:
    """Image or shape; without a model of shapes there is nothing to choose."""
    if not engine.models.part_models():
        return _IMAGE
    chosen = st.segmented_control(
        "What to attack", [_IMAGE, _SHAPE], default=_IMAGE, required=True, key="attack_on", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    return _SHAPE if chosen == _SHAPE else _IMAGE  # an empty word in the URL chooses none


def _certificates(result: AttackOutcome | CloudAttackOutcome | Curve) -> list[engine.Certificate]:
    """All that an ended job certified."""
    if isinstance(result, AttackOutcome | CloudAttackOutcome):
        return [result.clean, result.attacked]
    return [result.clean, *(point.attacked for point in result.points)]


def _show(job: Job) -> None:
    """A job that has ended; its certificates enter the ledger."""
    result = job.result
    if isinstance(result, _RESULTS):
        for number, certificate in enumerate(_certificates(result)):
            name = result.request.certify.name
            state.add_to_ledger(certificate, f"{name}, attacked" if number else name)
    if isinstance(result, AttackOutcome):
        st.subheader(wording.plain(result.request.certify.name), anchor=False)
        show_outcome(result)
    elif isinstance(result, CloudAttackOutcome):
        st.subheader(f"{wording.plain(result.request.certify.name)}, as {result.space.name}", anchor=False)
        cloud_attack.show_outcome(result)
    elif isinstance(result, Curve):
        st.subheader(f"{wording.plain(result.request.certify.name)}: robustness over the budget", anchor=False)
        show_curve(result)
    elif job.state is State.CANCELLED and not job.error:
        st.info("The attack was cancelled.")
    elif job.error:
        st.error(f"The attack was stopped: {job.error}.")


st.title("Attack it")
st.markdown(
    "What is a certificate worth? Look for the **worst change** of an input within a budget, and see two models under "
    "it: one without defence, and one whose answers were certified before. Up to the certified radius no certified "
    "pixel or point may get another class, whatever the attack; beyond it nothing was promised."
)
kind = _choose_kind()
job = _RUN.find()
busy = job is not None and not job.state.final
with place_of(kind, (_IMAGE, _SHAPE)):
    submit = _ask_shape(busy=busy) if kind == _SHAPE else _ask_image(busy=busy)
if submit is not None:
    _start(submit)
if job is not None and busy:
    show_progress(job, "Draws and steps")
elif job is not None:
    _show(job)
show_ledger(state.ledger())
