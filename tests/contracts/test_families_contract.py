"""What every registered perturbation family must do: seeded noise that fills its copy, a proved radius or none."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.attacks.search import norms
from engine.core import InvalidSetting, NotCertifiable
from engine.core.rng import Stage, Streams
from engine.perturbations import Family, families, families_for
from engine.perturbations.base import Amounts, Angle, Distance
from tests.material.drawing import drawn

EVERY = list(families.values())
every = pytest.mark.parametrize("entry", EVERY, ids=[entry.name for entry in EVERY])
ADDITIVE = {"l2": 1.0, "l1-laplace": math.sqrt(2.0), "l1-uniform": 1 / math.sqrt(3.0)}  # deviations for sigma 1
KURTOSIS = {"l2": 3.0, "l1-laplace": 6.0, "l1-uniform": 1.8}
SHAPES = {"image": ((24, 32, 3),), "cloud": ((50, 3), (50, 6), (2, 50, 6))}
PIXEL_NOISE = (*ADDITIVE, "brightness")


def input_of(shape: tuple[int, ...]) -> torch.Tensor:
    """Values in [0.01, 1], or points with unit normals, float32."""
    values = 0.01 + 0.99 * torch.rand(shape, generator=torch.Generator().manual_seed(99))
    if shape[-1] == 6:
        values[..., 3:] = torch.nn.functional.normalize(values[..., 3:] - 0.5, dim=-1)
    return values


def small_input(entry: Family) -> torch.Tensor:
    """The smallest that the family takes: a picture if it changes pictures, else points."""
    return input_of((8, 10, 3) if "image" in entry.inputs else (40, 3))


def perturbed(entry: Family, seed: int, *, clean: torch.Tensor | None = None, sigma: float = 0.25) -> torch.Tensor:
    clean = small_input(entry) if clean is None else clean
    return drawn(entry, clean, sigma, torch.Generator().manual_seed(seed))


@every
def test_it_says_what_it_is(entry: Family) -> None:
    for text in (entry.name, entry.title, entry.unit, entry.assumes, entry.source):
        assert text.strip()
    assert "sigma" in entry.assumes
    told = {"norm": "not told by a size", "angle": "nothing to turn", "change": "not about one known change"}
    told.pop({Distance: "norm", Angle: "angle", Amounts: "change"}[type(entry.measure)])
    assert not isinstance(entry.measure, Distance) or entry.norm in norms
    for name, sentence in told.items():
        with pytest.raises(InvalidSetting, match=sentence):
            getattr(entry, name)
    assert families[entry.name] is entry
    assert entry.inputs
    for kind in SHAPES:
        assert (entry.name in families_for(kind)) == (kind in entry.inputs)  # type: ignore[arg-type]


@every
def test_a_copy_is_decided_by_the_generator(entry: Family) -> None:
    assert torch.equal(perturbed(entry, 1), perturbed(entry, 1))
    assert not torch.equal(perturbed(entry, 1), perturbed(entry, 2))


@every
def test_every_value_is_overwritten_and_the_input_left_alone(entry: Family) -> None:
    for kind in entry.inputs:
        for shape in SHAPES[kind]:
            clean = input_of(shape)
            before = clean.clone()
            out = perturbed(entry, 3, clean=clean)
            assert out.shape == clean.shape
            assert out.dtype == torch.float32
            assert torch.isfinite(out).all()
            assert not torch.equal(out, clean)
            assert torch.equal(clean, before)


@every
def test_a_generator_moves_on(entry: Family) -> None:
    generator, clean = torch.Generator().manual_seed(0), small_input(entry)
    assert not torch.equal(drawn(entry, clean, 0.25, generator), drawn(entry, clean, 0.25, generator))


@every
def test_the_global_generator_is_left_alone(entry: Family) -> None:
    before = torch.get_rng_state()
    perturbed(entry, 4)
    assert torch.equal(before, torch.get_rng_state())


@every
def test_a_part_of_a_batch_gets_what_a_copy_of_its_own_gets(entry: Family) -> None:
    clean = small_input(entry).double()
    batch = torch.full((3, *clean.shape), math.nan)
    entry.draw(clean, 0.25, Streams(6).source(Stage.ESTIMATION, 0, clean.device), batch[1])
    alone = torch.empty(clean.shape)
    entry.draw(clean, 0.25, Streams(6).source(Stage.ESTIMATION, 0, clean.device), alone)
    assert torch.equal(batch[1], alone)
    assert torch.isnan(batch[[0, 2]]).all()


@every
def test_gradients_pass_to_the_input(entry: Family) -> None:
    """Against central differences, in float64 and with the same noise, along random directions."""
    for shape in [shape for kind in entry.inputs for shape in SHAPES[kind]]:
        weights, direction = (torch.rand(shape, generator=torch.Generator().manual_seed(k)) - 0.5 for k in (1, 2))

        clean = input_of(shape).double()
        leaf, generator = clean.clone().requires_grad_(), torch.Generator().manual_seed(7)
        copies = torch.stack([drawn(entry, leaf, 0.25, generator) for _ in range(2)])
        (copies * weights).sum().backward()
        assert leaf.grad is not None
        assert torch.isfinite(leaf.grad).all()

        step, rises = 1e-5, []
        for side in (step, -step):
            generator = torch.Generator().manual_seed(7)
            moved = clean + side * direction
            rises.append((torch.stack([drawn(entry, moved, 0.25, generator) for _ in range(2)]) * weights).sum())
        expected = (rises[0] - rises[1]) / (2 * step)
        torch.testing.assert_close((leaf.grad * direction).sum(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ADDITIVE)
def test_added_noise_has_the_moments_of_its_law(name: str) -> None:
    sigma = 0.5
    noise = (
        perturbed(families[name], 5, clean=torch.zeros(100, 1000, 3), sigma=sigma).numpy().astype(np.float64) / sigma
    )
    deviation, kurtosis = ADDITIVE[name], KURTOSIS[name]
    assert abs(noise.mean()) < 5 * deviation / math.sqrt(noise.size)
    assert abs((noise**2).mean() / deviation**2 - 1) < 5 * math.sqrt((kurtosis - 1) / noise.size)
    fourth = (noise**4).mean() / deviation**4
    assert fourth == pytest.approx(kurtosis, rel=0.05)
    flat = noise.ravel()
    for lag in (1, 3, 3000):  # values, pixels and rows beside each other
        assert abs((flat[lag:] * flat[:-lag]).mean()) < 5 * deviation**2 / math.sqrt(noise.size)


@every
def test_the_deviation_is_that_of_the_noise(entry: Family) -> None:
    if isinstance(entry.measure, Distance):
        assert entry.deviation == pytest.approx(ADDITIVE[entry.name])
    assert entry.shared == (entry.name not in PIXEL_NOISE)


@every
def test_sigma_means_something_or_the_family_says_so(entry: Family) -> None:
    copies = [perturbed(entry, 3, sigma=sigma) for sigma in (0.1, 0.2)]
    assert torch.equal(*copies) != entry.scaled


@every
def test_a_rotation_about_an_axis_keeps_it(entry: Family) -> None:
    if "cloud" not in entry.inputs or isinstance(entry.measure, Amounts):
        return
    ends = torch.eye(3)
    kept = [bool(torch.equal(perturbed(entry, 4, clean=ends)[place], ends[place])) for place in range(3)]
    axis = entry.angle.axis if entry.turns else None
    assert kept == [name == axis for name in "xyz"]
    if entry.turns:
        assert entry.angle.free == tuple(1.0 if keeps or not axis else 0.0 for keeps in kept)


@pytest.mark.parametrize("name", ADDITIVE)
def test_added_noise_leaves_normals(name: str) -> None:
    clean = input_of((50, 6))
    out = perturbed(families[name], 8, clean=clean)
    assert torch.equal(out[:, 3:], clean[:, 3:])
    assert (out[:, :3] != clean[:, :3]).all()


@every
def test_the_radius_grows_with_tau_and_sigma(entry: Family) -> None:
    taus = np.linspace(0.51, 0.999, 40)
    # The law of exp([v]x) wraps around: beyond sigma 1.5 its radius may fall.
    sigmas = np.geomspace(0.01, 1.5 if entry.name == "so3" else 10, 10 if entry.name == "so3" else 40)
    by_tau = [entry.radius(sigma=0.25, tau=float(tau)) for tau in taus]
    regions = [entry.region(sigma=float(sigma), tau=0.75) for sigma in sigmas]
    # What sigma rules: of brightness the change beside it.
    by_sigma = [region.bounds["l2"][1] if entry.name == "brightness" else region.reach for region in regions]
    for values in (by_tau, by_sigma):
        assert all(isinstance(value, float) and math.isfinite(value) and value > 0 for value in values)
        steps = np.diff(values)
        assert (steps >= 0).all()
        if entry.turns:
            assert max(values) <= math.pi
            assert (steps[np.array(values[1:]) < math.pi] > 0).all()
        else:
            assert (steps > 0).all() or (values is by_sigma and not entry.scaled)


@every
def test_its_region_tells_the_amounts_that_it_measures(entry: Family) -> None:
    region = entry.region(sigma=0.25, tau=0.75)
    assert region.reach == entry.radius(sigma=0.25, tau=0.75)
    assert region.contains({})
    assert region.sentence
    if isinstance(entry.measure, Amounts):
        told = [one.name for one in entry.change.parameters] + [entry.measure.beside] * bool(entry.measure.beside)
        assert list(region.bounds) == told
        assert entry.change.inputs == entry.inputs
    for name, (low, high) in region.bounds.items():
        assert region.covers({name: (low, high)})
        assert not region.contains({name: high + 1e-6})


@every
def test_a_second_noise_is_taken_within_its_limits(entry: Family) -> None:
    if entry.second is None:
        with pytest.raises(InvalidSetting, match="takes no second"):
            entry.with_strength(0.1)
        return
    other = entry.with_strength(2 * entry.second.default)
    assert other.name == entry.name
    assert entry.with_strength(None) is entry
    assert entry.with_strength(entry.second.default).region(sigma=0.25, tau=0.9) == entry.region(sigma=0.25, tau=0.9)
    assert other.region(sigma=0.25, tau=0.9) != entry.region(sigma=0.25, tau=0.9)
    for wrong in (entry.second.low / 2, 2 * entry.second.high):
        with pytest.raises(InvalidSetting, match="second strength"):
            entry.with_strength(wrong)


@every
def test_the_charge_for_noise_as_it_is_drawn_is_small(entry: Family) -> None:
    for kind, components in (("image", 320 * 240), ("cloud", 2048)):
        if kind in entry.inputs:
            assert 0.0 < entry.misplaced(0.25, components) < 1e-3


@every
def test_the_floor_costs_what_lies_below_it(entry: Family) -> None:
    whole = entry.radius(sigma=0.25, tau=0.9)
    assert entry.radius(sigma=0.25, tau=0.9, floor=0.5) == whole
    if entry.name == "so3-uniform":  # no probability moves at all
        assert entry.radius(sigma=0.25, tau=0.9, floor=0.9) == entry.radius(sigma=0.25, tau=0.5) == math.pi
        return
    assert 0 < entry.radius(sigma=0.25, tau=0.9, floor=0.7) < whole
    assert entry.radius(sigma=0.25, tau=0.9, floor=0.9) == 0.0
    assert entry.radius(sigma=0.25, tau=0.5) == 0.0


@every
@pytest.mark.parametrize(
    ("sigma", "tau", "floor"),
    [
        (0.25, 0.49, 0.5),
        (0.25, 1.0, 0.5),
        (0.25, math.nan, 0.5),
        (0.0, 0.75, 0.5),
        (-0.1, 0.75, 0.5),
        (math.nan, 0.75, 0.5),
        (math.inf, 0.75, 0.5),
        (0.25, 0.75, 0.49),
        (0.25, 0.75, 0.76),
        (0.25, 0.75, math.nan),
    ],
)
def test_what_cannot_be_proved_has_no_radius(entry: Family, sigma: float, tau: float, floor: float) -> None:
    with pytest.raises(NotCertifiable):
        entry.radius(sigma=sigma, tau=tau, floor=floor)
