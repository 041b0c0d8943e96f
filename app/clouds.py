"""Shapes as the page certifies them: the twin of `requests` and `runner` for point clouds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np
import streamlit as st
from numpy.typing import NDArray

import engine
from app import jobs
from app.jobs.manager import Job
from app.requests import Asked, Choice, Look
from app.runner import pace
from app.state import session_id

Labels = NDArray[np.uint8]

_KEPT_SECONDS = 3600
_POINTS_BESIDE = 2000  # a draw takes as long as its points and about so many more: what a network does only once
_MOST_WORK = 45_000_000  # (points + those) times draws: 2,048 points with the paper's 10,000 draws, 20 slow minutes
_TRIAL_DRAWS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenShape:
    """A file of a shape as chosen. category: of a sample, else empty. parts: what its labels stand for, in order."""

    name: str
    data: bytes
    category: str = ""
    parts: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        return PurePath(self.name).suffix


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudRequest(Asked):
    """A shape to be certified.

    truth: uint8 (P,), the model's part of each point or VOID, or None. file: of a sample, which nobody else has.
    """

    cloud: engine.inputs.Cloud
    truth: Labels | None
    file: bytes | None = None

    @property
    def subject(self) -> engine.inputs.Cloud:
        return self.cloud


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudOutcome:
    """A finished run: the certificate, and the base model's own answer, uint8 (P,)."""

    request: CloudRequest
    certificate: engine.Certificate
    base: Labels
    space: engine.inputs.LabelSpace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudLook(Look):
    """A look at a run under way, and the shape that it is about."""

    cloud: engine.inputs.Cloud


def prepare(chosen: ChosenShape, model: str, choice: Choice) -> CloudRequest:
    """Decode and validate. Raises EngineError kinds with a sentence for the page."""
    cloud = decoded(chosen, choice.values.points)
    return CloudRequest(
        name=chosen.name,
        model=model,
        settings=choice.values,
        stop=choice.stop,
        fresh=choice.fresh_seed,
        cloud=cloud,
        truth=truth_of(cloud.labels, chosen.parts, engine.models.model_info(model).labels.classes),
        file=chosen.data if chosen.category else None,
    )


def decoded(chosen: ChosenShape, points: int) -> engine.inputs.Cloud:
    """The working cloud, as `python -m engine certify` reads the same file. Raises EngineError kinds."""
    return _decoded(hashlib.sha256(chosen.data).hexdigest(), chosen.suffix, points, chosen.data)


@st.cache_resource(max_entries=8, ttl=_KEPT_SECONDS, show_spinner=False)
def _decoded(digest: str, suffix: str, points: int, _data: bytes) -> engine.inputs.Cloud:  # noqa: ARG001 - the cache's key
    return engine.inputs.decode_cloud(_data, suffix=suffix, points=points)


def truth_of(labels: Labels | None, parts: tuple[str, ...], classes: tuple[str, ...]) -> Labels | None:
    """Labels of a file, uint8 (P,), as classes of a model, VOID for what it does not know; None where there are none.

    parts: what the labels stand for; empty for other people's files, whose labels count as the model's classes if all
    of them can.
    """
    if labels is None:
        return None
    if not parts:
        fits = ((labels < len(classes)) | (labels == engine.inputs.VOID)).all() and (labels < len(classes)).any()
        return labels if fits else None
    table = np.full(256, engine.inputs.VOID, dtype=np.uint8)
    for number, part in enumerate(parts):
        if part in classes:
            table[number] = classes.index(part)
    truth: Labels = table[labels]
    return truth if (truth != engine.inputs.VOID).any() else None


def submit(asked: CloudRequest) -> Job:
    """Queue a certification for this session. Raises QueueFull, or InvalidSetting for more work than a server takes."""
    request, measured = asked.with_seed(), pace()
    check_work(request)

    def work(job: Job) -> CloudOutcome:
        model = engine.load_model(request.model)
        cloud, space = request.cloud, model.info.labels
        certificate = engine.certify(
            model,
            cloud,
            request.settings,
            progress=job.progress,
            cancelled=job.cancel_requested,
            enough=job.enough_requested,
            stop=request.stop,
            live=lambda view: job.show(CloudLook(view=view, space=space, name=request.name, cloud=cloud)),
        )
        drawn = request.settings.n0 + certificate.draws
        measured.learn(network_of(request.model), certificate.provenance.seconds_sampling / _work(cloud, drawn))
        base = engine.certification.base_prediction(model, cloud)
        return CloudOutcome(request=request, certificate=certificate, base=base, space=space)

    return jobs.manager().submit(session_id(), work)


def check_work(request: CloudRequest, *, draws: float = 0) -> None:
    """Raises InvalidSetting for more work than a server takes at once. draws: in all; 0 for one certificate's."""
    points, draws = request.cloud.components, draws or request.settings.n0 + request.settings.n
    if engine.models.model_cost(request.model) * _work(request.cloud, draws) > _MOST_WORK:
        raise engine.core.InvalidSetting(
            f"{points:,} points with {draws:,.0f} draws are more than one run here may take; "
            "choose fewer points, draws or steps, or use the command line"
        )


def expected_seconds(request: CloudRequest) -> float:
    """About how long a run takes, from the pace of earlier runs or a short trial. Raises EngineError kinds."""
    seconds = pace().of(network_of(request.model), lambda: _trial(request))
    return seconds * _work(request.cloud, request.settings.n0 + request.settings.n)


def network_of(model: str) -> str:
    """The name of a model of shapes without the category that it is asked about: what a draw costs does not depend on
    it, but on how it is asked."""
    network, _, asked = model.partition("@")
    return "+".join([network, *asked.split("+")[1:]])


def _trial(request: CloudRequest) -> float:
    few = replace(request.settings, n0=1, n=_TRIAL_DRAWS - 1, mode="fixed", correction="holm", budget=0)
    model = engine.load_model(request.model)
    for _ in range(2):  # the first one also makes ready what is made once
        seconds = engine.certify(model, request.cloud, few).provenance.seconds_sampling
    return seconds / _work(request.cloud, _TRIAL_DRAWS)


def _work(cloud: engine.inputs.Cloud, draws: float) -> float:
    return (cloud.components + _POINTS_BESIDE) * draws


def shape_ply(shape: engine.inputs.Mesh) -> bytes:
    """A sample shape as a binary PLY file with a label for every face, such as anybody could upload."""
    header = (
        "ply", "format binary_little_endian 1.0",
        f"element vertex {len(shape.vertices)}", *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(shape.faces)}", "property list uchar int vertex_indices", "property uchar label",
        "end_header", "",
    )  # fmt: skip
    rows = np.empty(len(shape.faces), dtype=[("count", "u1"), ("corners", "<i4", 3), ("label", "u1")])
    rows["count"], rows["corners"], rows["label"] = 3, shape.faces, shape.face_labels
    return "\n".join(header).encode() + shape.vertices.astype("<f4").tobytes() + rows.tobytes()
