"""The diffusion schedule by exact arithmetic, and both ways back with networks that know the noise.

An oracle for one known image x0 gives the noise in x_t exactly: (x_t - sqrt(abar) x0) / sqrt(1 - abar). Whatever the
schedule, one evaluation of it must give x0, and a chain must end there, having followed the process' own distribution.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.core.errors import InvalidSetting
from engine.models.diffusion import STEPS, alphas_bar, multi_step, noise_level, single_step, step_for

IMAGE = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.fixture(scope="module")
def exact() -> list[Fraction]:
    """abar_t in rational numbers: the product of 1 - beta_s for s <= t, beta from 1e-4 to 0.02 in 1000 even steps."""
    first, last = Fraction(1, 10_000), Fraction(2, 100)
    kept, table = Fraction(1), []
    for step in range(1000):
        kept *= 1 - (first + (last - first) * Fraction(step, 999))
        table.append(kept)
    return table


class Oracle:
    """The noise in x_t for data that is the single image `clean` in [0, 1]; remembers what it was given."""

    def __init__(self, clean: Tensor) -> None:
        self.clean = 2.0 * clean - 1.0
        self.seen: list[tuple[Tensor, Tensor]] = []

    def __call__(self, x: Tensor, steps: Tensor) -> Tensor:
        self.seen.append((x.clone(), steps.clone()))
        kept = torch.from_numpy(alphas_bar().copy())[steps][:, None, None, None]
        return ((x - kept.sqrt() * self.clean) / (1.0 - kept).sqrt()).to(x.dtype)

    def visited(self) -> list[int]:
        return [int(steps[0]) for _, steps in self.seen]


def noisy_at(step: int, seed: int = 2) -> Tensor:
    """The image under noise of exactly the step's sigma."""
    noise = torch.randn(IMAGE.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return IMAGE + noise_level(step) * noise


def test_the_schedule(exact: list[Fraction]) -> None:
    kept = alphas_bar()
    assert kept.shape == (STEPS,)
    assert kept.dtype == np.float64
    np.testing.assert_allclose(kept, [float(value) for value in exact], rtol=1e-13)
    assert kept[0] == pytest.approx(1 - 1e-4)
    # Lin et al. 2023 (Common Diffusion Noise Schedules), table 1, linear: SNR(T) = 4.035993e-05, sqrt(abar) = 0.006353.
    assert kept[999] / (1 - kept[999]) == pytest.approx(4.035993e-05, rel=1e-6)
    assert kept[999] ** 0.5 == pytest.approx(0.006353, abs=5e-7)
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 1.0


@pytest.mark.parametrize(
    "sigma", [1e-9, 0.001, 0.00500025, 0.0051, 0.02, 0.05, 0.12, 0.25, 0.5, 1.0, 1.25, 3.7, 10.0, 78.7]
)
def test_the_step_is_the_first_whose_noise_is_enough(sigma: float, exact: list[Fraction]) -> None:
    # METHOD section 7: the smallest t with (1 - abar_t) / abar_t >= (2 sigma)^2, here in rational numbers.
    wanted = (2 * Fraction(sigma)) ** 2
    assert step_for(sigma) == next(t for t, kept in enumerate(exact) if (1 - kept) / kept >= wanted)


@pytest.mark.parametrize("step", [0, 1, 9, 145, 500, 998, 999])
def test_noise_level_is_the_inverse(step: int, exact: list[Fraction]) -> None:
    level = noise_level(step)
    assert (2 * level) ** 2 == pytest.approx(float((1 - exact[step]) / exact[step]), rel=1e-12)
    assert step_for(level * (1 - 1e-12)) == step
    if step < STEPS - 1:
        assert step_for(level * (1 + 1e-12)) == step + 1


def test_more_noise_than_the_process_has_is_refused() -> None:
    assert step_for(78.70) == 999
    with pytest.raises(InvalidSetting, match=r"sigma 79 is above 78\.7, the diffusion model's last step"):
        step_for(79.0)


@pytest.mark.parametrize("step", [0, 27, 145, 259, 600])
def test_one_evaluation_of_the_true_noise_gives_the_image(step: int) -> None:
    noise = torch.randn(2, *IMAGE.shape[1:], generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    noisy = IMAGE + noise_level(step) * noise
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-4)):
        found = single_step(lambda x, _: noise.to(x.dtype), noisy.to(dtype), step)
        assert found.dtype == dtype
        torch.testing.assert_close(found, IMAGE.expand(2, -1, -1, -1).to(dtype), rtol=0, atol=tolerance)


@pytest.mark.parametrize("sigma", [0.05, 0.25, 0.5, 1.0])
def test_the_network_sees_the_process_at_its_step(sigma: float) -> None:
    # A grey image is 0 in [-1, 1]: x_t is then noise alone, of variance abar (2 sigma)^2, at most 1 - abar, and less
    # by no more than what lies between two steps. 49,152 values: the variance is known within 0.64 %, here 5 times it.
    oracle = Oracle(torch.full((1, 3, 128, 128), 0.5))
    noise = torch.randn(1, 3, 128, 128, generator=torch.Generator().manual_seed(4))
    step = step_for(sigma)
    single_step(oracle, 0.5 + sigma * noise, step)
    ((x, steps),) = oracle.seen
    assert steps.tolist() == [step]
    assert steps.dtype == torch.int64
    kept, before = alphas_bar()[step], alphas_bar()[step - 1]
    assert float(x.var()) == pytest.approx(kept * (2 * sigma) ** 2, rel=0.032)
    assert (1 - before) / before < (2 * sigma) ** 2 <= (1 - kept) / kept
    assert abs(float(x.mean())) < 5 * (2 * sigma) / 49_152**0.5


def test_a_single_step_stays_in_the_range_of_images() -> None:
    for wild in (1e4, -1e4):
        found = single_step(lambda x, _, wild=wild: torch.full_like(x, wild), noisy_at(145), 145)
        assert 0.0 <= float(found.min()) <= float(found.max()) <= 1.0


@pytest.mark.parametrize("step", [0, 145, 500])
@pytest.mark.parametrize("evaluations", [1, 2, 8, 25, 1000])
def test_a_chain_ends_at_the_only_image_there_is(step: int, evaluations: int) -> None:
    oracle = Oracle(IMAGE)
    found = multi_step(oracle, noisy_at(step), step, evaluations)
    torch.testing.assert_close(found, IMAGE, rtol=0, atol=1e-10)
    visited = oracle.visited()
    assert len(visited) == min(evaluations, step + 1)
    assert visited[0] == step
    assert all(above > below for above, below in pairwise(visited))
    if evaluations > 1:
        assert visited[-1] == 0
        gaps = -np.diff(visited)
        assert gaps.size == 0 or gaps.max() - gaps.min() <= 1  # evenly spaced


def test_a_chain_follows_the_process_all_the_way() -> None:
    # If x_t has the process' distribution given x0, so has every x below it: sqrt(abar) x0 plus noise of variance
    # 1 - abar. 12,288 values: mean within 5 / sqrt(N), variance within 5 sqrt(2 / N), at each of the steps visited.
    oracle = Oracle(IMAGE)
    multi_step(oracle, noisy_at(500), 500, 25)
    count = IMAGE.numel()
    for x, steps in oracle.seen:
        kept = alphas_bar()[int(steps[0])]
        noise = (x - kept**0.5 * oracle.clean) / (1 - kept) ** 0.5
        assert abs(float(noise.mean())) < 5 / count**0.5
        assert float(noise.var()) == pytest.approx(1.0, abs=5 * (2 / count) ** 0.5)


def test_the_whole_chain_is_algorithm_2_of_ho_et_al() -> None:
    # Their form, which never names x0: x_{t-1} = (x - beta / sqrt(1 - abar) eps) / sqrt(alpha) + sqrt(beta~) z, with
    # beta~ = beta (1 - abar_{t-1}) / (1 - abar_t). The network is linear and weak, so that no estimate is clipped.
    step = 40
    noisy = 0.5 + 0.02 * torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    draws: list[Tensor] = []

    def epsilon(x: Tensor, _: Tensor) -> Tensor:
        draws.append(x.clone())
        return 0.3 * x

    found = multi_step(epsilon, noisy, step, STEPS)
    kept = alphas_bar()
    x = (2 * noisy - 1) * kept[step] ** 0.5
    generator = torch.Generator().manual_seed(20_220_412)
    for t in range(step, -1, -1):
        torch.testing.assert_close(draws[step - t], x, rtol=0, atol=1e-12)
        below = kept[t - 1] if t else 1.0
        alpha = kept[t] / below
        spread = ((1 - alpha) * (1 - below) / (1 - kept[t])) ** 0.5
        z = torch.randn(3, 8, 8, generator=generator).double()
        x = (x - (1 - alpha) / (1 - kept[t]) ** 0.5 * 0.3 * x) / alpha**0.5 + spread * z
    torch.testing.assert_close(found, (x + 1) / 2, rtol=0, atol=1e-12)


def test_one_evaluation_is_a_single_step() -> None:
    def epsilon(x: Tensor, _: Tensor) -> Tensor:
        return torch.tanh(x)

    noisy = noisy_at(145)
    torch.testing.assert_close(multi_step(epsilon, noisy, 145, 1), single_step(epsilon, noisy, 145), rtol=0, atol=1e-14)


def test_a_chain_is_one_function_of_each_image() -> None:
    # No state of any generator matters, and no neighbour in the batch: bit for bit.
    def epsilon(x: Tensor, steps: Tensor) -> Tensor:
        return torch.tanh(x) * (1.0 + steps[:, None, None, None] / STEPS)

    noisy = torch.cat([noisy_at(145, seed) for seed in range(3)]).float()
    torch.manual_seed(0)
    before = torch.get_rng_state()
    together = multi_step(epsilon, noisy, 145, 8)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    assert torch.equal(multi_step(epsilon, noisy, 145, 8), together)
    for one in range(3):
        assert torch.equal(multi_step(epsilon, noisy[one : one + 1], 145, 8), together[one : one + 1])


def test_a_chain_stays_in_the_range_of_images() -> None:
    for wild in (1e4, -1e4):
        found = multi_step(lambda x, _, wild=wild: torch.full_like(x, wild), noisy_at(145), 145, 5)
        assert 0.0 <= float(found.min()) <= float(found.max()) <= 1.0


@pytest.mark.parametrize("evaluations", [0, -3])
def test_a_chain_needs_an_evaluation(evaluations: int) -> None:
    with pytest.raises(InvalidSetting, match=f"at least 1 evaluation, got {evaluations}"):
        multi_step(lambda x, _: x, noisy_at(5), 5, evaluations)
