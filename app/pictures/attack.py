"""Pictures of an attack: how it went, what it changed, and what is lost over the budget."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

import engine
from app.pictures import overlay
from app.pictures.packed import packed_certificate
from app.pictures.style import BRIGHT_BLUE, BRIGHT_ORANGE, GREEN, GREY, laid_out
from app.pictures.view_data import Pane, View, What, certificate_layer, classes_layer, picture_layer
from engine.attacks import Duel, Found

RED = "#D9480F"
CLEAN, ATTACKED, CHANGE, FLIPS = "Clean image", "Attacked image", "The change, amplified", "Flip map"
SHAPE, TRUTH = "The shape", "Ground truth"
BEFORE, AFTER = "Undefended, clean", "Undefended, attacked"
CERTIFIED, CERTIFIED_ATTACKED = "Certified, clean", "Certified, attacked"

Shown = tuple[bytes, str]
"""A PNG file, and what is said of it."""

_PROMISED = "certified: cannot be flipped"  # drawn in steps: between two budgets no more than at the larger one
_HATCHED = "White with a hatch: abstains."
_FLIPS_TOLD = (
    "Red: the undefended model flipped. Blue: certified before, abstains now. Yellow would be a certified pixel that "
    "flipped."
)
_OF_CLEAN: Mapping[str, What] = {"Certified radius": "radius", "Vote share": "share", "p-value": "p_value"}


def progress_chart(history: Sequence[engine.attacks.Step]) -> go.Figure:
    """Loss, and share of its aim that the attack has, over the steps."""
    figure = go.Figure()
    numbers = [step.number for step in history]
    figure.add_scatter(
        x=numbers, y=[step.share for step in history], name="share of the aim that is reached",
        line={"color": RED, "width": 2.5},
    )  # fmt: skip
    figure.add_scatter(
        x=numbers, y=[step.loss for step in history], name="loss", yaxis="y2",
        line={"color": BRIGHT_BLUE, "width": 2, "dash": "dot"},
    )  # fmt: skip
    return laid_out(
        figure, height=260, xaxis={"title": "step", "automargin": True},
        yaxis={"tickformat": ".0%", "rangemode": "tozero", "automargin": True},
        yaxis2={"overlaying": "y", "side": "right", "showgrid": False, "automargin": True},
    )  # fmt: skip


def curve_chart(points: Sequence[engine.attacks.CurvePoint]) -> go.Figure:
    """What is promised and what is lost over the budget, with R marked; nothing of what was certified where nothing
    was."""
    figure = go.Figure()
    promised = any(point.certified_bound > 0.0 for point in points)
    measured: list[tuple[str, list[float | None], str, str]] = [
        ("undefended: flipped", [point.undefended for point in points], RED, "solid"),
        ("behind the denoiser: changed", [point.denoised for point in points], BRIGHT_ORANGE, "dash"),
    ]
    if promised:
        measured += [
            (_PROMISED, [point.certified_bound for point in points], GREEN, "solid"),
            ("of the certified: outvoted, an estimate", [point.outvoted for point in points], BRIGHT_BLUE, "dot"),
            ("of the certified: flipped", [point.certified for point in points], GREEN, "dash"),
            ("of the certified: now abstain", [point.abstained for point in points], GREY, "dot"),
        ]
    for name, values, colour, dash in measured:
        if all(value is None for value in values):
            continue
        figure.add_scatter(
            x=[point.share for point, value in zip(points, values, strict=True) if value is not None],
            y=[value for value in values if value is not None], name=name, mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5, "shape": "vh" if name == _PROMISED else "linear"},
            hovertemplate="%{x:g} R: %{y:.2%}<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=1.0, line={"color": GREY, "dash": "dot"})
    figure.add_annotation(
        x=1.0, y=1.0, yref="paper", showarrow=False, xanchor="left", xshift=6,
        text="R: certified up to here" if promised else "R: nothing was certified",
        font={"color": GREY},
    )  # fmt: skip
    return laid_out(
        figure, height=420, right=16, xaxis={"title": "budget, in units of R", "automargin": True},
        yaxis={"title": "share of the pixels", "tickformat": ".0%", "rangemode": "tozero", "automargin": True},
    )  # fmt: skip


def image_pictures(
    image: engine.inputs.Image,
    truth: NDArray[np.uint8] | None,
    duel: Duel[Found],
    space: engine.inputs.LabelSpace,
) -> Mapping[str, Shown]:
    """All that an attack on an image changed, by title, in the order in which it is shown."""
    change, amplified = _change(image, duel)
    pictures = {
        CLEAN: (image.as_uint8(), ""),
        ATTACKED: (eight_bits(duel), "What the models were given, as 8 bits for the screen."),
        CHANGE: (None, f"{amplified:.0f} times; grey is no change."),
        **({} if truth is None else {TRUTH: (overlay.truth_picture(truth, space), "")}),
        BEFORE: (engine.export.colour_labels(duel.before, space), ""),
        AFTER: (engine.export.colour_labels(duel.after, space), ""),
        CERTIFIED: (engine.export.colour_labels(duel.clean.labels, space), _HATCHED),
        CERTIFIED_ATTACKED: (engine.export.colour_labels(duel.attacked.labels, space), _HATCHED),
        FLIPS: (engine.export.colour_labels(flips_of(duel), overlay.FLIPS), _FLIPS_TOLD),
    }  # fmt: skip
    return {
        name: (change if picture is None else overlay.png(picture), told) for name, (picture, told) in pictures.items()
    }


def image_view(
    image: engine.inputs.Image,
    truth: NDArray[np.uint8] | None,
    duel: Duel[Found],
    space: engine.inputs.LabelSpace,
    *,
    caption: str = "",
) -> View:
    """An attack on an image for the viewer: as in the paper's Figure 1 the attacked image, the truth, and both answers.

    truth: uint8 (H, W), or None, where the clean image stands for it. caption: under an exported picture.
    """
    change, amplified = _change(image, duel)
    layers = [
        picture_layer(CLEAN, image.as_uint8()),
        picture_layer(ATTACKED, eight_bits(duel)),
        picture_layer(CHANGE, change),
        *([] if truth is None else [classes_layer(TRUTH, truth)]),
        classes_layer(BEFORE, duel.before),
        classes_layer(AFTER, duel.after),
        certificate_layer(CERTIFIED, "certified", "clean"),
        certificate_layer(CERTIFIED_ATTACKED, "certified", "attacked"),
        classes_layer(FLIPS, flips_of(duel), overlay.FLIPS),
        *(certificate_layer(name, what, "clean") for name, what in _OF_CLEAN.items()),
    ]
    second = (
        Pane(title=CLEAN, layer=CLEAN) if truth is None else Pane(title=TRUTH, layer=TRUTH, caption="What is there.")
    )
    panes = (
        Pane(title=ATTACKED, layer=ATTACKED, caption=f"Changed by {duel.result.size:.3g} in all; see it amplified "
             f"{amplified:.0f} times in the menu."),
        second,
        Pane(title="Undefended", layer=AFTER, caption="Its answer on the attacked image."),
        Pane(title="Certified", layer=CERTIFIED_ATTACKED, caption="On the attacked image; white: abstains."),
    )  # fmt: skip
    return View(
        panes=panes, layers=tuple(layers), space=space, truth=None if truth is None else TRUTH, below=ATTACKED,
        certificates={
            "clean": packed_certificate(duel.clean, title="clean"),
            "attacked": packed_certificate(duel.attacked, title="attacked"),
        },
        budget=min(duel.result.size, duel.clean.radius), caption=caption,
    )  # fmt: skip


def _change(image: engine.inputs.Image, duel: Duel[Found]) -> tuple[bytes, float]:
    return engine.export.difference_png(image.pixels, np.asarray(duel.changed.values))


def flips_of(duel: Duel[Found]) -> NDArray[np.uint8]:
    """The class of `overlay.FLIPS` of every component, uint8 (*N)."""
    return overlay.flips(duel.before, duel.after, duel.clean.labels, duel.attacked.labels)


def eight_bits(duel: Duel[Found]) -> NDArray[np.uint8]:
    """The attacked image as 8 bits, uint8 (H, W, 3): another image than the one that was attacked with."""
    return np.rint(duel.changed.values * 255.0).astype(np.uint8)
