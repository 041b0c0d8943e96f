"""The pixel inspector: click a pixel and read its story, from votes to decision, and that of its region."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.pick_point import pick_point
from app.pictures import overlay
from app.pictures.certificate import p_values_chart
from app.views.charts import show_chart
from app.views.render import render
from app.words.numbers import share
from app.words.promise import is_promise, left_open, passed, reserved
from engine.core import floored


def show_inspector(
    certificate: engine.Certificate, truth: NDArray[np.uint8] | None, space: engine.inputs.LabelSpace, *, key: str
) -> None:
    """A picture to click and the story of the chosen pixel; `truth` is uint8 (H, W) or None."""
    st.markdown("#### One pixel's story")
    height, width = certificate.labels.shape
    left, right = st.columns([1, 1], gap="large")
    with left:
        point = pick_point(
            engine.export.png(engine.export.colour_labels(certificate.labels, space), compression=1),
            key=f"pixel_{key}",
            label=f"{passed(certificate.settings)} picture",
            step=(1.0 / width, 1.0 / height),
            pixels=True,
        )
        row, column = min(height - 1, int(point[1] * height)), min(width - 1, int(point[0] * width))
        st.caption("Click a pixel, or use the arrow keys.")
    story = engine.certification.pixel_story(certificate, row, column)
    with right:
        st.markdown(_sentence(story, certificate, space))
        st.html(render("story", rows=_steps(story, certificate, truth, space)))
        show_chart(p_values_chart(story, certificate), key="story")
    _regions(certificate, story, space)


def _sentence(
    story: engine.certification.PixelStory, certificate: engine.Certificate, space: engine.inputs.LabelSpace
) -> str:
    name = space.classes[story.top]
    if story.certified:
        radius = floored(story.radius)
        where = f"**Pixel ({story.row}, {story.column}) is certified {name}**"
        return f"{where}, up to radius {radius}. {left_open(certificate)}"
    if story.selected:
        return f"**Pixel ({story.row}, {story.column}) is selected as {name}**; nothing is promised about it alone."
    why = "an earlier rank failed, and the procedure stops there" if story.passed_over else "its evidence is too thin"
    return f"**Pixel ({story.row}, {story.column}) abstains**: {name} was tested, but {why}."


def _steps(
    story: engine.certification.PixelStory,
    certificate: engine.Certificate,
    truth: NDArray[np.uint8] | None,
    space: engine.inputs.LabelSpace,
) -> list[tuple[str, str]]:
    """What led to the decision, step by step, each with its name."""
    votes = sorted(((int(count), i) for i, count in enumerate(story.votes) if count), reverse=True)
    given = ", ".join(f"{space.classes[i]} {count}" for count, i in votes)
    n0, tau = certificate.settings.n0, certificate.settings.tau
    rows = [
        ("Votes", f"{given} (of {n0} selection draws)"),
        ("Hits", f"{story.hits} of {story.draws} fresh draws gave {space.classes[story.top]}"),
        ("p-value", f"{story.p_value:.3g}: {_p_value_means(certificate)} its share were only τ = {tau:g}"),
        ("Threshold", f"{story.threshold:.3g} for rank {story.rank:,} of {certificate.hits.size:,}{_or_later(story)}"),
    ]
    if certificate.settings.testing.tau_free:
        told = "not shown to exceed ½; nothing is promised"
        if story.bound:
            reach = f"certified up to radius {floored(story.radius)}{reserved(certificate)}"
            told = f"more than {floored(story.bound, 4)}; {reach}"
        rows.append(("Its share", told))
    if truth is not None:
        label = int(truth[story.row, story.column])
        rows.append(("Ground truth", "not labelled" if label == engine.inputs.VOID else space.classes[label]))
    return rows


def _or_later(story: engine.certification.PixelStory) -> str:
    return "; a later rank passes and takes this one along" if story.taken_along else ""


def _p_value_means(certificate: engine.Certificate) -> str:
    if certificate.settings.testing.anytime:
        return "a bound on the chance that such evidence ever shows up, if"
    return "how likely so many hits are, if"


def _regions(
    certificate: engine.Certificate, story: engine.certification.PixelStory, space: engine.inputs.LabelSpace
) -> None:
    name = space.classes[story.top]
    region = engine.certification.region_story(certificate, story.row, story.column)
    whole = engine.certification.class_story(certificate, story.top)
    promise, outcome = is_promise(certificate.settings), passed(certificate.settings)
    left, right = st.columns([1, 1], gap="large")
    with left:
        picture = overlay.highlight(engine.export.colour_labels(certificate.labels, space), region.mask)
        st.image(
            overlay.png(picture, compression=1),
            width="stretch",
            alt=f"the region of {name} around the pixel",
        )
    with right:
        st.markdown(f"**Its region, and all of {name}**")
        st.dataframe(
            [
                {
                    "": title,
                    "Pixels": story_of.size,
                    outcome: share(story_of.selected, story_of.size),
                    **({"Smallest radius": _smallest(story_of)} if promise else {}),
                }
                for title, story_of in ((f"This region of {name}", region), (f"All {name}", whole))
            ],
            hide_index=True,
        )
        told = "The smallest radius is over the certified pixels of the region; its other pixels are promised nothing. "
        st.caption(f"{told if promise else ''}{left_open(certificate)}")


def _smallest(region: engine.certification.RegionStory) -> str:
    return floored(region.smallest_radius) if region.certified else "–"
