"""The search for the worst change: never outside the region, and it finds what is there."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.attacks import Attempt, ChangeResult, aim_at, attacked_input, attempt, change_of, changed_input, flipped
from engine.attacks.changes import ChangeSettings, worst_change
from engine.attacks.polar import Polar
from engine.attacks.search import Enough, Step
from engine.certification import Settings
from engine.certification.pipeline import base_prediction
from engine.changes import Change, Parameter, changes
from engine.core import Cancelled, Compute, InvalidInput, InvalidSetting
from engine.core.rng import Source
from engine.inputs import Image
from engine.inputs.changed import changed_image
from engine.inputs.images import image_from_array
from engine.inputs.labels import LabelSpace
from engine.models import BaseModel, ModelInfo
from engine.perturbations import Family
from engine.perturbations._regions import Ellipse, Region, Span
from engine.perturbations.base import Amounts

TWO = Change(
    name="level-and-tilt",
    title="Level and tilt",
    inputs=("image",),
    parameters=(
        Parameter(name="level", title="Level", neutral=0.0, low=-1.0, high=1.0),
        Parameter(name="tilt", title="Tilt", neutral=0.0, low=-1.0, high=1.0),
    ),
    apply=lambda clean, values: (
        clean
        + values[0].to(clean.dtype)
        + values[1].to(clean.dtype) * torch.linspace(-1, 1, clean.shape[1], dtype=clean.dtype)[:, None]
    ),
)


class Bands(nn.Module):
    """Class 1 where a pixel lies above `edge`, else 0."""

    def __init__(self, edge: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.edge = edge

    def forward(self, values: Tensor) -> Tensor:
        margin = self.edge(values[:, 0] if values.shape[1] == 3 else values[..., 0])
        return torch.stack([-margin, margin], dim=1)


def model_of(compute: Compute, edge: Callable[[Tensor], Tensor]) -> BaseModel:
    labels = LabelSpace(name="two", classes=("low", "high"), palette=((0, 0, 0), (255, 255, 255)))
    info = ModelInfo(
        name="bands", title="Bands", labels=labels, weights_sha256="0" * 64, trained_sigma=0.0, card="", denoised=False
    )
    return BaseModel(info=info, network=Bands(edge), compute=compute)


def family_of(change: Change, region: Region) -> Family:
    def perturb(clean: Tensor, sigma: float, source: Source) -> Tensor:
        drawn = sigma * source.normal(torch.empty(len(change.parameters), dtype=torch.float64))
        return change.apply(clean, drawn + torch.tensor(change.neutral, dtype=torch.float64))

    return Family(
        name="toy", title="Toy", unit="u", assumes="sigma", source="test", inputs=("image",), perturb=perturb,
        region=lambda **_: region, measure=Amounts(change=change), misplaced=lambda *_: 0.0, shared=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def grey() -> Image:
    return image_from_array(np.full((24, 32, 3), 0.5, dtype=np.float32))


def searched(
    compute: Compute, image: Image, change: Change, region: Region, edge: Callable[[Tensor], Tensor],
    only: slice = slice(None), **options: object,
) -> tuple[dict[str, float], float, float]:  # fmt: skip
    """The amounts that were found, how far they are, and the share that they flip."""
    model = model_of(compute, edge)
    how = ChangeSettings(**{"budget": 1.0, "change": change, "region": region, "passes": 40, **options})  # type: ignore[arg-type]
    where = np.zeros(image.shape, dtype=bool)
    where[:, only] = True
    found = worst_change(model, image, aim_at(model, image, only=where), how, family_of(change, region))
    changed = changed_input(image, change, found.amounts)
    lost = flipped(base_prediction(model, image), base_prediction(model, changed), where)
    assert lost == pytest.approx(found.share)
    return dict(found.amounts), found.size, lost


@pytest.mark.parametrize(("reach", "falls"), [(0.19, False), (0.21, True)])
def test_a_brightness_is_found_where_one_is_enough(compute: Compute, grey: Image, reach: float, falls: bool) -> None:
    brightness = changes["brightness"]
    region = Span(parameter=brightness.parameters[0], low=-reach, high=reach)
    amounts, size, lost = searched(compute, grey, brightness, region, lambda x: x - 0.7)  # grey is .5: .2 are missing
    assert region.contains(amounts)
    assert size <= 1.0
    assert lost == (1.0 if falls else 0.0)
    assert (amounts["brightness"] > 0.2) == falls


def test_a_corner_between_two_parameters_is_found(compute: Compute, grey: Image) -> None:
    """The right edge rises by level + tilt; inside the ellipse that is most at equal parts, sqrt(2) of an axis."""
    region = Ellipse(parameters=TWO.parameters, axes=(0.1, 0.1))
    right = slice(31, 32)
    amounts, _, lost = searched(compute, grey, TWO, region, lambda x: x - 0.64, only=right)
    _, _, nothing = searched(compute, grey, TWO, region, lambda x: x - 0.6425, only=right)
    assert (lost, nothing) == (1.0, 0.0)
    assert amounts["level"] == pytest.approx(amounts["tilt"], rel=0.35)
    assert region.contains(amounts)


def test_beyond_the_region_only_with_a_larger_budget(compute: Compute, grey: Image) -> None:
    brightness = changes["brightness"]
    region = Span(parameter=brightness.parameters[0], low=-0.1, high=0.1)
    amounts, size, lost = searched(compute, grey, brightness, region, lambda x: x - 0.65, budget=2.0)
    assert (lost, size > 1.0) == (1.0, True)
    assert not region.contains(amounts)


def test_a_parameter_that_only_grows_and_one_that_multiplies() -> None:
    blur = Parameter(name="blur", title="Blur", neutral=0.0, low=0.0, high=5.0)
    only_grows = Polar(
        Change(name="b", title="B", inputs=("image",), parameters=(blur,), apply=lambda clean, _: clean),
        Span(parameter=blur, low=0.0, high=2.0),
    )
    assert only_grows.amounts(only_grows.within(np.array([-0.5]), 1.0)) == {"blur": pytest.approx(1.0)}
    gamma = changes["gamma"]
    multiplies = Polar(gamma, Span(parameter=gamma.parameters[0], low=0.5, high=2.0))
    for place, value in ((1.0, 2.0), (-1.0, 0.5), (0.5, math.sqrt(2.0)), (0.0, 1.0)):
        assert multiplies.amounts(np.array([place]))["gamma"] == pytest.approx(value)
    lopsided = Polar(gamma, Span(parameter=gamma.parameters[0], low=0.5, high=1.5))
    for place, value in ((1.0, 1.5), (-1.0, 0.5)):  # each side ends at its own edge
        assert lopsided.amounts(np.array([place]))["gamma"] == pytest.approx(value)
        assert lopsided._region.contains(lopsided.amounts(np.array([place])))


def test_the_watch_may_end_it_and_it_may_be_cancelled(compute: Compute, grey: Image) -> None:
    brightness = changes["brightness"]
    region = Span(parameter=brightness.parameters[0], low=-0.3, high=0.3)
    model, family = model_of(compute, lambda x: x - 0.7), family_of(brightness, region)
    how, aim = ChangeSettings(budget=1.0, change=brightness, region=region, passes=50), aim_at(model, grey)

    def watch(step: Step) -> None:
        if step.number == 3:
            raise Enough

    assert len(worst_change(model, grey, aim, how, family, watch=watch).history) == 4
    with pytest.raises(Cancelled):
        worst_change(model, grey, aim, how, family, cancelled=lambda: True)
    for victim in ("base", "smoothed"):
        runs = [worst_change(model, grey, aim, how, family, victim=victim, sigma=0.1) for _ in range(2)]
        assert runs[0].amounts == runs[1].amounts  # decided by the seed
    with pytest.raises(InvalidSetting, match="passes must lie in"):
        ChangeSettings(budget=1.0, change=brightness, region=region, passes=0)
    with pytest.raises(InvalidSetting, match="a budget must be"):
        ChangeSettings(budget=-1.0, change=brightness, region=region)


def test_a_changed_picture_is_kept_as_it_was_computed(grey: Image) -> None:
    changed = changed_input(grey, changes["brightness"], {"brightness": 0.7})
    assert changed.values.dtype == np.float64
    assert changed.values.max() == pytest.approx(1.2)
    assert changed.as_uint8().max() == 255  # type: ignore[attr-defined]
    assert changed.sha256 != grey.sha256
    assert (changed.source_sha256, changed.source_size, changed.shape) == (
        grey.source_sha256, grey.source_size, grey.shape,
    )  # fmt: skip
    with pytest.raises(InvalidSetting, match="told by brightness, not by 'fog'"):
        changed_input(grey, changes["brightness"], {"fog": 1.0})
    with pytest.raises(InvalidInput, match="NaN or infinite"):
        changed_image(grey, np.full(grey.pixels.shape, np.nan))
    with pytest.raises(InvalidInput, match="must have the shape"):
        changed_image(grey, np.zeros((2, 2, 3)))


def test_what_was_changed_is_told_by_the_region(compute: Compute, grey: Image) -> None:
    brightness = changes["brightness"]
    region = Span(parameter=brightness.parameters[0], low=-0.3, high=0.3)
    model = model_of(compute, lambda x: x - 0.7)
    how = ChangeSettings(budget=1.0, change=brightness, region=region, passes=10)
    found = worst_change(model, grey, aim_at(model, grey), how, family_of(brightness, region))
    changed = changed_input(grey, brightness, found.amounts)
    assert change_of(Settings(), grey, changed, found) == found.amounts


def test_an_attempt_looks_for_the_change_that_the_family_is_about(street: BaseModel, street_image: Image) -> None:
    settings = Settings(family="brightness", sigma=0.25, strength=0.2, size=64)
    aim = aim_at(street, street_image)
    tried = attempt(street, street_image, aim, settings, Attempt(share=0.9, steps=8))
    assert isinstance(tried.result, ChangeResult)
    assert settings.region.contains(tried.result.amounts)
    assert abs(tried.result.amounts["brightness"]) <= 0.9 * settings.region.reach * (1 + 1e-9)
    changed = attacked_input(street_image, tried.result)
    assert changed.values.dtype == np.float64
    with pytest.raises(InvalidSetting, match="does not go with family brightness"):
        attempt(street, street_image, aim, settings, Attempt(name="pgd", steps=2))
    with pytest.raises(InvalidSetting, match="takes one loss"):
        attempt(street, street_image, aim, settings, Attempt(loss="all", steps=2))
