"""The sticker on the Patch page: where it is, and what is on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.sticker import Place, placed, show_sticker
from app.forms.fields import choose_named
from app.runs import patch
from app.runs.patch import Content, PatchRequest, Spot
from app.views.patch import result_of
from engine.attacks import contents, place_sticker

_OPTIMISED, _FIRST = "optimised", "checkerboard"
_SPOT = "certiscope_patch_spot"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sticker:
    """A content, float32 (size, size, 3), at a place. direct: whether it was made for the undefended model, there."""

    place: Place
    content: Content
    direct: bool

    def on(self, image: engine.inputs.Image) -> engine.inputs.Image:
        """The picture with it."""
        return place_sticker(image, self.content, x=self.place.x, y=self.place.y)

    def outside(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        """Bool (H, W): where it does not lie."""
        rest = np.ones(shape, dtype=np.bool_)
        rest[self.place.y : self.place.y + self.place.size, self.place.x : self.place.x + self.place.size] = False
        return rest


def place_of_sticker(request: PatchRequest) -> Place:
    """Where the sticker is: where it was put, else in the middle and of the certified size."""
    shape, size = request.image.shape, request.settings.patch
    middle = Place(x=(shape[1] - size) // 2, y=(shape[0] - size) // 2, size=size)
    return placed(_key(request), middle, shape)


def show_board(request: PatchRequest, sticker: Sticker | None, place: Place) -> None:
    """The picture with the sticker, to be dragged; grey while what is on it is being made."""
    shown = np.full((place.size, place.size, 3), 0.5, dtype=np.float32) if sticker is None else sticker.content
    show_sticker(
        engine.export.png(request.image.as_uint8()), engine.export.png(np.rint(255.0 * shown).astype(np.uint8)),
        place=place, shape=request.image.shape, certified=request.settings.patch, label=request.name,
        key=_key(request),
    )  # fmt: skip


def choose_content(request: PatchRequest, place: Place) -> Sticker | None:
    """Show what can be on the sticker; None while that is being made."""
    titles = {
        **{name: one.title for name, one in contents.items()},
        _OPTIMISED: f"Optimised against {request.undefended}",
    }
    name = choose_named(st.container(), "What is on the sticker", titles, _FIRST, key="patch_content")
    st.markdown(
        "**Drag the sticker**, or its corner to resize it. With the keyboard: Tab to it, arrows move it (with Shift by "
        "ten pixels), **+** and **−** resize it."
    )
    if name != _OPTIMISED:
        return Sticker(place=place, content=patch.plain_content(name, place.size), direct=False)
    here = Spot(image=request.image.sha256, undefended=request.undefended, x=place.x, y=place.y, size=place.size)
    spot = st.session_state.get(_SPOT)
    if not isinstance(spot, Spot) or (spot.image, spot.undefended) != (here.image, here.undefended):
        spot = st.session_state[_SPOT] = here
    job = patch.optimise_job(spot, request.image)
    content = result_of(job, spot.key, "Step", "The sticker", key="sticker")
    if content is None:
        return None
    if spot == here:
        st.caption(f"Made for this place: {patch.STEPS} steps along the gradient, of the sticker's values alone.")
    else:
        st.caption(f"Made for {spot.size}×{spot.size} pixels at column {spot.x}, row {spot.y}, and moved since.")
        st.button("Optimise it here", icon=":material/bolt:", type="primary", on_click=_begin, args=(here,))
    return Sticker(place=place, content=patch.of_size(content, place.size), direct=spot == here)


def _begin(spot: Spot) -> None:
    st.session_state[_SPOT] = spot


def _key(request: PatchRequest) -> str:
    return f"sticker_{request.image.sha256[:16]}"
