"""An everyday change as a form: the picture, what happens to it, how strong the noise is, and both models."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import engine
from app.forms.fields import choose_named, number, slider
from app.forms.images import pick_image
from app.runs.changes import changing_families, start_of
from app.runs.prepare import prepare
from app.runs.requests import Choice, Request
from app.views.verdict import say_raised
from app.words.changes import title_of
from app.words.numbers import plain
from engine.perturbations import Family

_MORE = "more makes a wider band, with fewer pixels certified"
_UNDEFENDED, _FIRST, _N = "street-plain", "brightness", 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChangeRequest:
    """certify: the certificate that the page may be asked for. undefended: the model whose answers follow the change.
    reach: how far the sliders go, in units of the range that people meet."""

    certify: Request
    undefended: str
    reach: float


def choose_change(controls: DeltaGenerator) -> ChangeRequest | None:
    """Show the form, what decides first in `controls`; returns what is asked for, or None while something is missing or
    wrong, which is said."""
    families = changing_families()
    titles = {name: title_of(one) for name, one in families.items()}
    first = _FIRST if _FIRST in titles else next(iter(titles))
    cells = controls.columns([3, 2, 2, 2], vertical_alignment="bottom")
    family = families[choose_named(cells[0], "What happens to the picture", titles, first, key="change")]
    strength, sigma = _choose_strengths(family, cells[1:3])
    with cells[3]:
        tau = slider("τ · threshold", 0.51, 0.99, 0.75, 0.01, key="change_tau")
    st.subheader("Another picture, other models", anchor=False)
    chosen = pick_image()
    undefended, certified, n, reach = _choose_rest(family)
    if chosen is None:
        return None
    try:
        settings = engine.Settings(family=family.name, sigma=sigma, strength=strength, tau=tau, n=n)
        _ = settings.region
        choice = Choice(values=settings, stop=engine.certification.StopRule(), fresh_seed=True)
        certify = prepare(chosen, certified, choice)
        family.check_values(certify.subject.values)
    except engine.EngineError as error:
        controls.error(f"{plain(chosen.name)}: {error}.")
        return None
    if engine.models.model_info(certified).labels.classes != engine.models.model_info(undefended).labels.classes:
        controls.error(f"{undefended} and {certified} name other classes: choose two models that name the same.")
        return None
    with controls:
        say_raised(certify)
    return ChangeRequest(certify=certify, undefended=undefended, reach=reach)


def _choose_strengths(family: Family, cells: list[DeltaGenerator]) -> tuple[float | None, float]:
    """The strength of a second noise, None where there is none, and sigma; no field for what means nothing."""
    strength, sigma, bound = None, start_of(family).sigma, engine.core.BOUNDS["sigma"]
    if (second := family.second) is not None:
        with cells.pop(0):
            chosen = number(
                second.title, second.default, key=f"strength_{family.name}", low=second.low, high=second.high,
                step=0.05, help=f"{second.unit}, from {second.low:g} to {second.high:g}; {_MORE}",
            )  # fmt: skip
            strength = second.default if chosen is None else float(chosen)
    if family.scaled:
        with cells.pop(0):
            chosen = number(
                "σ · noise", sigma, key=f"sigma_{family.name}", low=bound.low, high=bound.high, step=0.05,
                help=f"{family.assumes}; {_MORE}",
            )  # fmt: skip
            sigma = sigma if chosen is None else float(chosen)
    return strength, sigma


def _choose_rest(family: Family) -> tuple[str, str, int, float]:
    """Undefended and certified model, draws, and how far the sliders go: folded."""
    names = [info.name for info in engine.models.available()]
    with st.expander("More: models, draws, range", icon=":material/tune:"):
        cells = st.columns(4)
        undefended, certified = (
            str(cell.selectbox(label, names, names.index(start), key=key, bind="query-params"))
            for cell, label, start, key in (
                (cells[0], "Undefended model", _UNDEFENDED, "changes_undefended"),
                (cells[1], "Certified model", start_of(family).certified, f"certified_{family.name}"),
            )
        )  # fmt: skip
        with cells[2]:
            n = int(number("n · test draws", _N, key="change_n", low=10, high=1000, step=50) or _N)
        with cells[3]:
            reach = slider(
                "Sliders reach, in usual ranges", 0.5, 4.0, start_of(family).reach, 0.25, key=f"reach_{family.name}"
            )
    return undefended, certified, n, reach
