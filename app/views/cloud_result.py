"""A finished run on a shape: the sentence, the shapes to turn, the numbers, the downloads."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app.clouds import CloudOutcome, CloudRequest
from app.procedure import offer_free_mode
from app.views import cloud_words, wording
from app.views.clouds import cloud_figure, is_dark, show_linked
from app.views.result import at_chosen_tau, stale
from app.views.tables import LEGEND_STYLE, hits_chart

Ids = NDArray[np.integer]

_BASE = "Base model, clean"
_NARROW = (
    "<style>@media (max-width: 640px) { .legend .bar { display: none; } "
    ".legend td, .legend th { padding: .2rem .3rem; } }</style>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part: points tested for it and certified, and where the truth is known the points that are it, the points
    certified and the base model's points as (intersection, union) with it."""

    part: str
    colour: tuple[int, int, int]
    tested: int
    certified: int
    true: int | None
    certified_overlap: tuple[int, int] | None
    base_overlap: tuple[int, int] | None


def show_result(outcome: CloudOutcome, *, current: CloudRequest | None) -> None:
    """Render a result; `current` is what the page's controls ask for now."""
    if current is None or not current.gave(outcome):
        st.warning(stale(outcome, current, _settings_line(outcome.certificate), "shape"))
        if current is not None and "tau" in current.differs(outcome):
            offer_free_mode()
    kind = "Certificate" if wording.is_promise(outcome.request.settings) else "Selection"
    category = outcome.space.name
    st.subheader(f"{kind} for {wording.plain(outcome.request.name)}, as {category}", anchor=False)
    _body(outcome)


@st.fragment
def _body(outcome: CloudOutcome) -> None:
    """All that depends on tau, which may be moved where the mode leaves it free; nothing is drawn again."""
    certificate = at_chosen_tau(outcome.certificate)
    text = f"**{cloud_words.guarantee(certificate)}**"
    if wording.without_promise(certificate, "points", "shapes"):
        st.warning(text, icon=":material/info:")
    else:
        st.success(text, icon=":material/verified_user:")
    st.caption(_settings_line(certificate))
    scores = scores_of(outcome, certificate)
    _numbers(certificate, scores)
    _shapes(outcome, certificate)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### Parts")
        st.html(table(part_rows(outcome, certificate), certificate))
        _without_abstention(certificate)
    with right:
        st.markdown("#### What the radius means")
        if not wording.without_promise(certificate, "points", "shapes"):
            st.markdown(cloud_words.in_plain_terms(certificate, outcome.request.cloud))
        st.markdown(cloud_words.fine_print(certificate, outcome.request.cloud))
        family = certificate.settings.noise
        st.caption(f"Noise: {family.assumes}. Source: {family.source}.")
    with st.expander("Where was the line drawn?", icon=":material/bar_chart:"):
        st.plotly_chart(hits_chart(certificate, "points"), key="cloud_hits", config={"displayModeBar": False})
        procedure = certificate.settings.procedure
        st.caption(f"{procedure.title} controls the {procedure.controls}. Assumption: {procedure.needs}.")
    _downloads(outcome, certificate)


def _numbers(certificate: engine.Certificate, scores: Mapping[str, engine.evaluation.Scores]) -> None:
    settings, total = certificate.settings, certificate.labels.size
    certified, promise, name = certificate.certified_count, wording.is_promise(settings), wording.passed(settings)
    facts = {
        name: (wording.share(certified, total), f"{certified:,} of {total:,} points; rounded down"),
        "Abstained": (wording.share_up(total - certified, total), "rounded up"),
        **(cloud_words.radii(settings) if promise else {"Radius": ("–", "nothing is promised about attacks")}),
        "Draws": (
            f"{certificate.draws:,}",
            f"of at most {settings.n:,}; ended: {certificate.provenance.stopped}",
        ),
    }
    if scores:
        correct, base = scores[name], scores[_BASE]
        facts[f"{name} and correct"] = (
            _percent(correct.accuracy),
            f"of the points whose part is known; the base model alone: {_percent(base.accuracy)}",
        )
        facts["Mean IoU"] = (
            _percent(correct.miou_image),
            f"of the {name.lower()} points, over the parts there are; the base model alone: "
            f"{_percent(base.miou_image)}",
        )
    for cell, (label, (value, why)) in zip(st.columns(len(facts)), facts.items(), strict=True):
        cell.metric(label, value, help=why)


def _shapes(outcome: CloudOutcome, certificate: engine.Certificate) -> None:
    """Certified, base model and truth, turned together."""
    cloud, space, truth, dark = outcome.request.cloud, outcome.space, outcome.request.truth, is_dark()
    made, name = certificate.provenance.created, wording.passed(certificate.settings)
    usual = 4.0 if cloud.components <= 3000 else 2.5
    size = st.columns([1, 2])[0].slider("Point size", 1.0, 8.0, usual, 0.5, key=f"size_{made}")
    what = (
        "Hollow where the smoothed model abstains."
        if wording.is_promise(certificate.settings)
        else "Selected at a false discovery rate; nothing is promised about single points."
    )
    sides: dict[str, tuple[Ids, list[str] | None, str]] = {
        name: (certificate.labels, cloud_words.hover_texts(certificate, space), what),
        "Base model": (outcome.base, None, "Its answer on the shape as it is: nothing is promised about it."),
    }
    if truth is not None:
        sides["Ground truth"] = (truth.astype(np.int64), None, "Hollow where nothing is labelled.")
    figures = {}
    for title, (labels, hover, caption) in sides.items():
        figure = cloud_figure(
            cloud, labels, space, hover=hover, point_size=size, dark=dark, key=f"{title}_{made}"
        )  # fmt: skip
        figures[title] = (figure, caption)
    show_linked(figures, key="cloud_views")


def part_rows(outcome: CloudOutcome, certificate: engine.Certificate) -> list[PartRow]:
    """The parts that were tested anywhere or are there in truth, in the model's order."""
    space, truth, rows = outcome.space, outcome.request.truth, []
    for number, (part, colour) in enumerate(zip(space.classes, space.palette, strict=True)):
        tested = int(np.count_nonzero(certificate.top == number))
        there = None if truth is None else truth == number
        if not tested and (there is None or not there.any()):
            continue
        row = PartRow(
            part=part,
            colour=colour,
            tested=tested,
            certified=int(np.count_nonzero(certificate.labels == number)),
            true=None if there is None else int(there.sum()),
            certified_overlap=None if there is None or truth is None else _overlap(certificate.labels, truth, number),
            base_overlap=None if there is None or truth is None else _overlap(outcome.base, truth, number),
        )
        rows.append(row)
    return rows


def _overlap(labels: Ids, truth: Ids, part: int) -> tuple[int, int]:
    """Intersection and union with a part, among the points whose part is known; an abstention is in no prediction."""
    given, there = (labels == part) & (truth != engine.inputs.VOID), truth == part
    return int((given & there).sum()), int((given | there).sum())


def table(rows: list[PartRow], certificate: engine.Certificate) -> str:
    """The parts as HTML: colour, points tested, certified share, and IoU where the truth is known."""
    known = bool(rows) and rows[0].true is not None
    name, total = wording.passed(certificate.settings), certificate.labels.size
    head = f"<th></th><th>Part</th><th>Tested</th><th>{name}</th><th class='bar'></th>"
    head += f"<th>IoU {name.lower()}</th><th>IoU base</th>" if known else ""
    body = ""
    for row in rows:
        share = wording.share(row.certified, row.tested)
        width = 100.0 * row.certified / row.tested if row.tested else 0.0
        body += (
            f"<tr><td><span class='chip' style='background:rgb{row.colour}'></span></td>"
            f"<td>{html.escape(row.part)}</td><td class='n'>{row.tested:,}</td><td class='n'>{share}</td>"
            f"<td class='bar'><span style='width:{width:.1f}%;background:rgb{row.colour}'></span></td>"
        )
        for overlap in (row.certified_overlap, row.base_overlap):
            body += "" if overlap is None else f"<td class='n'>{wording.share(*overlap)}</td>"
        body += "</tr>"
    abstained = total - certificate.certified_count
    rest = f"<td class='n'>{abstained:,}</td><td colspan='{4 if known else 2}'>"
    body += f"<tr><td><span class='chip'></span></td><td>Abstained</td>{rest}"
    body += f"{wording.share_up(abstained, total)} of all</td></tr>"
    return f"{LEGEND_STYLE}{_NARROW}<table class='legend'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def scores_of(outcome: CloudOutcome, certificate: engine.Certificate) -> dict[str, engine.evaluation.Scores]:
    """Of what passed and of the base model, by name; empty where the truth is not known."""
    truth = outcome.request.truth
    if truth is None:
        return {}
    answers: dict[str, Ids] = {wording.passed(certificate.settings): certificate.labels, _BASE: outcome.base}
    return {name: engine.evaluation.score(labels, truth, len(outcome.space)) for name, labels in answers.items()}


def _without_abstention(certificate: engine.Certificate) -> None:
    """The certificate that the part keeps a probability above a second threshold: METHOD's R(tau, tau2)."""
    tau = certificate.settings.tau
    if tau <= 0.51 or wording.without_promise(certificate, "points", "shapes"):
        return
    with st.expander("And where can it not even abstain?", icon=":material/shield:"):
        most = int(100 * tau) / 100
        floor = st.slider("Second threshold τ₂", 0.5, most, round((0.5 + most) / 2.0, 2), 0.01,
                          key=f"part_floor_{tau:g}", format="%.2f")  # fmt: skip
        allowed = cloud_words.change(certificate.settings, certificate.non_abstention_radius(floor))
        st.markdown(
            f"Under any **{allowed}** every certified point's part keeps a probability of at least τ₂ = {floor:.2f} "
            "under noise: a smoothed model that answers above that threshold still answers there, with the same part. "
            "The same draws, the same α. "
            f"{wording.reservations(certificate.settings, certificate.labels.size, 'points')}"
        )


def record(outcome: CloudOutcome, certificate: engine.Certificate) -> dict[str, Any]:
    """All that the page says of a result, ready for JSON."""
    settings, rows = certificate.settings, part_rows(outcome, certificate)
    made: dict[str, Any] = {
        "sentence": cloud_words.guarantee(certificate),
        "shape": outcome.request.name,
        "settings": settings.as_dict(),
        "provenance": asdict(certificate.provenance),
        "points": certificate.labels.size,
        "certified": certificate.certified_count,
        "draws": certificate.draws,
        "cutoff": certificate.cutoff,
        "radius": certificate.radius if wording.is_promise(settings) else None,
        "radius_unit": settings.noise.unit,
        "parts": [asdict(row) for row in rows],
        "scores": {name: asdict(scores) for name, scores in scores_of(outcome, certificate).items()},
    }
    if (published := settings.noise.published) is not None:
        made["angle_published_not_proved"] = published(settings.sigma, settings.tau)
    return made


def _downloads(outcome: CloudOutcome, certificate: engine.Certificate) -> None:
    request, space = outcome.request, outcome.space
    st.markdown("#### Take it with you")
    with st.container(horizontal=True):
        st.download_button("Certificate", certificate.to_bytes, "certificate.npz", "application/octet-stream",
                           icon=":material/verified_user:", on_click="ignore")  # fmt: skip
        st.download_button("Certified shape",
                           lambda: engine.export.labels_ply(request.cloud, certificate.labels, space), "certified.ply",
                           "application/octet-stream", icon=":material/view_in_ar:",
                           on_click="ignore")  # fmt: skip
        st.download_button("Record", lambda: json.dumps(record(outcome, certificate), indent=1, ensure_ascii=False),
                           "certified.json", "application/json", icon=":material/description:",
                           on_click="ignore")  # fmt: skip
        if request.file is not None:
            st.download_button("The shape itself", request.file, request.name, "application/octet-stream",
                               icon=":material/download:", on_click="ignore")  # fmt: skip
    st.caption("Check a certificate, drawing again: `python -m engine verify certificate.npz --shape FILE --resample`")


def _percent(share: float) -> str:
    """A measured share, rounded down to a tenth of a percent."""
    return wording.share(int(share * 1e9), 10**9)


def _settings_line(certificate: engine.Certificate) -> str:
    s = certificate.settings
    budget = f" with error budget b = {certificate.tolerated:,}" if certificate.tolerated else ""
    sigma = f"σ = {s.sigma!r}, " if s.noise.scaled else ""
    return (
        f"{certificate.provenance.model}, {s.noise.title}, {s.testing.label} mode, {sigma}"
        f"τ = {s.tau!r}, n₀ = {s.n0}, n = {s.n}, α = {s.alpha!r}, {s.procedure.title}{budget}, "
        f"seed {s.seed}, {certificate.labels.size:,} points, {certificate.provenance.seconds_sampling:.1f} s"
    )
