"""No patch, anywhere, changes a certified pixel unnoticed: every place and several contents, on models that read all.

The faults that would break it are built in and found by the same search.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from torch import Tensor, nn

from engine.inputs import Image
from engine.models import BaseModel
from engine.patches import (
    Fill,
    PatchCertificate,
    PatchSettings,
    Window,
    answers_of,
    certify_patches,
    judge_patch,
    respond,
)
from tests.material.pictures import plain_image
from tests.unit.patches.conftest import Anywhere, Brightest, Made, Mean, with_patch

SETTINGS = PatchSettings(patch=4, stride=5, size=64)


def contents(seed: int) -> list[np.ndarray]:
    """Black, white, noise, and the corners of the range at random; one smaller than the largest patch."""
    rng = np.random.default_rng(seed)
    full = (SETTINGS.patch, SETTINGS.patch, 3)
    return [
        np.zeros(full),
        np.ones(full),
        rng.random(full),
        rng.integers(0, 2, full).astype(float),
        rng.random((2, 3, 3)),
    ]


def broken(model: BaseModel, image: Image, certificate: PatchCertificate, every: int = 1) -> tuple[int, int]:
    """Promises broken by any content at any place, and alarms raised where none was before."""
    violations = alarms = 0
    for number, (top, left) in enumerate(
        (top, left) for top in range(16 - SETTINGS.patch + 1) for left in range(18 - SETTINGS.patch + 1)
    ):
        if number % every:
            continue
        for content in contents(number):
            after = with_patch(image, top, left, content)
            verdict = judge_patch(certificate, image, after, respond(model, certificate, after))
            violations += verdict.violations
            alarms += verdict.new_alarms
    return violations, alarms


@pytest.mark.parametrize("fill", ["mean", "smooth"])
@pytest.mark.parametrize("seed", [0, 9])
def test_no_certified_pixel_is_changed_unnoticed(made: Made, picture: Image, fill: str, seed: int) -> None:
    model = made(Anywhere(seed, reach=0.5))
    certificate = certify_patches(model, picture, replace(SETTINGS, fill=fill))
    assert 0.1 < certificate.certified_fraction < 0.95  # there is something to break, and not everything holds
    violations, alarms = broken(model, picture, certificate, every=3)
    assert violations == 0
    assert alarms > 500  # the patches do change answers: the alarm is what saves the promise


@pytest.mark.parametrize("network", [Mean(0.21), Brightest(0.9)])
def test_it_holds_for_models_that_one_patch_turns_over(made: Made, picture: Image, network: nn.Module) -> None:
    model = made(network)
    certificate = certify_patches(model, picture, SETTINGS)
    assert certificate.certified.all()
    assert broken(model, picture, certificate, every=2)[0] == 0


def test_a_fill_that_leaks_is_found(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    # The fault: hidden pixels get the mean of the whole picture, the patch's pixels too. On a picture of 0.15 a white
    # patch of 16 of 288 pixels lifts that mean by 0.85 * 16 / 288 = 0.047; behind a window of 64 pixels that hides it
    # the picture's mean still rises by 0.047 * 64 / 288 = 0.0105, over a threshold 0.005 higher: no alarm is raised.
    def leaking(pictures: Tensor, window: Window, fill: Fill) -> Tensor:
        _ = fill
        out = pictures.clone()
        out[:, window.pixels[0], window.pixels[1]] = pictures.mean(dim=(1, 2), keepdim=True)
        return out

    monkeypatch.setattr("engine.patches.answers.covered", leaking)
    model, picture = made(Mean(0.155)), plain_image(16, 18, 0.15)
    certificate = certify_patches(model, picture, SETTINGS)
    assert certificate.certified.all()
    assert broken(model, picture, certificate, every=10)[0] > 0


def test_windows_one_pixel_too_small_are_found(made: Made, picture: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    # The fault: p + s - 2 pixels a side. Of a patch just before the next window a column stays visible.
    whole = PatchSettings.windows

    def cut(self: PatchSettings, height: int, width: int) -> tuple[Window, ...]:
        return tuple(replace(one, right=min(one.right, one.left + self.patch + self.stride - 2))
                     for one in whole(self, height, width))  # fmt: skip

    monkeypatch.setattr(PatchSettings, "windows", cut)
    model = made(Brightest(0.9))
    certificate = certify_patches(model, picture, SETTINGS)
    assert certificate.certified.all()
    assert broken(model, picture, certificate)[0] > 0


def test_every_pass_sees_one_picture(made: Made, picture: Image) -> None:
    # In a batch a network's last digits may depend on its size: then certificate and alarm would not ask the same
    # function. Asked are the picture, every window, and the picture once more.
    sizes: list[int] = []

    class Recorded(Mean):
        def forward(self, images: Tensor) -> Tensor:
            sizes.append(len(images))
            return super().forward(images)

    certificate = certify_patches(made(Recorded(0.5)), picture, SETTINGS)
    assert sizes == [1] * (certificate.passes + 2)


def test_values_between_grid_points_are_the_grids(made: Made, picture: Image) -> None:
    # A picture and the same one moved by less than half a step of the grid are one to the model: same answers, bit for
    # bit, from a network that would show any other last digit.
    seen: list[Tensor] = []

    class Kept(Mean):
        def forward(self, images: Tensor) -> Tensor:
            seen.append(images.clone())
            return super().forward(images)

    model = made(Kept(0.5))
    rounded = np.round(picture.pixels.astype(np.float64) * 2**16) / 2**16
    for pixels in (rounded, rounded + 0.3 / 2**16, rounded - 0.3 / 2**16):
        answers_of(model, with_patch(picture, 0, 0, pixels.astype(np.float32)), SETTINGS)
    first, second, third = (seen[part * len(seen) // 3 : (part + 1) * len(seen) // 3] for part in range(3))
    for one, two, three in zip(first, second, third, strict=True):
        assert bool((one == two).all())
        assert bool((one == three).all())
        steps = one.double() * 2**16
        assert bool((steps == steps.round()).all())
