"""How the attacks step: PGD by a fixed length, also with momentum, Auto-PGD by one halved where it stops helping."""

from __future__ import annotations

import pytest
import torch

from engine.attacks.search import AttackSettings, norms
from engine.attacks.search._ascent import MakeRule
from engine.attacks.search._halving import Halving, checkpoints
from engine.attacks.search.mpgd import Heavy
from engine.attacks.search.pgd import fixed_step

SETTINGS = AttackSettings(budget=1.0, steps=100)
UP = torch.tensor([3.0, 0.0])


def lengths(make: MakeRule, values: list[float]) -> list[float]:
    """How far each move goes where nothing stops it, when the looks give these losses."""
    rule = make(SETTINGS, norms["l2"], lambda point: point)
    point, found = torch.zeros(2), []
    for value in values:
        moved = rule.move(point, UP, value)
        found.append(float((moved - point).norm()))
        point = moved
    return found


def test_checkpoints_are_those_of_the_paper() -> None:
    """Croce & Hein 2020, section 3: p = 0, 0.22, then p_(j+1) = p_j + max(p_j - p_(j-1) - 0.03, 0.06)."""
    assert checkpoints(100) == (22, 41, 57, 70, 80, 87, 93, 99)


def test_pgd_goes_ten_budgets_in_all() -> None:
    assert lengths(fixed_step, [1.0, 0.5, 2.0]) == pytest.approx([0.1, 0.1, 0.1])


def test_auto_pgd_keeps_its_step_while_the_loss_rises() -> None:
    """First 2 budgets, then 0.75 of a step and 0.25 of the last move: it stays at 2."""
    assert lengths(Halving, [float(number) for number in range(50)]) == pytest.approx([2.0] * 50)


def test_auto_pgd_halves_its_step_where_the_loss_does_not_rise() -> None:
    """At a checkpoint it goes back to the best point, here the first, and from there by half a step."""
    found = lengths(Halving, [0.0] * 60)
    assert found[:22] == pytest.approx([2.0] * 22)
    assert found[22] == pytest.approx(44.0 - 1.0)
    assert found[23:41] == pytest.approx([1.0] * 18)
    assert found[42:57] == pytest.approx([0.5] * 15)
    assert found[58:] == pytest.approx([0.25] * 2)


def test_momentum_sums_gradients_of_unit_size() -> None:
    """Dong et al. 2018, equation 6, with l2 in place of l1: after (3, 0) and (0, 500) it goes along (1, 1)."""
    rule = Heavy(SETTINGS, norms["l2"], lambda point: point)
    first = rule.move(torch.zeros(2), UP, 0.0)
    second = rule.move(first, torch.tensor([0.0, 500.0]), 0.0)
    torch.testing.assert_close(first, torch.tensor([0.1, 0.0]))
    torch.testing.assert_close(second - first, 0.1 * torch.tensor([0.5**0.5, 0.5**0.5]))
