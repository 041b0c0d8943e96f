"""An attack on an image or a shape as a form: the input, the models, what may be done, how far, the certificate."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import engine
from app.forms.fields import choose_named, slider
from app.forms.images import pick_image
from app.forms.scenarios import ALL, ALL_POINTS, ANY, FIRST, values_of
from app.forms.settings import choose_family, choose_fixed_run
from app.forms.shape_request import choose_shape
from app.runs.attack import COPIES, NEAR_R, AttackRequest
from app.runs.prepare import prepare
from app.runs.requests import Choice, Chosen
from app.views.verdict import say_raised
from app.words.attack import VICTIMS, attack_on, budget_line, unit_of
from app.words.numbers import plain
from engine.attacks import BASE, Attempt, Target
from engine.perturbations import Amounts, Family

_FARTHEST = 12.0  # of R
_STRONGEST = "the strongest measured"


def choose_image_attack() -> AttackRequest | None:
    """Show the form for an image; returns the attack as set, or None after saying what is missing or wrong."""
    chosen = pick_image()
    return None if chosen is None else _choose(chosen)


def _choose(chosen: Chosen) -> AttackRequest | None:
    start = values_of(engine.papers.scenarios[FIRST])
    names = [info.name for info in engine.models.available()]
    cells = st.columns(4)
    undefended, certified = (
        str(
            cell.selectbox(label, names, names.index(start[key]), key=key, bind="query-params", persist_state="session")
        )
        for cell, label, key in zip(
            cells, ("Undefended model", "Certified model"), ("undefended", "certified"), strict=False
        )
    )  # fmt: skip
    victim = choose_named(cells[2], "Whom to attack", VICTIMS["image"], BASE, key="victim")
    classes = engine.models.model_info(undefended).labels.classes
    only = cells[3].selectbox(
        "What to attack",
        [ALL, *classes],
        key="only",
        persist_state="session",
        help="pixels to which the undefended model gives this class: erase the pedestrian",
    )
    how = _choose_attempt(victim, start)
    target = _choose_target(classes, None if only == ALL else classes.index(str(only)))
    try:
        settings, around = _choose_certificate(start)
        choice = Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)
        certify = prepare(chosen, engine.models.full_name(certified, around), choice)
        engine.attacks.region_mask(certify.subject.shape, target.region)
    except engine.EngineError as error:
        st.error(f"{plain(chosen.name)}: {error}.")
        return None
    if engine.models.model_info(certified).labels.classes != classes:
        st.error(f"{undefended} and {certified} name other classes: choose two models that name the same.")
        return None
    say_raised(certify)
    st.caption(budget_line(certify.settings, how.share, "image"))
    return AttackRequest(certify=certify, undefended=undefended, how=how, target=target)


def _choose_attempt(victim: str, start: Mapping[str, Any]) -> Attempt:
    """Attack, loss, budget in units of R, and steps."""
    cells = st.columns(4)
    known, losses = engine.attacks.attacks, engine.attacks.losses
    kinds = ["", *sorted(known)]
    kind = cells[0].selectbox(
        "Attack", kinds, kinds.index(start["attack"]), key="attack", persist_state="session",
        format_func=lambda name: known[name].title if name else _STRONGEST,
        help="Auto-PGD looks for its own step size; in shrinking budgets it begins farther out. The Square Attack asks "
        "for answers alone, for models without gradients; it needs many more steps.",
    )  # fmt: skip
    titles = {
        engine.attacks.AUTO: _STRONGEST,
        **{name: entry.title for name, entry in losses.items()},
        engine.attacks.ALL_LOSSES: "the worst of all",
    }
    loss = cells[1].selectbox(
        "Loss", list(titles), list(titles).index(start["loss"]), key="loss", persist_state="session",
        format_func=lambda name: titles.get(name, name),
        help="What the attack raises. Left open, attack and loss are those that flipped most at this budget when all "
        "were measured. Cross-entropy is the paper's.",
    )  # fmt: skip
    with cells[2]:
        share = slider("Budget, in units of R", 0.0, _FARTHEST, start["budget_share"], 0.01, key="budget_share")
    steps = cells[3].slider("Steps", 10, 200, start["steps"], 10, key="steps")
    return Attempt(share=share, victim=victim, name=str(kind), loss=str(loss), steps=int(steps), draws=COPIES)


def _choose_target(classes: tuple[str, ...], only: int | None) -> Target:
    """The part of the image that is attacked, and the class that it shall get."""
    with st.expander("Where, and towards what", icon=":material/center_focus_strong:"):
        cells = st.columns(3)
        across = cells[0].slider("From left to right, in %", 0, 100, (0, 100), 5, key="attack_across")
        down = cells[1].slider("From top to bottom, in %", 0, 100, (0, 100), 5, key="attack_down")
        towards = cells[2].selectbox("What it shall become", [ANY, *classes], key="towards", persist_state="session")
    region = float(across[0]), float(down[0]), float(across[1]), float(down[1])
    return Target(only=only, region=region, towards=None if towards == ANY else classes.index(str(towards)))


def _choose_certificate(start: Mapping[str, Any]) -> tuple[engine.Settings, str]:
    """The certificate's settings, and the denoiser before the certified model, "" for none. Raises InvalidSetting."""
    titles = {part.name: part.title for part in engine.models.wrapper_choices() if part.denoises}
    with st.expander("The certificate", icon=":material/verified_user:"):
        cells = st.columns(5)
        sigma = cells[0].number_input("σ · noise", 0.01, 2.0, start["attack_sigma"], 0.05, key="attack_sigma")
        tau = cells[1].number_input("τ · threshold", 0.51, 0.99, start["attack_tau"], 0.05, key="attack_tau")
        n = cells[2].number_input("n · test draws", 10, 1000, start["attack_n"], 50, key="attack_n")
        size = cells[3].number_input("Working size", 64, 640, start["attack_size"], 64, key="attack_size")
        around = cells[4].selectbox(
            "Denoiser before it", ["", *titles], format_func=lambda name: titles.get(name, "none"),
            key="attack_denoiser",
            help="Attacks on the certified model under noise then go through the denoiser, which takes far longer.",
        )  # fmt: skip
    return engine.Settings(sigma=float(sigma), tau=float(tau), n=int(n), size=int(size)), str(around)


def choose_shape_attack() -> AttackRequest | None:
    """Show the form for a shape; returns the attack as set, or None while something is missing, which is said."""
    tried: list[Attempt] = []

    def choose_kind() -> Family:
        family = choose_family("What may be done", key="shape_attack")
        done = attack_on(family, NEAR_R)
        st.caption(f"The attack: {done}. The certificate's noise: {family.assumes}.")
        tried.append(_choose_search(family))
        return family

    def choose_settings(family: Family, model: str) -> Choice | None:
        with st.expander("The certificate", icon=":material/verified_user:"):
            return choose_fixed_run(family, model)

    certify = choose_shape(choose_kind, choose_settings)
    if certify is None:
        return None
    (how,) = tried
    say_raised(certify)
    st.caption(budget_line(certify.settings, how.share, "cloud"))
    undefended, target = _choose_part(certify.model)
    return AttackRequest(certify=certify, undefended=undefended, how=how, target=target)


def _choose_search(family: Family) -> Attempt:
    """Whom to attack, how far, and how hard."""
    cells = st.columns(3)
    victim = choose_named(cells[0], "Whom to attack", VICTIMS["cloud"], BASE, key="shape_victim")
    with cells[1]:
        share = slider(f"Budget, in units of {unit_of(family)}", 0.0, 6.0, 0.95, 0.05, key="shape_budget_share")
    if family.turns or isinstance(family.measure, Amounts):
        what = "Rotations" if family.turns else "Changes"
        steps = cells[2].slider(f"{what} to try", 20, 1000, 200, 20, key="rotations")
    else:
        steps = cells[2].slider("Steps", 10, 200, 50, 10, key="shape_steps")
    return Attempt(share=share, victim=victim, loss=NEAR_R, steps=int(steps), draws=COPIES)


def _choose_part(certified: str) -> tuple[str, Target | None]:
    """The model without defence, of the same kind of shape, and the part whose points are attacked."""
    _, category = certified.split("+")[0].split("@")
    names = [name for name, _, known in engine.models.part_models() if category in known]
    left, right = st.columns(2)
    undefended = str(
        left.selectbox(
            "Undefended model", names, names.index(certified.split("@")[0]), key="shape_undefended",
            persist_state="session",
        )
    )  # fmt: skip
    parts = engine.models.model_info(certified).labels.classes
    only = right.selectbox("What to attack", [ALL_POINTS, *parts], key="shape_only", persist_state="session")
    target = None if only == ALL_POINTS else Target(only=parts.index(str(only)))
    return engine.models.of_category(undefended, category), target
