"""Seeds of samples: a bijection of (stage, index) within a run, different between runs.

Independence of the draws is what the binomial tests rest on: two samples with one seed would be one draw counted twice.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.core.rng import MAX_INDEX, SampleSeeds, Stage

COUNT = 200_000


def test_no_two_samples_of_a_run_share_a_seed() -> None:
    seeds = SampleSeeds(0)
    made = np.fromiter(
        (seeds.of(stage, index) for stage in Stage for index in range(COUNT // len(Stage) + 1)), dtype=np.int64
    )
    assert len(np.unique(made)) == len(made) >= COUNT
    assert made.min() >= 0
    assert made.max() < 2**32


def test_seeds_spread_over_all_32_bits() -> None:
    seeds = SampleSeeds(3)
    made = np.array([seeds.of(Stage.ESTIMATION, index) for index in range(20_000)])
    share = np.array([((made >> bit) & 1).mean() for bit in range(32)])
    assert (abs(share - 0.5) < 5 * 0.5 / np.sqrt(len(made))).all()  # five standard errors of a fair bit


def test_stages_do_not_share_seeds() -> None:
    seeds = SampleSeeds(0)
    assert len({seeds.of(stage, 5) for stage in Stage}) == len(Stage)


def test_same_seed_same_samples_and_other_seed_other_samples() -> None:
    first = [SampleSeeds(9).of(Stage.SELECTION, index) for index in range(100)]
    assert first == [SampleSeeds(9).of(Stage.SELECTION, index) for index in range(100)]
    other = [SampleSeeds(10).of(Stage.SELECTION, index) for index in range(100)]
    assert not set(first) & set(other)
    large = [SampleSeeds(9 + 2**32).of(Stage.SELECTION, index) for index in range(100)]
    assert not set(first) & set(large)  # the upper half of a seed counts too


@pytest.mark.parametrize("index", [-1, MAX_INDEX])
def test_index_out_of_range(index: int) -> None:
    with pytest.raises(ValueError, match="sample index must lie in"):
        SampleSeeds(0).of(Stage.SELECTION, index)


def test_last_index_of_a_stage_is_not_the_first_of_the_next() -> None:
    seeds = SampleSeeds(0)
    assert seeds.of(Stage.SELECTION, MAX_INDEX - 1) != seeds.of(Stage.ESTIMATION, 0)


def test_a_generator_is_its_seed() -> None:
    seeds, device = SampleSeeds(4), torch.device("cpu")
    made = torch.randn(8, generator=seeds.generator(Stage.ESTIMATION, 2, device))
    expected = torch.randn(8, generator=torch.Generator().manual_seed(seeds.of(Stage.ESTIMATION, 2)))
    assert torch.equal(made, expected)
