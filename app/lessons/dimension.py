"""Lesson: what a radius buys an adversary, and why large images make it look small."""

import math

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

import engine
from app.forms.samples import SAMPLES
from app.lessons.base import Lesson, try_this
from app.pictures.style import BLUE, ORANGE, RED, guide
from app.views.charts import chart
from engine.core import floored

_SIZES = {
    "CIFAR · 32 × 32": 32 * 32,
    "ImageNet · 224 × 224": 224 * 224,
    "here · 320 × 240": 320 * 240,
    "Full HD · 1920 × 1080": 1920 * 1080,
}
_CHANNELS = 3
_LEVELS = 255.0


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "A certificate gives one number, an l2 radius: the root of the **sum** of all squared changes, over every "
        "pixel and channel, intensities in [0, 1]. The adversary may spend it on one pixel, or spread it thinly over "
        "all."
    )
    cells = st.columns(3)
    sigma = float(cells[0].slider("σ · noise", 0.05, 1.0, 0.25, 0.05, key="dim_sigma"))
    tau = float(cells[1].slider("τ · threshold", 0.55, 0.99, 0.75, 0.01, key="dim_tau"))
    size = cells[2].selectbox("Image", list(_SIZES), index=2, key="dim_size")
    pixels = _SIZES[str(size)]
    dimension = _CHANNELS * pixels
    radius = engine.perturbations["l2"].radius(sigma=sigma, tau=tau)
    _numbers(radius, pixels, dimension)
    st.markdown("**What the budget buys.** Three ways to spend the *same* l2 radius on the same picture:")
    _pictures(radius)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Spread over m pixels** (all three channels equally):")
        st.latex(r"\text{change per channel}=\frac{R}{\sqrt{3\,m}}")
        _spread(radius, pixels)
    with right:
        st.markdown("**In other norms**, for every side length of a square image:")
        st.latex(r"R_p=\frac{R}{d^{\,1/2-1/p}}\ (p\ge2),\quad R_\infty=\frac{R}{\sqrt d}")
        _norms(radius, pixels)
    try_this(
        f"Compare with the noise itself: its typical l2 length is σ√d = {sigma * math.sqrt(dimension):,.0f}; that is "
        f"{sigma * math.sqrt(dimension) / radius:,.0f} times the certified radius. The model must be right under "
        "*much* more noise than the adversary may use.",
        "Go from 32 × 32 to Full HD. The l2 radius does not move; the l∞ radius falls with √d.",
        "Raise τ to 0.99. How much radius does near-unanimity buy? Then raise σ instead.",
    )
    st.caption(
        "The l_p radii for p ≠ 2 follow from the l2 certificate and are guaranteed too; they are not the best there "
        "are."
    )


def _numbers(radius: float, pixels: int, dimension: int) -> None:
    one, patch, everywhere = engine.teaching.coins.spread(radius, np.array([1, 100, pixels])) * _LEVELS
    in_linf = floored(engine.teaching.coins.lp_radius(radius, math.inf, dimension))
    cells = st.columns(4)
    cells[0].metric("l2 radius R", floored(radius), help="σ·ppf(τ), rounded down")
    cells[1].metric("One pixel, by", _levels(one), help="grey levels of 255, in all three channels")
    cells[2].metric("100 pixels, by", _levels(patch), help="grey levels of 255, in all three channels")
    cells[3].metric(
        "Every pixel, by", _levels(everywhere),
        help=f"grey levels of 255; the l∞ radius: {in_linf}",
    )  # fmt: skip


def _levels(value: float) -> str:
    if value > _LEVELS:
        return "black ↔ white"
    return f"{floored(value)} levels"


@st.cache_resource(show_spinner=False)
def _scene() -> NDArray[np.uint8]:
    return engine.inputs.decode_image((SAMPLES / "images" / "street-104.jpg").read_bytes(), size=320).as_uint8()


def _pictures(radius: float) -> None:
    scene = _scene()
    captions = (
        "**One pixel**, in the middle of the square, enlarged in the corner.",
        "**A patch of 10 × 10 pixels.**",
        "**Every pixel**, up or down by the same little.",
    )
    shown = _spent(scene.tobytes(), scene.shape, radius)
    for cell, png, caption in zip(st.columns(3), shown, captions, strict=True):
        cell.image(png, width="stretch", output_format="PNG", alt=caption.replace("*", ""))
        cell.markdown(caption)


@st.cache_data(max_entries=32, show_spinner=False)
def _spent(data: bytes, shape: tuple[int, ...], radius: float) -> list[bytes]:
    """The scene changed by l2 size `radius` in three ways, each with an enlarged cut-out."""
    scene = np.frombuffer(data, dtype=np.uint8).reshape(shape).astype(np.float64) / _LEVELS
    height, width = shape[:2]
    row, column = int(height * 0.75), int(width * 0.40)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], shape)
    one, patch, all_over = (
        float(engine.teaching.coins.spread(radius, np.array([m]))[0]) for m in (1, 100, height * width)
    )
    changes = [np.zeros(shape) for _ in range(3)]
    changes[0][row, column] = one
    changes[1][row - 5 : row + 5, column - 5 : column + 5] = patch
    changes[2] = signs * all_over
    changed = []
    for change in changes:
        # Up where there is room, else down: a change that leaves [0, 1] would be cut off, and be smaller than it says.
        moved = np.where(scene + change > 1.0, scene - change, scene + change)
        changed.append(_with_cutout(np.rint(_LEVELS * np.clip(moved, 0.0, 1.0)).astype(np.uint8), row, column))
    return [engine.export.png(picture) for picture in changed]


def _with_cutout(
    picture: NDArray[np.uint8], row: int, column: int, reach: int = 8, factor: int = 3
) -> NDArray[np.uint8]:
    """The picture three times as large, with the surroundings of (row, column) six times larger still in a corner."""
    big = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    top, left = (row - reach) * factor, (column - reach) * factor
    _frame(big, top, left, 2 * reach * factor)
    cut = picture[row - reach : row + reach, column - reach : column + reach]
    zoom = cut.repeat(6 * factor, axis=0).repeat(6 * factor, axis=1)
    side = len(zoom)
    big[-side:, -side:] = zoom
    _frame(big, len(big) - side, big.shape[1] - side, side)
    return big


def _frame(picture: NDArray[np.uint8], top: int, left: int, side: int, width: int = 4) -> None:
    inside = picture[top + width : top + side - width, left + width : left + side - width].copy()
    picture[top : top + side, left : left + side] = (208, 72, 30)
    picture[top + width : top + side - width, left + width : left + side - width] = inside


def _spread(radius: float, pixels: int) -> None:
    m = np.unique(np.geomspace(1, pixels, 60).astype(np.int64))
    change = _LEVELS * engine.teaching.coins.spread(radius, m)
    figure = go.Figure()
    figure.add_scatter(x=m, y=change, name="change that R allows", line={"color": BLUE, "width": 3})
    marked = np.array([1, 100, pixels])
    figure.add_scatter(
        x=marked, y=_LEVELS * engine.teaching.coins.spread(radius, marked), name="the three pictures", mode="markers",
        marker={"color": ORANGE, "size": 11, "symbol": "diamond"},
    )  # fmt: skip
    guide(figure, "lost in rounding to 8 bits", y=0.5, log=True, colour=RED)
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    chart(figure, key="dim_spread", x="m, the number of changed pixels", y="change in grey levels of 255")


def _norms(radius: float, pixels: int) -> None:
    sides = np.unique(np.geomspace(8, 4096, 50).astype(np.int64))
    figure = go.Figure()
    for p, name, colour, dash in (
        (2.0, "l1 and l2", BLUE, "solid"),
        (4.0, "l4", ORANGE, "dash"),
        (math.inf, "l∞", RED, "solid"),
    ):
        values = [engine.teaching.coins.lp_radius(radius, p, _CHANNELS * int(side) ** 2) for side in sides]
        figure.add_scatter(x=sides, y=values, name=name, line={"color": colour, "width": 3, "dash": dash})
    guide(figure, " this image", x=math.sqrt(pixels), log=True, at=0.0, dash="solid")
    guide(figure, "one grey level", y=1.0 / _LEVELS, log=True)
    figure.update_xaxes(type="log", exponentformat="power", dtick=1)
    figure.update_yaxes(type="log", exponentformat="power", dtick=1)
    chart(figure, key="dim_norms", x="side of a square image in pixels", y="certified radius in that norm")


LESSON = Lesson(name="dimension", title="The curse of dimension", show=show)
