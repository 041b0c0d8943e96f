"""Keys of draws: of words of fixed width, so that no two (seed, stream, stage, index) are written alike.

Independence of the draws is what the binomial tests rest on: two samples with one key would be one draw counted twice.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
import torch

from engine.certification import Settings
from engine.core import InvalidSetting
from engine.core.rng import MAX_INDEX, Stage, Streams

CPU = torch.device("cpu")


def first(seed: int, stream: str = "", stage: Stage = Stage.ESTIMATION, index: int = 0) -> int:
    """The first 64 bits that a key gives."""
    return int(Streams(seed, stream).key(stage, index).generate_state(1, dtype=np.uint64)[0])


def test_all_that_names_a_draw_decides_it() -> None:
    seeds, streams, indices = (0, 1, 5, 2**32, 2**32 + 5, 2**53 - 1), ("", "example 0", "example 1"), (0, 1, 2, 300)
    made = {first(*name) for name in product(seeds, streams, Stage, indices)}
    assert len(made) == len(seeds) * len(streams) * len(Stage) * len(indices)


def test_words_have_a_fixed_width() -> None:
    # As plain tuples of numbers these would be the same words, [5, 1, 2] and [seed, 1, 0].
    assert np.random.SeedSequence((5, 1, 2)).entropy != np.random.SeedSequence((2**32 + 5, 2)).entropy
    assert first(5, stage=Stage.ESTIMATION, index=2) != first(2**32 + 5, stage=Stage.EVALUATION, index=0)


def test_no_two_samples_of_a_run_share_a_state() -> None:
    streams = Streams(0)
    made = {int(streams.key(stage, index).generate_state(1, np.uint64)[0]) for stage in Stage for index in range(5000)}
    assert len(made) == 5000 * len(Stage)


def test_examples_of_neighbouring_seeds_share_nothing() -> None:
    runs = [[Settings(seed=seed).fresh("example", number) for number in range(4)] for seed in range(4)]
    noise = [
        tuple(made.streams.source(Stage.ESTIMATION, 0, CPU).normal(torch.empty(4, dtype=torch.float64)).tolist())
        for run in runs
        for made in run
    ]
    assert all(set(one).isdisjoint(other) for one, other in combinations(noise, 2))


@pytest.mark.parametrize("index", [-1, MAX_INDEX])
def test_index_out_of_range(index: int) -> None:
    with pytest.raises(ValueError, match="sample index and each half of a seed must lie in"):
        Streams(0).key(Stage.SELECTION, index)


def test_a_source_goes_on_and_starts_again() -> None:
    source = Streams(4).source(Stage.ESTIMATION, 2, CPU)
    made = [source.normal(torch.empty(3, dtype=torch.float64)) for _ in range(2)]
    assert not torch.equal(*made)
    again = Streams(4).source(Stage.ESTIMATION, 2, CPU).normal(torch.empty(3, dtype=torch.float64))
    assert torch.equal(again, made[0])


@pytest.mark.parametrize("stream", ["/", "example", "example 1/", "Example 1", "example -1", "a 1;b 2", 3, "a 1/" * 13])
def test_a_stream_is_words_and_numbers(stream: str) -> None:
    with pytest.raises(InvalidSetting, match="a stream is words and numbers"):
        Settings(stream=stream)


def test_purposes_are_told_apart_and_kept() -> None:
    made = Settings(seed=3).fresh("example", 12).fresh("smoothed beyond", 1)
    assert made.stream == "example 12/smoothed beyond 1"
    assert Settings.from_dict(made.as_dict()) == made
