"""Models as a form: one for images, or one of shapes with its category, what stands around it, and its card."""

import re

import streamlit as st

import engine
from app.forms.fields import choose_named
from app.runs.requests import Chosen

_MODEL = "street-noise25"


def choose_model() -> str:
    """Show the models, what can go around them, and the chosen one's card; returns the full name."""
    left, middle, right = st.columns([4, 3, 2], vertical_alignment="bottom")
    names = [info.name for info in engine.models.available()]
    default = names.index(_MODEL) if _MODEL in names else 0
    model = str(left.selectbox("Model", names, default, key="model", bind="query-params", persist_state="session"))
    known = {part.name: part for part in engine.models.wrapper_choices()}
    around = choose_named(
        middle, "Around it", {"": "nothing", **{name: part.title for name, part in known.items()}}, "", key="around",
        help="A denoiser before the model, or several scales: together they are one base model.",
    )  # fmt: skip
    with right.popover("Model card", icon=":material/badge:", width="stretch"):
        if around:
            st.markdown(f"**{known[around].title}.** {known[around].about}")
        _card(model)
    return engine.models.full_name(model, around)


def choose_part_model(chosen: Chosen | None) -> str:
    """Show the models of shapes, their categories, how they are asked, and the card; returns MODEL@CATEGORY+AROUND."""
    models = {name: categories for name, _, categories in engine.models.part_models()}
    left, middle, asked, right = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    model = str(left.selectbox("Model", list(models), key="parts_model", bind="query-params", persist_state="session"))
    categories = sorted(models[model])
    sample = "" if chosen is None else chosen.category or _named(chosen, categories)
    preset = categories.index(sample) if sample in categories else 0
    category = middle.selectbox(
        "What it is",
        categories,
        preset,
        key=f"category_{sample}" if sample else "category",
        bind=None if sample else "query-params",
        help="The category is given to the network; it names the parts of that kind of shape.",
    )
    known = engine.models.wrapper_choices("cloud")
    around = choose_named(
        asked, "Asked", {"": "once", **{part.name: part.title for part in known}}, "", key="parts_around",
        help=" ".join(part.about for part in known),
    )  # fmt: skip
    name = engine.models.full_name(engine.models.of_category(model, category), around)
    with right.popover("Model card", icon=":material/badge:", width="stretch"):
        _card(name)
    return name


def _card(name: str) -> None:
    st.markdown(engine.models.model_info(name).card.replace("# ", "### ", 1))


def _named(chosen: Chosen, categories: list[str]) -> str:
    """The category that is a word of the file's name, as in "office-chair 2.ply"; empty where none is."""
    words = re.split(r"[^a-z]+", chosen.name.lower())
    return next((category for category in categories if category.lower() in words), "")
