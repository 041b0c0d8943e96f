"""Patches as a form: the picture, the certified model and the size of the patch, the model without defence."""

from collections.abc import Sequence

import streamlit as st

import engine
from app.forms.fields import choose_named, number, slider
from app.forms.images import pick_image
from app.runs.patch import PatchRequest
from app.runs.prepare import image_of
from app.words.numbers import plain
from engine.patches import PatchSettings

_CERTIFIED = ("street-masked", "street-clean")
"""Which is chosen at first: the first that is there."""

_UNDEFENDED = ("street-plain",)
_TRAINED_WITH = {"street-masked": "mean"}
_OF_MODEL, _OTHERWISE = "", "smooth"
_WORKING_SIZE = 320


def choose_patches() -> PatchRequest | None:
    """Show the form; returns what is asked for, or None after saying what is missing or wrong."""
    chosen = pick_image()
    names = [info.name for info in engine.models.available()]
    cells = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
    certified, undefended = (
        str(
            cell.selectbox(
                label, names, _first(names, wanted), key=key, bind="query-params", persist_state="session"
            )
        )
        for cell, label, wanted, key in (
            (cells[0], "Certified model", _CERTIFIED, "patch_model"),
            (cells[2], "Undefended model", _UNDEFENDED, "patch_undefended"),
        )
    )  # fmt: skip
    with cells[1]:
        size = int(
            slider("Size of the patch, in pixels", 16.0, 64.0, 32.0, 4.0, key="patch_size", format="%d",
                   help="A square of so many pixels a side, anywhere in the working picture, with any values.")
        )  # fmt: skip
    with cells[3].popover("More", icon=":material/tune:", width="stretch"):
        fill, stride = _choose_windows(certified)
    if chosen is None:
        return None
    try:
        image = image_of(chosen, _WORKING_SIZE)
        settings = PatchSettings.on(*image.shape, patch=size, stride=stride, fill=fill, size=_WORKING_SIZE)
        return PatchRequest(name=chosen.name, image=image, model=certified, settings=settings, undefended=undefended)
    except engine.EngineError as error:
        st.error(f"{plain(chosen.name)}: {error}.")
        return None


def _choose_windows(model: str) -> tuple[str, int | None]:
    """How a hidden window is filled, and the steps between windows, None for as small as few passes allow."""
    titles = {_OF_MODEL: "as suits the model", **{name: fill.title for name, fill in engine.patches.fills.items()}}
    fill = choose_named(
        st.container(), "What a hidden window shows", titles, _OF_MODEL, key="patch_fill",
        help="A function of the pixels outside the window alone: were it to look inside, nothing would be certified.",
    ) or _TRAINED_WITH.get(model, _OTHERWISE)  # fmt: skip
    stride = number(
        "Steps between windows, in pixels", None, key="patch_stride", low=1, high=256, whole=True, placeholder="chosen",
        help="A window is as large as the patch and a step less one pixel. Small steps hide less and take more passes; "
        "left open, the smallest with at most 36 windows.",
    )  # fmt: skip
    return fill, None if stride is None else int(stride)


def _first(names: Sequence[str], wanted: Sequence[str]) -> int:
    """The place of the first wanted name that is there, else 0."""
    return next((names.index(name) for name in wanted if name in names), 0)
