"""A finished attack on the page: the verdict, everything side by side, the curve, and what to take away."""

import io
from collections.abc import Callable, Sequence
from dataclasses import fields

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.components.viewer import show_viewer
from app.pictures import attack as pictures
from app.pictures import overlay
from app.pictures.clouds import PLAIN, cloud_figure
from app.runs import jobs
from app.runs.attack import AttackLook, AttackOutcome, Curve
from app.runs.queue import Job
from app.views.charts import is_dark, show_chart, show_linked
from app.views.report import attack_page, attack_record
from app.views.result import show_downloads
from app.words.attack import curve_promise, how_it_was_made, kept, made_for, sentences
from app.words.kinds import words_for
from app.words.promise import guarantee, without_promise
from engine.attacks import Duel, Found, Target

_PER_ROW = 3
_IMAGE_AXES = 2
_HOLLOW = "Hollow where the smoothed model abstains."

Side = tuple[engine.inputs.Cloud, NDArray[np.integer], engine.inputs.LabelSpace, str]
"""A cloud, a class for each point (P,), what the classes are, and a caption."""


def show_outcome(outcome: AttackOutcome) -> None:
    """Everything about one attack."""
    duel, image = outcome.duel, outcome.duel.clean.kind == "image"
    show_verdict(duel, outcome.request.target, direct=outcome.request.how.victim == engine.attacks.BASE)
    if image:
        _viewer(outcome)
    else:
        _shapes(outcome)
    st.caption(made_for(duel.clean.kind, outcome.request.how))
    st.caption(f"What was promised: {guarantee(duel.clean)}")
    if outcome.transferred:
        with st.expander("The same picture, given to every model", icon=":material/group_work:"):
            st.dataframe(transfer_rows(outcome), hide_index=True)
            st.caption(
                "Share of its own clean answers that each model changes, asked as it is, without noise or denoiser. "
                "Nothing is promised about any of them: what is certified is the smoothed model."
            )
    with st.expander("How it was made, step by step", icon=":material/timeline:"):
        st.caption(how_it_was_made(duel, outcome.request.how, outcome.request.undefended))
        key = "attack_history" if image else "shape_attack_history"
        show_chart(pictures.progress_chart(duel.result.history), key=key)
    _downloads(outcome)


def transfer_rows(outcome: AttackOutcome) -> list[dict[str, str]]:
    """Every model with what the attacked image does to it, the most harmed first."""
    made_for = outcome.request.undefended if outcome.request.how.victim == engine.attacks.BASE else ""
    return [
        {
            "Model": one.model,
            "Changed": f"{one.flipped:.1%}",
            "": "direct: the attack was made for it" if one.model == made_for else "transferred",
        }
        for one in sorted(outcome.transferred, key=lambda one: -one.flipped)
    ]


def show_verdict(duel: Duel[Found], target: Target | None = None, *, direct: bool = True) -> None:
    """What became of the undefended model and of the certificate, side by side. direct: whether the attack was made for
    the undefended one; where it was not, there is no fall to announce."""
    fell, stood = (sentence.replace("*", r"\*") for sentence in sentences(duel, target))
    left, right = st.columns(2)
    if direct:
        left.error(f"**{fell}**", icon=":material/gpp_bad:")
    else:
        left.info(f"**{fell}**", icon=":material/info:")
    if kept(duel):
        right.success(f"**{stood}**", icon=":material/verified_user:")
    elif duel.verdict.certified:
        right.warning(f"**{stood}** {without_promise(duel.clean)}".strip(), icon=":material/warning:")
    else:
        right.info(f"**{stood}** {without_promise(duel.clean)}".strip(), icon=":material/info:")


def _viewer(outcome: AttackOutcome) -> None:
    assert outcome.view is not None
    show_viewer(outcome.view, key=f"attacked_{outcome.duel.attacked.provenance.created}")


def sides_of(outcome: AttackOutcome) -> dict[str, Side]:
    """What is shown of an attack on a shape, by title."""
    duel, space, truth = outcome.duel, outcome.space, outcome.request.certify.truth
    clean, changed = outcome.request.certify.subject, duel.changed
    assert isinstance(clean, engine.inputs.Cloud)
    assert isinstance(changed, engine.inputs.Cloud)
    nothing = np.zeros(clean.components, dtype=np.int64)
    first: dict[str, Side] = (
        {pictures.SHAPE: (clean, nothing, PLAIN, "Its parts are not known.")}
        if truth is None
        else {pictures.TRUTH: (clean, truth.astype(np.int64), space, "Hollow where nothing is labelled.")}
    )
    return {
        **first,
        pictures.BEFORE: (clean, duel.before, space, "Nothing is promised about it."),
        pictures.AFTER: (changed, duel.after, space, "Its answer on the attacked shape."),
        pictures.CERTIFIED: (clean, duel.clean.labels, space, _HOLLOW),
        pictures.CERTIFIED_ATTACKED: (changed, duel.attacked.labels, space, f"With other noise. {_HOLLOW}"),
        pictures.FLIPS: (
            changed, pictures.flips_of(duel), overlay.FLIPS,
            "What became of a certified point goes before what the undefended model makes of it.",
        ),
    }  # fmt: skip


def _shapes(outcome: AttackOutcome) -> None:
    sides, made, dark = sides_of(outcome), outcome.duel.attacked.provenance.created, is_dark()
    frame = np.concatenate([side[0].points for side in sides.values()])
    figures = {
        title: (cloud_figure(cloud, labels, space, dark=dark, frame=frame, key=f"{title}_{made}"), caption)
        for title, (cloud, labels, space, caption) in sides.items()
    }
    show_linked(figures, key="attacked_views", per_row=_PER_ROW)


def show_curve(curve: Curve) -> None:
    """What is promised and what was measured over the budget."""
    show_chart(pictures.curve_chart(curve.points), key="curve")
    st.caption(
        "Undefended: share of all pixels whose class changed; each model is attacked for itself, all pixels together. "
        "Behind the denoiser: `single` before the undefended model, attacked through the denoiser and asked on one "
        "noisy draw. Cannot be flipped: share of all pixels that are certified at least so far, a guarantee. Outvoted: "
        "of the pixels certified on the clean image, the share to which most of a few noisy draws give another class "
        "when the smoothed model is attacked: an estimate, and no verdict; where the attacked image was certified too, "
        "the share that got another certified class is the verdict."
    )
    st.caption(curve_promise(curve.clean, curve.points))
    show_downloads(
        {
            "The curve, as a table": ("curve.csv", ":material/table:", lambda: curve_csv(curve.points), "text/csv"),
            "Certificate": (
                "clean.npz", ":material/download:", curve.clean.to_bytes, "application/octet-stream"
            ),
        }
    )  # fmt: skip


def curve_csv(points: Sequence[engine.attacks.CurvePoint]) -> bytes:
    """The curve as a table: a row for each budget, in units of the radius; what was not measured stays empty."""
    names = [field.name for field in fields(engine.attacks.CurvePoint) if field.name != "attacked"]
    rows = [[getattr(point, name) for name in names] for point in points]
    lines = [names, *([("" if value is None else f"{value:.6g}") for value in row] for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def show_steps(job: Job) -> None:
    """The attack so far: the victim's answer every few steps, the chart, and Stop, which keeps what was found."""
    look = job.view
    if isinstance(look, tuple):
        show_chart(pictures.curve_chart(look), key="live_curve")
    if not isinstance(look, AttackLook):
        return
    last = look.steps[-1]
    if st.button("Stop and keep it", icon=":material/front_hand:", key="stop_attack", type="primary"):
        jobs.finish(job)
    left, right = st.columns(2)
    if look.answer is not None and look.answer.ndim == _IMAGE_AXES:
        left.image(overlay.labels_png(look.answer, look.space), width="stretch", alt="the victim's answer so far")
    if look.answer is not None:
        changed = "one draw of it" if look.changed is None else f"{look.changed:.1%} of it changed"
        left.caption(f"The victim's answer now: {changed}.")
    with right:
        show_chart(pictures.progress_chart(look.steps), key="live_attack")
    st.caption(f"Step {last.number + 1}: {last.share:.1%} of what is attacked is as the attacker wants it.")


def _downloads(outcome: AttackOutcome) -> None:
    duel, binary = outcome.duel, "application/octet-stream"
    changed, what = duel.changed, words_for(duel.clean).input
    files: dict[str, tuple[str, str, Callable[[], bytes], str]] = {
        f"Attacked {what}, exactly": ("attacked.npy", ":material/download:", lambda: npy(changed.values), binary)
    }
    if isinstance(changed, engine.inputs.Cloud):
        files["Attacked shape, by its parts"] = (
            "attacked.ply", ":material/view_in_ar:",
            lambda: engine.export.labels_ply(changed, duel.after, outcome.space), binary,
        )  # fmt: skip
        files["Record"] = ("attacked.json", ":material/description:", lambda: attack_record(outcome), binary)
        show_downloads(files)
        st.caption(
            "Exactly what was attacked with: the working cloud's positions and, behind them, its normals, as a NumPy "
            "array."
        )
        return
    eight = pictures.eight_bits(duel)
    left = float(np.linalg.norm(eight.astype(np.float64) / 255.0 - outcome.request.certify.subject.values))
    files["Attacked image, 8 bits"] = (
        "attacked.png", ":material/image:", lambda: engine.export.png(eight), "image/png",
    )  # fmt: skip
    files["Report"] = ("certiscope-attack.html", ":material/description:", lambda: attack_page(outcome), "text/html")
    show_downloads(files)
    st.caption(
        f"l2 size of the change: {duel.result.size:.6g} as float32, {left:.6g} after rounding to 8 bits, which is "
        "another image."
    )


def npy(array: NDArray[np.floating]) -> bytes:
    """An array as the bytes of a NumPy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
