"""How the attacks step: PGD by a fixed length, Auto-PGD by one that halves where it stops helping."""

from __future__ import annotations

import pytest
import torch

from engine.attacks.search import AttackSettings, attacks
from engine.attacks.search._norms import norms
from engine.attacks.search.apgd import checkpoints

SETTINGS = AttackSettings(budget=1.0, steps=100)
UP = torch.tensor([3.0, 0.0])


def lengths(name: str, values: list[float]) -> list[float]:
    """How far each move goes where nothing stops it, when the looks give these losses."""
    rule = attacks[name].rule(SETTINGS, norms["l2"], lambda point: point)
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
    assert lengths("pgd", [1.0, 0.5, 2.0]) == pytest.approx([0.1, 0.1, 0.1])


def test_auto_pgd_keeps_its_step_while_the_loss_rises() -> None:
    """First 2 budgets, then 0.75 of a step and 0.25 of the last move: it stays at 2."""
    assert lengths("apgd", [float(number) for number in range(50)]) == pytest.approx([2.0] * 50)


def test_auto_pgd_halves_its_step_where_the_loss_does_not_rise() -> None:
    """At a checkpoint it goes back to the best point, here the first, and from there by half a step."""
    found = lengths("apgd", [0.0] * 60)
    assert found[:22] == pytest.approx([2.0] * 22)
    assert found[22] == pytest.approx(44.0 - 1.0)
    assert found[23:41] == pytest.approx([1.0] * 18)
    assert found[42:57] == pytest.approx([0.5] * 15)
    assert found[58:] == pytest.approx([0.25] * 2)
