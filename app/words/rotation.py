"""Sentences of the Rotation page: what is proved beside what was published."""

import math

import numpy as np
from numpy.typing import NDArray

import engine
from app.words.numbers import share
from engine.core import degrees_down
from engine.perturbations import published_angle

ALL = "every rotation"


def promised(angle: float) -> str:
    """A certified angle in words."""
    return ALL if angle >= math.pi else f"{degrees_down(angle)}°"


def verdict(sigma: float, tau: float, proved: float, *, refuted: bool) -> tuple[str, str]:
    """How the published figure compares with the proved one: "same", "careful", "open" or "refuted", and why.

    proved: in radians. refuted: whether some model is known that contradicts the published figure.
    """
    published = published_angle(sigma, tau)
    apart = f"{math.degrees(abs(published - proved)):.1f}°"
    shown = f"{degrees_down(published)}°"
    if published <= 0.0:
        return "same", "At τ = 0.5 both figures are 0: **nothing is promised** about turned shapes. Raise τ."
    if proved >= math.pi:
        if published >= math.pi:
            return "same", (
                f"**Every rotation is certified.** No rotation is by more than 180°, so the published figure of {shown}"
                " says the same here."
            )
        return "careful", (
            f"**Every rotation is certified.** The published figure stops at {shown}: true here, and far too careful."
        )
    if refuted:
        return "refuted", (
            f"**The published figure is refuted here.** Some base model with p > τ loses its majority to a turn by at "
            f"most {shown}. The proof reaches {degrees_down(proved)}°; the figure promises about {apart} too "
            "much."
        )
    if published > proved and apart != "0.0°":
        return "open", (
            f"The published figure promises {apart} more than is proved. The computation is not fine enough here to "
            "refute it: **take the proved angle**."
        )
    if published > proved:
        return "same", (
            "The two agree within the rounding of the computation; only the certified angle is rounded to the safe "
            "side."
        )
    if apart == "0.0°":
        return "same", (
            "The two agree to a tenth of a degree: for weak noise, turns by small angles almost add. The published "
            "figure is true here, because the proof covers it."
        )
    return "careful", (
        f"The published figure is {apart} smaller: **true here, and too careful**. That it is true follows from the "
        "proof below, not from the published argument."
    )


def side_of(angle: float, proved: float) -> tuple[bool, str]:
    """Whether a turn by `angle` radians is one of those that the certified angle covers, and the sentence for it."""
    shown = f"{math.degrees(angle):.0f}°"
    if angle <= proved:
        within = "every rotation is certified" if proved >= math.pi else f"{shown} is within {promised(proved)}"
        return True, f"**Inside**: {within}. No point whose class has p > τ can be flipped by this turn."
    return False, (
        f"**Outside**: {shown} is more than {promised(proved)}. Nothing is promised about this turn; it need not do "
        "harm."
    )


def changed(before: NDArray[np.uint8], after: NDArray[np.uint8], certificate: engine.Certificate | None) -> str:
    """How many points the base model answers otherwise after the turn: counted, and no promise."""
    moved = before != after
    text = (
        f"At this turn the **base model** changes its class at **{share(int(moved.sum()), moved.size)}** of "
        f"the {moved.size:,} points"
    )
    if certificate is not None and certificate.certified_count:
        on = int((moved & certificate.certified).sum())
        text += f", {on:,} of them certified"
    return f"{text}. It promises nothing; what is certified is the majority of its answers under random turns."
