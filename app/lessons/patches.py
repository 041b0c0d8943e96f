"""Lesson: why a window that hides the patch makes the answer safe, on a strip of 24 cells."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.lessons.base import Lesson, question, try_this
from app.views.render import render

strip = engine.teaching.strip
Watched = engine.teaching.strip.Watched
Span = engine.teaching.strip.Span
Values = NDArray[np.float64]

_OUTSIDE, _EVERYTHING = "outside", "everything"
_FILLS = {_OUTSIDE: "the cells outside the window", _EVERYTHING: "all cells (the fault)"}
_CONTENTS = ("Black", "White", "Stripes")
_FOUND = "As found"
_WORST = "strip_worst"


def show() -> None:
    """Render the lesson."""
    st.markdown(
        "A strip of 24 cells, a light car on a dark road. The model calls a cell light where it and its neighbours are "
        "bright. A **patch** may be stuck anywhere, with anything on it. So the model is asked many times, each time "
        "with one **window** hidden and filled in, and where an answer differs from that on the whole strip, an "
        "**alarm** sounds."
    )
    cells = st.columns(3)
    patch = int(cells[0].slider("Length of the patch", 2, 5, 4, key="strip_patch"))
    stride = int(cells[1].slider("Steps between windows", 2, 6, 3, key="strip_stride"))
    fill = str(
        cells[2].radio("A hidden cell gets the mean of", list(_FILLS), format_func=_FILLS.__getitem__, key="strip_fill")
    )
    before = strip.watch(np.array(strip.STREET), patch=patch, stride=stride, fill=fill)
    first, content = _choose_patch(before, patch)
    after = strip.watch(strip.with_patch(before.values, first, content), patch=patch, stride=stride, fill=fill)
    hiding = after.hiding((first, first + patch))
    _numbers(before, after, hiding)
    _told(before, after, hiding[0], fill)
    st.html(render("strip", **_rows(before, after, (first, first + patch), hiding)))
    st.button(
        "Try all patches of black and white cells", icon=":material/search:", key="strip_search",
        on_click=_search, args=(patch, stride, fill),
    )  # fmt: skip
    _found(patch, stride, fill)
    try_this(
        "Slide the patch from end to end and watch the ✓: there is **always** a window that hides all of it. Which "
        "patches have two?",
        "Make the steps larger. Fewer windows, fewer passes; but what happens to the certified cells?",
        "Fill with the mean of **all cells**, then try all patches. What does the patch do from under the window?",
    )
    question(
        "Nobody knows where the patch is. Why not hide exactly one patch's length, at every place?",
        "One could: that is a step of 1. Here it takes a window for each of the 21 places of a patch of 4; for a patch "
        "of 32×32 pixels in a picture of 320×240 it takes 209 · 289 = 60,401 passes. Windows of p + s − 1 in steps of "
        "s need a few dozen: a patch that begins at a lies in the window that begins at the last multiple of s up to "
        "a. The price is that more is hidden, so that more answers change on the clean picture already, and those "
        "cells are promised nothing.",
    )
    question(
        "An alarm sounds at a cell. Has somebody stuck a patch there?",
        "Perhaps not. On the clean strip it sounds at every cell that is not certified: where the model cannot do "
        "without what a window hides. The promise goes the other way: at a *certified* cell a patch either changes "
        "nothing, or it is noticed. That is why a model that is trained with hidden windows certifies more.",
    )
    st.markdown("**On a real street**, in two dimensions and with networks: the page [Patch](patch).")


def _choose_patch(before: Watched, patch: int) -> tuple[int, Values]:
    """Where the patch begins, and what is on it, float64 (patch,)."""
    found = st.session_state.get(_WORST)
    options = [*_CONTENTS, *([_FOUND] if found is not None and len(found) == patch else [])]
    if st.session_state.get("strip_content") not in options:
        st.session_state["strip_content"] = options[0]
    left, right = st.columns([2, 1])
    last = len(before.values) - patch
    first = int(left.slider("Where the patch begins", 0, last, min(6, last), key=f"strip_at_{patch}"))
    content = str(right.selectbox("What is on it", options, key="strip_content"))
    if content == _FOUND:
        return first, np.array(found)
    made: dict[str, Values] = {
        "White": np.full(patch, 1.0),
        "Black": np.full(patch, 0.0),
        "Stripes": np.array([1.0, 0.0] * patch)[:patch],
    }
    return first, made[content]


def _numbers(before: Watched, after: Watched, hiding: tuple[int, ...]) -> None:
    certified, lost = int((~before.alarm).sum()), int(strip.unnoticed(before, after).sum())
    facts = {
        "Windows": f"{len(after.windows)}",
        "Hide all of the patch": f"{len(hiding)}",
        "Certified, clean": f"{certified} of {len(before.plain)}",
        "Changed unnoticed": f"{lost}",
    }
    for cell, (label, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        cell.metric(label, value)


def _told(before: Watched, after: Watched, number: int, fill: str) -> None:
    """What is seen behind the window that hides the patch, and what follows."""
    if fill == _OUTSIDE:
        st.markdown(
            f"**Window {number + 1} hides all of the patch.** Behind it the strip is the same as without any patch, "
            "cell by cell, and so is the answer. At a certified cell that is the answer of the clean strip. If the "
            "patch changes the answer on the whole strip there, the two differ, and the alarm sounds."
        )
        return
    cell = after.windows[number][0]
    now, clean = (float(one.behind[number][cell]) for one in (after, before))
    text = (
        f"Behind window {number + 1} the hidden cells are **{now:.3f}**; without the patch they are **{clean:.3f}**. "
        "The patch was counted into the mean, and speaks through the window."
    )
    lost = int(strip.unnoticed(before, after).sum())
    if lost:
        st.error(
            f"{text} **{lost} “certified” {'cell has' if lost == 1 else 'cells have'} another answer, and no alarm "
            "sounds.**",
            icon=":material/gpp_bad:",
        )
    else:
        st.warning(f"{text} This patch changes no certified cell unnoticed. Another may.", icon=":material/warning:")


def _search(patch: int, stride: int, fill: str) -> None:
    """Try every patch, and show the worst, if any changes something unnoticed."""
    count, first, content = _worst(patch, stride, fill)
    st.session_state["strip_searched"] = (patch, stride, fill)
    if count:
        st.session_state[_WORST] = content
        st.session_state["strip_content"] = _FOUND
        st.session_state[f"strip_at_{patch}"] = first


def _found(patch: int, stride: int, fill: str) -> None:
    if st.session_state.get("strip_searched") != (patch, stride, fill):
        return
    count, first, _ = _worst(patch, stride, fill)
    tried = (len(strip.STREET) - patch + 1) * 2**patch
    if count:
        st.markdown(
            f"Of {tried:,} patches the worst begins at cell {first} and changes **{count}** certified cells unnoticed: "
            "a certificate made with this filling is worth nothing."
        )
    else:
        st.markdown(f"All {tried:,} patches were tried: **none** changes a certified cell unnoticed, as proved.")


@st.cache_data(max_entries=64, show_spinner="Trying all patches …")
def _worst(patch: int, stride: int, fill: str) -> tuple[int, int, Values]:
    return strip.worst_patch(np.array(strip.STREET), patch=patch, stride=stride, fill=fill)


def _rows(
    before: Watched,
    after: Watched,
    at: Span,
    hiding: tuple[int, ...],
) -> dict[str, object]:
    """What the template draws: the strips with their answers, and the alarms."""
    nowhere = (0, 0)
    rows = [
        _row("Clean", before.values, before.plain, nowhere, nowhere),
        _row("With the patch", after.values, after.plain, nowhere, at),
        *(
            _row(f"Window {k + 1}", after.behind[k], after.answers[k], hidden, at, hides=k in hiding)
            for k, hidden in enumerate(after.windows)
        ),
    ]
    marks = [
        ("Alarm", "alarm", "!", after.alarm.tolist()),
        ("Certified", "kept", "✓", (~before.alarm).tolist()),
        ("Unnoticed", "alarm", "✗", strip.unnoticed(before, after).tolist()),
    ]
    return {"rows": rows, "marks": marks}


def _row(
    label: str,
    values: Values,
    answer: NDArray[np.bool_],
    hidden: Span,
    patch: Span,
    *,
    hides: bool = False,
) -> dict[str, object]:
    """A strip; of the patch the frame is drawn where it is not hidden."""
    cells = [
        {
            "grey": round(255 * float(value)),
            "light": bool(light),
            "hidden": hidden[0] <= number < hidden[1],
            "patch": patch[0] <= number < patch[1] and not hidden[0] <= number < hidden[1],
        }
        for number, (value, light) in enumerate(zip(values, answer, strict=True))
    ]
    return {"label": label, "cells": cells, "hides": hides}


LESSON = Lesson(name="patches", title="Patches", show=show)
