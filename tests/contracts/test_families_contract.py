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


def input_of(shape: tuple[int, ...]) -> torch.Tensor:
    """Values in [0, 1], or points with unit normals, float32."""
    values = torch.rand(shape, generator=torch.Generator().manual_seed(99))
    if shape[-1] == 6:
        values[..., 3:] = torch.nn.functional.normalize(values[..., 3:] - 0.5, dim=-1)
    return values


def perturbed(entry: Family, seed: int, *, clean: torch.Tensor | None = None, sigma: float = 0.25) -> torch.Tensor:
    clean = input_of((40, 3)) if clean is None else clean
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
    generator, clean = torch.Generator().manual_seed(0), input_of((40, 3))
    assert not torch.equal(drawn(entry, clean, 0.25, generator), drawn(entry, clean, 0.25, generator))


@every
def test_the_global_generator_is_left_alone(entry: Family) -> None:
    before = torch.get_rng_state()
    perturbed(entry, 4)
    assert torch.equal(before, torch.get_rng_state())


@every
def test_a_part_of_a_batch_gets_what_a_copy_of_its_own_gets(entry: Family) -> None:
    clean, batch = input_of((40, 3)).double(), torch.full((3, 40, 3), math.nan)
    entry.draw(clean, 0.25, Streams(6).source(Stage.ESTIMATION, 0, clean.device), batch[1])
    alone = torch.empty(40, 3)
    entry.draw(clean, 0.25, Streams(6).source(Stage.ESTIMATION, 0, clean.device), alone)
    assert torch.equal(batch[1], alone)
    assert torch.isnan(batch[[0, 2]]).all()


@every
@pytest.mark.parametrize("channels", [3, 6])
def test_gradients_pass_to_the_input(entry: Family, channels: int) -> None:
    # Every perturbation is affine in the input, A x + b with A orthogonal: the gradient of <A x + b, y> is A^T y, so it
    # has the length of y, and its product with x is <A x + b, y> - <b, y>.
    clean, weights = input_of((40, channels)).requires_grad_(), input_of((40, channels)) - 0.5
    copies = torch.stack([drawn(entry, clean, 0.25, torch.Generator().manual_seed(7)) for _ in range(2)])
    copies[1].mul(weights).sum().backward()
    assert clean.grad is not None
    torch.testing.assert_close(clean.grad.norm(), weights.norm())
    start = perturbed(entry, 7, clean=torch.zeros(40, channels))
    expected = ((copies[1] - start) * weights).sum()
    torch.testing.assert_close((clean.grad * clean).sum(), expected, atol=1e-4, rtol=1e-4)


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
    if not entry.turns:
        assert entry.deviation == pytest.approx(ADDITIVE[entry.name])


@every
def test_sigma_means_something_or_the_family_says_so(entry: Family) -> None:
    copies = [perturbed(entry, 3, sigma=sigma) for sigma in (0.1, 0.2)]
    assert torch.equal(*copies) != entry.scaled


@every
def test_a_rotation_about_an_axis_keeps_it(entry: Family) -> None:
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
    by_sigma = [entry.radius(sigma=float(sigma), tau=0.75) for sigma in sigmas]
    for values in (by_tau, by_sigma):
        assert all(isinstance(value, float) and math.isfinite(value) and value > 0 for value in values)
        steps = np.diff(values)
        assert (steps >= 0).all()
        if "image" in entry.inputs:
            assert (steps > 0).all()
        else:
            assert max(values) <= math.pi
            assert (steps[np.array(values[1:]) < math.pi] > 0).all()


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
