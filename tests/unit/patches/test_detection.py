"""What is refused, counted and recorded when pictures are certified against patches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.core import Cancelled, InvalidInput, InvalidSetting, NotCertifiable, UnknownName
from engine.inputs import Image, image_from_array
from engine.patches import (
    PatchSettings,
    answers_of,
    certify_patches,
    chosen_stride,
    judge_patch,
    respond,
    window_count,
)
from tests.unit.patches.conftest import Anywhere, Brightest, Made, Mean, with_patch

SETTINGS = PatchSettings(patch=4, stride=5, size=64)


def test_counts_are_those_of_single_passes(made: Made, picture: Image) -> None:
    # By hand: each window filled with the mean of the rest, one pass each.
    model = made(Anywhere(3, reach=0.5))
    found = answers_of(model, picture, SETTINGS)
    pixels = np.round(picture.pixels.astype(np.float64) * 2**16) / 2**16

    def asked(values: np.ndarray) -> np.ndarray:
        return model.predict(torch.from_numpy(values.astype(np.float32))[None])[0].numpy()

    plain, against = asked(pixels), np.zeros((16, 18), dtype=int)
    for top in range(0, 13, 5):
        for left in range(0, 15, 5):
            hidden = np.zeros((16, 18), dtype=bool)
            hidden[top : top + 8, left : left + 8] = True
            copy = pixels.copy()
            copy[hidden] = np.round(pixels[~hidden].mean(axis=0) * 2**16) / 2**16
            against += asked(copy) != plain
    assert np.array_equal(found.plain, plain)
    assert np.array_equal(found.against, against)
    assert np.array_equal(found.alarm, against > 0)


def test_a_model_that_answers_in_two_ways_is_refused(made: Made, picture: Image) -> None:
    class Moody(Mean):
        calls = 0

        def forward(self, images: Tensor) -> Tensor:
            self.calls += 1
            return super().forward(images).roll(self.calls, dims=1)

    with pytest.raises(NotCertifiable, match="answers the same picture in two ways"):
        certify_patches(made(Moody(0.5)), picture, replace(SETTINGS, stride=6))


def test_a_model_behind_a_denoiser_is_refused(made: Made, picture: Image) -> None:
    model = made(Mean(0.5))
    with pytest.raises(InvalidSetting, match="draws noise"):
        answers_of(replace(model, info=replace(model.info, denoised=True)), picture, SETTINGS)


def test_it_can_be_watched_and_stopped(made: Made, picture: Image) -> None:
    steps: list[tuple[int, int]] = []
    certificate = certify_patches(made(Mean(0.5)), picture, SETTINGS, progress=lambda *step: steps.append(step))
    assert steps == [(number + 1, certificate.passes) for number in range(certificate.passes)]
    with pytest.raises(Cancelled):
        certify_patches(made(Mean(0.5)), picture, SETTINGS, cancelled=lambda: True)


def test_answers_of_another_model_or_machine_are_not_the_certificates(made: Made, picture: Image) -> None:
    model = made(Mean(0.5))
    certificate = certify_patches(model, picture, SETTINGS)
    with pytest.raises(InvalidSetting, match="with other weights"):
        respond(replace(model, info=replace(model.info, weights_sha256="1" * 64)), certificate, picture)
    moved = replace(certificate, provenance=replace(certificate.provenance, precision="bf16"))
    with pytest.raises(InvalidSetting, match="holds for cpu/bf16"):
        respond(model, moved, picture)
    moved = replace(certificate, provenance=replace(certificate.provenance, threads=certificate.provenance.threads + 1))
    with pytest.raises(InvalidSetting, match="holds for cpu/fp32"):
        respond(model, moved, picture)
    with pytest.raises(InvalidInput, match="size of the one"):
        respond(model, certificate, image_from_array(np.zeros((18, 16, 3), dtype=np.float32)))


def test_a_verdict_counts(made: Made, picture: Image) -> None:
    # One white pixel turns the model over everywhere, but for the windows that hide it: an alarm everywhere.
    model = made(Brightest(0.9))
    certificate = certify_patches(model, picture, SETTINGS)
    after = with_patch(picture, 5, 5, np.ones((1, 1, 3)))
    verdict = judge_patch(certificate, picture, after, respond(model, certificate, after))
    assert (verdict.pixels, verdict.certified, verdict.changed) == (288, 288, 288)
    assert (verdict.alarms, verdict.new_alarms, verdict.unnoticed, verdict.violations) == (288, 288, 0, 0)
    forged = replace(respond(model, certificate, after), against=np.zeros((16, 18), dtype=np.int32))
    assert judge_patch(certificate, picture, after, forged).violations == 288
    same = judge_patch(certificate, picture, picture, respond(model, certificate, picture))
    assert (same.changed, same.alarms) == (0, 0)


def test_a_verdict_is_only_about_patches_of_the_certified_size(made: Made, picture: Image) -> None:
    model = made(Mean(0.5))
    certificate = certify_patches(model, picture, SETTINGS)
    response = respond(model, certificate, picture)
    with pytest.raises(InvalidInput, match="more was changed than a patch of 4x4"):
        judge_patch(certificate, picture, with_patch(picture, 3, 3, np.ones((4, 5, 3))), response)
    with pytest.raises(InvalidInput, match="not the picture that was certified"):
        judge_patch(certificate, with_patch(picture, 3, 3, np.ones((4, 4, 3))), picture, response)
    with pytest.raises(InvalidInput, match="does not change the size"):
        judge_patch(certificate, picture, image_from_array(np.zeros((18, 16, 3), dtype=np.float32)), response)


@pytest.mark.parametrize(("patch", "passes"), [(16, 36), (32, 36), (48, 20), (32, 2)])
def test_the_stride_chosen_is_the_smallest_that_may_be(patch: int, passes: int) -> None:
    stride = chosen_stride(100, 320, patch, passes=passes)
    assert window_count(100, 320, patch=patch, stride=stride) <= passes
    assert window_count(100, 320, patch=patch, stride=stride - 1) > passes


def test_no_stride_for_a_patch_that_does_not_fit() -> None:
    with pytest.raises(InvalidSetting, match="does not fit"):
        chosen_stride(20, 320, 32)
    with pytest.raises(InvalidSetting, match="hides all"):
        chosen_stride(64, 64, 32, passes=1)
    with pytest.raises(InvalidSetting, match="at least 1 pass"):
        chosen_stride(64, 64, 32, passes=0)


@pytest.mark.parametrize(
    "changes", [{"patch": 0}, {"patch": 2.0}, {"stride": True}, {"stride": 2000}, {"size": 10}, {"patch": "32"}]
)
def test_settings_out_of_bounds(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidSetting, match=next(iter(changes))):
        PatchSettings(**changes)  # type: ignore[arg-type]


def test_settings_by_name() -> None:
    with pytest.raises(UnknownName, match="unknown fill 'grey'; known: mean, smooth"):
        PatchSettings(fill="grey")
    with pytest.raises(InvalidSetting, match="have the names"):
        PatchSettings.from_dict({"patch": 3})
    assert PatchSettings.from_dict(SETTINGS.as_dict()) == SETTINGS
