"""Laws of random changes: texts, what is refused, ranges, clipping, 8 bits, uniform parameters."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from engine.changes import changes
from engine.core import InvalidSetting, UnknownName
from engine.core.rng import Stage, Streams
from engine.frequency import ChangeLaw, Step


def drawn(text: str, clean: torch.Tensor, index: int = 0, *, eight_bit: bool = False) -> torch.Tensor:
    source = Streams(6).source(Stage.OTHER, index, clean.device)
    return ChangeLaw.parse(text, eight_bit=eight_bit).changed(clean, source)


def grey(value: float, height: int = 2, width: int = 3) -> torch.Tensor:
    return torch.full((height, width, 3), value, dtype=torch.float64)


@pytest.mark.parametrize(
    "text",
    [
        "brightness=-0.4:0.4",
        "brightness=-0.4:0.4,gamma=0.5:2,noise=0:0.05",
        "turn=-180:180,jitter=0:0.02",
        "gamma=1.7:1.7",
        "fog=0.1:0.30000000000000004,fog=0:1",
    ],
)
def test_a_law_is_its_text(text: str) -> None:
    assert str(ChangeLaw.parse(text)) == text
    assert ChangeLaw.parse(f"  {text.replace(',', ' , ')},") == ChangeLaw.parse(text)


def test_a_single_number_stands_still() -> None:
    assert ChangeLaw.parse("gamma=2").steps == (Step(name="gamma", ranges=((2.0, 2.0),)),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", r"a law has 1 to 8 changes, such as brightness=-0\.4:0\.4,gamma=0\.5:2; got 0"),
        (",".join(["fog=0:1"] * 9), r"a law has 1 to 8 changes, .* got 9"),
        ("brightness", r"a law is written NAME=LOW:HIGH,\.\.\., such as .*; got 'brightness'"),
        ("brightness=", r"a range is LOW:HIGH with two numbers, .*; got 'brightness='"),
        ("brightness=a:b", r"a range is LOW:HIGH with two numbers"),
        ("brightness=nan:0.1", r"a range is LOW:HIGH with two numbers"),
        ("brightness=-inf:0.1", r"a range is LOW:HIGH with two numbers"),
        ("brightness=0:0.1:0.2", r"a range is LOW:HIGH with two numbers"),
        (
            "brightness=0.3:-0.3",
            r"a range of brightness lies in \[-0\.4, 0\.4\], the smaller number first, got 0\.3:-0",
        ),
        ("gamma=-1:2", r"a range of gamma lies in \[0\.4, 2\.5\], the smaller number first, got -1:2"),
        ("brightness=0:0.1/0:0.1", r"a law has brightness=LOW:HIGH, for brightness in this order; got 2 ranges"),
        ("brightness=0:0.1,turn=0:9", r"must be for one kind of input \(brightness: image; turn: cloud\)"),
    ],
)
def test_what_is_no_law_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidSetting, match=sentence):
        ChangeLaw.parse(text)


def test_an_unknown_change_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match=r"unknown change 'rain'; known: .*brightness.*jitter.*noise"):
        ChangeLaw.parse("rain=0:1")


def test_shapes_have_no_8_bits() -> None:
    with pytest.raises(InvalidSetting, match="only pictures are rounded to 8 bits"):
        ChangeLaw.parse("turn=0:9", eight_bit=True)


def test_a_law_is_for_its_own_kind() -> None:
    with pytest.raises(InvalidSetting, match="turn changes point clouds, not images"):
        ChangeLaw.parse("turn=0:9").check_input("image")
    assert ChangeLaw.parse("turn=0:9,jitter=0:0.02").inputs == ("cloud",)


def test_changes_come_in_order_and_each_is_clipped() -> None:
    # 0.9 + 0.4 is cut to 1, minus 0.4 is 0.6; the other way round it is 0.5 + 0.4.
    torch.testing.assert_close(drawn("brightness=0.4,brightness=-0.4", grey(0.9)), grey(0.6))
    torch.testing.assert_close(drawn("brightness=-0.4,brightness=0.4", grey(0.9)), grey(0.9))
    # 0.1 - 0.4 is cut to 0 before it gets a power: no number is lost.
    assert torch.equal(drawn("brightness=-0.4,gamma=0.5", grey(0.1)), grey(0.0))
    noisy = drawn("noise=0.25", grey(0.9, 50, 50))
    assert 0 <= noisy.min() < noisy.max() == 1


def test_shapes_are_not_clipped() -> None:
    torch.testing.assert_close(
        drawn("turn=180", torch.tensor([[2.0, 0.0, -3.0]]).double()), torch.tensor([[-2.0, 0.0, -3.0]]).double()
    )


def test_a_picture_of_8_bits_has_its_levels() -> None:
    noisy = drawn("noise=0.1", grey(0.5, 40, 40), eight_bit=True)
    torch.testing.assert_close(noisy * 255, (noisy * 255).round(), rtol=0, atol=1e-12)
    torch.testing.assert_close(noisy, drawn("noise=0.1", grey(0.5, 40, 40)), rtol=0, atol=0.5 / 255 + 1e-12)


def test_parameters_are_uniform_and_independent() -> None:
    law = ChangeLaw.parse("brightness=-0.1:0.3,brightness=0:0.1")
    found = []
    for index in range(2000):
        source = Streams(6).source(Stage.OTHER, index, torch.device("cpu"))
        first = law.steps[0].apply(grey(0.0, 1, 1), source)
        second = law.steps[1].apply(grey(0.0, 1, 1), source)
        found.append((float(first.max()), float(second.max())))
    one, two = np.array(found).T
    assert stats.kstest(one, stats.uniform(-0.1, 0.4).cdf).pvalue > 1e-3  # fixed seed
    assert stats.kstest(two, stats.uniform(0.0, 0.1).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(one, two)[0, 1]) < 5 / np.sqrt(2000)


def test_the_input_is_left_alone_and_the_source_decides() -> None:
    clean = grey(0.5)
    first, again, other = (drawn("noise=0.1,fog=0:1", clean, index) for index in (1, 1, 2))
    assert torch.equal(clean, grey(0.5))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_every_change_may_be_part_of_a_law() -> None:
    """Written with the ranges that people meet; changes of several parameters too."""
    for name, change in changes.items():
        text = f"{name}={'/'.join(f'{one.low}:{one.high}' for one in change.parameters)}"
        assert ChangeLaw.parse(text).steps[0].ranges == tuple((one.low, one.high) for one in change.parameters)
