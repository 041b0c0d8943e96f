"""What every registered change must do: nothing at its neutral values, a copy of its own, gradients, its own kinds.

A new file in engine/changes is under this contract without being listed here.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.changes import Change, RandomChange, changes, random_changes
from engine.core import InvalidSetting
from engine.core.rng import Source, TorchSource
from engine.inputs.subject import KINDS

EVERY: list[Change | RandomChange] = [*changes.values(), *random_changes.values()]
SHAPES = {"image": ((5, 4, 3), (1, 1, 3)), "cloud": ((7, 3), (7, 6))}
CASES = [(entry, shape) for entry in EVERY for kind in entry.inputs for shape in SHAPES[kind]]
FIXED = [(entry, shape) for entry, shape in CASES if isinstance(entry, Change)]
RANDOM = [(entry, shape) for entry, shape in CASES if isinstance(entry, RandomChange)]
every = pytest.mark.parametrize("entry", EVERY, ids=lambda entry: entry.name)


def each(cases: list) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("entry", "shape"), cases, ids=[f"{entry.name}-{'x'.join(map(str, shape))}" for entry, shape in cases]
    )


def input_of(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> Tensor:
    """Values inside [0, 1], or points with unit normals."""
    values = torch.rand(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64) * 0.8 + 0.1
    if shape[-1] == 6:
        values[..., 3:] = torch.nn.functional.normalize(values[..., 3:] - 0.5, dim=-1)
    return values.to(dtype)


def source(index: int = 0) -> Source:
    return TorchSource(torch.Generator().manual_seed(index))


def applied(entry: Change | RandomChange, clean: Tensor, values: Tensor, index: int = 0) -> Tensor:
    return entry.apply(clean, values) if isinstance(entry, Change) else entry.apply(clean, values, source(index))


def ends(entry: Change | RandomChange) -> list[Tensor]:
    """The neutral values, all lowest, all highest, and halfway from the neutral ones to each."""
    neutral, low, high = (
        torch.tensor(values, dtype=torch.float64)
        for values in (entry.neutral, [one.low for one in entry.parameters], [one.high for one in entry.parameters])
    )
    return [neutral, low, high, (neutral + low) / 2, (neutral + high) / 2]


@every
def test_it_says_what_it_is(entry: Change | RandomChange) -> None:
    assert entry.name.strip()
    assert entry.title.strip()
    assert entry.parameters
    assert len({one.name for one in entry.parameters}) == len(entry.parameters)
    for one in entry.parameters:
        assert one.name.strip()
        assert one.title.strip()
        assert math.isfinite(one.low)
        assert math.isfinite(one.high)
    assert entry.neutral == tuple(one.neutral for one in entry.parameters)
    assert (entry.name in changes) != (entry.name in random_changes)


@every
def test_it_is_for_its_own_kinds(entry: Change | RandomChange) -> None:
    assert entry.inputs
    for kind in KINDS:
        if kind in entry.inputs:
            entry.check_input(kind)
        else:
            with pytest.raises(InvalidSetting, match=f"{entry.name} changes .*, not {KINDS[kind]}"):
                entry.check_input(kind)


@each(CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_at_the_neutral_values_nothing_changes(
    entry: Change | RandomChange, shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    clean = input_of(shape, dtype)
    torch.testing.assert_close(applied(entry, clean, ends(entry)[0]), clean, rtol=0, atol=64 * torch.finfo(dtype).eps)


@each(CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_result_is_like_the_input_and_in_memory_of_its_own(
    entry: Change | RandomChange, shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    clean = input_of(shape, dtype)
    before = clean.clone()
    for values in ends(entry):
        kept = values.clone()
        out = applied(entry, clean, values)
        assert (out.shape, out.dtype, out.device) == (clean.shape, clean.dtype, clean.device)
        assert out.untyped_storage().data_ptr() != clean.untyped_storage().data_ptr()
        assert torch.isfinite(out).all()
        out.fill_(7.0)
        assert torch.equal(clean, before)
        assert torch.equal(values, kept)


@every
def test_it_changes_something(entry: Change | RandomChange) -> None:
    clean = input_of(SHAPES[entry.inputs[0]][0])
    neutral = ends(entry)[0]
    for place, one in enumerate(entry.parameters):
        values = neutral.clone()
        values[place] = one.high if one.high > one.neutral else one.low
        values[place] = (values[place] + neutral[place]) / 2  # half a turn, not a whole one
        assert not torch.allclose(applied(entry, clean, values), clean, atol=1e-3), one.name


@each(FIXED)
def test_gradients_pass_to_the_input_and_the_values(entry: Change, shape: tuple[int, ...]) -> None:
    clean = input_of(shape).requires_grad_()
    for values in ends(entry)[3:]:
        inside = (values + 0.01 * (ends(entry)[2] - ends(entry)[1])).requires_grad_()
        assert torch.autograd.gradcheck(entry.apply, (clean, inside))


@each(RANDOM)
def test_the_source_decides_a_random_change(entry: RandomChange, shape: tuple[int, ...]) -> None:
    clean, values = input_of(shape).requires_grad_(), ends(entry)[2]
    assert torch.equal(applied(entry, clean, values, 1), applied(entry, clean, values, 1))
    assert not torch.equal(applied(entry, clean, values, 1), applied(entry, clean, values, 2))
    assert torch.autograd.gradcheck(lambda given: applied(entry, given, values, 1), (clean,))


@each([case for case in CASES if case[1][-1] == 6])
def test_normals_stay_unit_vectors(entry: Change | RandomChange, shape: tuple[int, ...]) -> None:
    for values in ends(entry):
        lengths = applied(entry, input_of(shape), values)[:, 3:].norm(dim=1)
        torch.testing.assert_close(lengths, torch.ones_like(lengths))
