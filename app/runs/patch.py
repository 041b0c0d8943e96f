"""Patches: a picture's certificate, what a model answers on it with a sticker, with and without defence, and stickers
that are optimised."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image as Pillow

import engine
from app.runs import shared
from app.runs.models import load
from app.runs.queue import Job
from app.runs.requests import Labels
from engine.attacks import Step, StickerSettings, contents, optimise_sticker
from engine.patches import PatchCertificate, PatchSettings, certify_patches, respond

STEPS = 40
MOST_PASSES = 400
"""What one certificate takes here at most; the command line takes more."""

_PAGE = "patch"
_SEED = 0
Content = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PatchRequest:
    """A certificate as asked for, and the model without defence beside it. Raises InvalidSetting for too many passes.

    name: of the picture.
    """

    name: str
    image: engine.inputs.Image
    model: str
    settings: PatchSettings
    undefended: str

    def __post_init__(self) -> None:
        passes = len(self.settings.windows(*self.image.shape))
        if passes > MOST_PASSES:
            raise engine.core.InvalidSetting(
                f"{passes:,} windows are more than the {MOST_PASSES} that one run here may take; choose a larger "
                "stride, or use the command line"
            )

    @property
    def key(self) -> Hashable:
        """What the certificate follows from."""
        settings = tuple(self.settings.as_dict().items())
        return "patches", self.model, _weights(self.model), self.image.sha256, settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What an optimised content was made for: a square of `size` pixels at column x and row y of a picture, by its
    sha256, and a model."""

    image: str
    undefended: str
    x: int
    y: int
    size: int

    @property
    def key(self) -> Hashable:
        return "sticker", _weights(self.undefended), self, STEPS


def certificate_job(request: PatchRequest) -> Job:
    """The job whose result is the `PatchCertificate`. Raises QueueFull."""

    def work(job: Job) -> PatchCertificate:
        return certify_patches(
            load(request.model), request.image, request.settings, progress=job.progress,
            cancelled=job.cancel_requested,
        )  # fmt: skip

    return shared.ask(request.key, work, page=_PAGE, slot="patch_certificate")


def response_key(request: PatchRequest, stuck: engine.inputs.Image) -> Hashable:
    """What the certified model's answers on a picture with a sticker follow from."""
    return "response", request.key, stuck.sha256


def response_job(request: PatchRequest, certificate: PatchCertificate, stuck: engine.inputs.Image) -> Job:
    """The job whose result are the certified model's `Answers` on a picture with a sticker. Raises QueueFull."""

    def work(job: Job) -> engine.patches.Answers:
        return respond(
            load(request.model), certificate, stuck, progress=job.progress, cancelled=job.cancel_requested
        )  # fmt: skip

    return shared.ask(response_key(request, stuck), work, page=_PAGE, slot="patch_response")


def optimise_job(spot: Spot, image: engine.inputs.Image) -> Job:
    """The job whose result is the content that changes most answers of the undefended model outside it, float32
    (size, size, 3). Raises QueueFull."""

    def work(job: Job) -> Content:
        model = load(spot.undefended)

        def watch(step: Step) -> None:
            job.progress(step.number, STEPS)

        found = optimise_sticker(
            model, image, StickerSettings(size=spot.size, steps=STEPS), x=spot.x, y=spot.y,
            answers=engine.certification.base_prediction(model, image), watch=watch, cancelled=job.cancel_requested,
        )  # fmt: skip
        return found.content

    return shared.ask(spot.key, work, page=_PAGE, slot="patch_sticker")


@st.cache_data(max_entries=256, show_spinner=False)
def plain_content(name: str, size: int) -> Content:
    """A content that no model was asked about, float32 (size, size, 3). Raises UnknownName."""
    return contents[name].make(size, _SEED)


def of_size(content: Content, size: int) -> Content:
    """A content enlarged or reduced, float32 (size, size, 3): another one than was optimised."""
    if len(content) == size:
        return content
    eight = Pillow.fromarray(np.rint(content * 255.0).astype(np.uint8))
    return np.asarray(eight.resize((size, size), Pillow.Resampling.BILINEAR), dtype=np.float32) / np.float32(255.0)


def answer(model: str, image: engine.inputs.Image) -> Labels:
    """The model's own classes, uint8 (H, W): no promise."""
    return _answer(model, _weights(model), image.sha256, image)


@st.cache_data(max_entries=128, ttl=3600, show_spinner=False)
def _answer(model: str, weights: str, digest: str, _image: engine.inputs.Image) -> Labels:
    _ = weights, digest  # with the model's name the key of the cache
    return engine.certification.base_prediction(load(model), _image)


def _weights(model: str) -> str:
    return engine.models.model_info(model).weights_sha256
