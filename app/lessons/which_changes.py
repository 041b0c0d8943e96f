"""Lesson: one l2 size, spent in six ways: what the number does not see."""

import math
from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

import engine
from app.lessons.base import Lesson, question, try_this
from app.pictures import overlay
from app.pictures.same_size import Span, ruler
from app.runs.requests import Labels
from app.runs.same_size import Answered, attack_size, size_of, spent, unchanged
from app.views.charts import chart
from app.views.render import render
from app.words.numbers import share
from engine.core import floored

_MODELS = ("street-plain", "street-clean", "street-noise25")
_SIZES = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 48.0, 60.0)
_SIGMA, _TAU = 0.25, 0.75
_WAYS: dict[str, tuple[str, Callable[[float], str]]] = {
    "noise": ("Noise", lambda s: f"Gaussian, σ = {s:.3f}"),
    "brightness": ("Brightness", lambda b: f"every value up by {100 * b:.1f} %"),
    "gamma": ("Gamma", lambda g: f"every value to the power {1 + g:.2f}: a darker exposure"),
    "sticker": ("Sticker", lambda side: f"a board of {math.ceil(side)} × {math.ceil(side)} pixels"),
    "shift": ("Camera moved", lambda s: f"the picture lies {s:.2f} pixels further right"),
    "direction": ("Attack", lambda k: f"that of the Attack page, times {k:.3g}"),
}


def show() -> None:
    """Render the lesson."""
    radius = engine.perturbations["l2"].radius(sigma=_SIGMA, tau=_TAU)
    st.markdown(
        "An l2 certificate counts one number: the root of the sum of all squared changes. Here that number is **the "
        "same** in six pictures. The eye does not agree that they are equal, and neither does the model."
    )
    left, right = st.columns([3, 2])
    size = float(
        left.select_slider("l2 size of every change", _SIZES, 30.0, format_func="{:g}".format, key="which_size")
    )
    model = str(right.selectbox("Model", _MODELS, key="which_model"))
    before, after = unchanged(model), spent(model, size)
    _clean(model, before, after, size, radius)
    for names in (list(_WAYS)[:3], list(_WAYS)[3:]):
        for cell, name in zip(st.columns(3), names, strict=True):
            with cell:
                _card(name, after.get(name), model, size)
    st.markdown(
        f"**The same ruler for all of them.** Blue: what a certificate covers at σ = {_SIGMA:g} and τ = {_TAU:g}. Red: "
        "the size of the pictures above. Each line goes from a little to much of a change of this picture."
    )
    chart(
        ruler(_everyday(), radius=radius, size=size), key="which_ruler", x="l2 size (logarithmic)", y="", height=430,
        top=25,
    )  # fmt: skip
    try_this(
        "Start at size 1. One of the six is already a disaster. Can you see it in the picture?",
        "Go to 48: that is √230,400 · 0.1, **10 % more light** on all 230,400 values. Which answers moved, and which "
        "did not?",
        "Take `street-noise25`, which has met noise in training. Noise is forgiven now. What about the sticker?",
        "How many points of the ruler lie in the blue? And with σ = 1, where it is four times as wide?",
    )
    question(
        "Somebody doubles the certified l2 radius. Has the model become safer against sun, dust and stickers?",
        f"Hardly. Twice R = {floored(radius)} is still less than every point of the ruler that comes from the world "
        "outside. To be near in l2 is **not necessary** for looking alike: ten per cent more light is far away, and "
        "nobody minds. It is **not sufficient** either: at the very same size a sticker may hide a traffic light. An "
        "l2 certificate answers the question it was made for, an adversary who may change every value by a little. "
        "For light, exposure or blur one certifies the *parameter* of the change instead, so many per cent brighter; "
        "for stickers, all places where one can be put.",
    )
    st.caption(
        "Sizes are those of the exact pictures after clipping to [0, 1], which the model is given too; the screen "
        "rounds them to 8 bits, which is an l2 of about 0.54 itself. Noise is drawn once. When the camera moves, right "
        "answers move along, and those at the borders of objects count as changed. The attack was found for "
        f"street-plain at size {attack_size():.3f}; enlarged, it need not be the worst of its size. Shares are "
        "measured on this picture, and prove nothing."
    )


def _clean(model: str, before: Answered, after: Mapping[str, Answered], size: float, radius: float) -> None:
    picture, answer, words = st.columns(3)
    picture.image(before.picture, width="stretch", output_format="PNG", alt="The street, unchanged")
    picture.markdown("**The street**, unchanged.")
    answer.image(_coloured(model, before.answer), width="stretch", output_format="PNG", alt="The answer on it")
    answer.markdown(f"**What {model} answers.**")
    shares = sorted((one.changed, name) for name, one in after.items())
    total = before.answer.size
    with words:
        st.metric("Changed answers, least to most", f"{share(shares[0][0], total)} – {share(shares[-1][0], total)}")
        st.markdown(
            f"At size {size:g}: **{_WAYS[shares[0][1]][0].lower()}** does least, **{_WAYS[shares[-1][1]][0].lower()}** "
            f"most. A certificate with R = {floored(radius)} covers none of the six: they are {size / radius:,.0f} "
            "times as large."
        )
        st.html(render("classes", classes=_present(model, before, *after.values())))


def _card(name: str, made: Answered | None, model: str, size: float) -> None:
    title, told = _WAYS[name]
    if made is None:
        st.info(f"**{title}**: this picture cannot be changed by {size:g} in this way.")
        return
    st.image(made.picture, width="stretch", output_format="PNG", alt=f"The street after: {title.lower()}")
    st.image(_coloured(model, made.answer), width="stretch", output_format="PNG", alt=f"The answer: {title.lower()}")
    st.markdown(
        f"**{title}**: {told(made.strength)}.  \n**{share(made.changed, made.answer.size)}** of the answers changed."
    )


def _coloured(model: str, answer: Labels) -> bytes:
    return overlay.labels_png(answer, engine.models.model_info(model).labels)


def _present(model: str, *seen: Answered) -> list[tuple[str, tuple[int, int, int]]]:
    """Names and colours of the classes that are in any of the answers."""
    space = engine.models.model_info(model).labels
    there = np.unique(np.concatenate([np.unique(one.answer) for one in seen]))
    return [(space.classes[number], space.palette[number]) for number in there]


@st.cache_data(max_entries=1, show_spinner=False)
def _everyday() -> dict[str, Span]:
    """A little and much of each change, with its size on this picture."""
    spans = {
        "Brightness": ("brightness", ("+1 %", 0.01), ("+20 %", 0.2)),
        "Gamma": ("gamma", ("1.05", 0.05), ("1.5", 0.5)),
        "Camera noise": ("noise", ("σ = .01", 0.01), ("σ = .1", 0.1)),
        "Camera moved": ("shift", ("¼ pixel", 0.25), ("2 pixels", 2.0)),
        "Sticker": ("sticker", ("8 × 8", 8.0), ("64 × 64", 64.0)),
    }
    rows: dict[str, Span] = {
        title: ((little, size_of(way, low)), (much, size_of(way, high)))
        for title, (way, (little, low), (much, high)) in spans.items()
    }
    one_level = math.sqrt(3 * 240 * 320) / 255.0
    rows["8 bits"] = (("rounded", one_level / math.sqrt(12.0)), ("±1 level", one_level))
    return rows | {"Attack": (("¼", attack_size() / 4.0), ("as found", attack_size()))}


LESSON = Lesson(name="changes", title="Which changes matter?", show=show)
