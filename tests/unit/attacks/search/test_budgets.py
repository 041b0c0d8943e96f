"""The budget holds exactly, in float64, whatever is attacked and however: 1,000 random problems and the hard cases."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.attacks.search import Aim, AttackSettings, attacks, enforced, losses, norms
from engine.core import Cancelled, InvalidSetting, UnknownName
from tests.material.attack_problems import KINDS, Bent, Deaf, Flat, Linear, aim, point


def float64_size(change: np.ndarray, norm: str) -> float:
    """The norms by their definition, not by the code under test."""
    entries = np.abs(change.astype(np.float64)).ravel()
    return {"l2": float(np.sqrt((entries**2).sum())), "linf": float(entries.max()), "l1": float(entries.sum())}[norm]


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_problems(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names, measures, rising = sorted(attacks), sorted(norms), sorted(losses)
    for number in range(100):
        kind = KINDS[number % len(KINDS)]
        x = point(rng, saturated=number % 3 == 0)
        budget = float(rng.choice([0.0, 1e-9, 1e-4, 0.1, 1.0, 30.0]))
        attack = attacks[names[number % len(names)]]
        settings = AttackSettings(
            budget=budget,
            norm=measures[number % len(measures)] if not attack.measures else attack.measures[0],
            loss=rising[number % len(rising)],
            steps=int(rng.choice([1, 2, 3, 5, 7, 25])),
            step=float(rng.choice([0.0, 0.5, 20.0])),
            restarts=int(rng.integers(1, 3)),
            seed=number,
        )
        wanted = aim(rng, share_void=[0.0, 0.5, 1.0][number % 3])
        start = None if number % 4 else point(rng, saturated=True) + np.float32(0.5)  # of the budget or not
        made = attack.run(kind(number), x, wanted, settings, start=start)
        assert made.adversarial.dtype == np.float32
        assert made.adversarial.shape == x.shape
        assert made.adversarial.min() >= -2.0
        assert made.adversarial.max() <= 1.0
        size = float64_size(made.adversarial.astype(np.float64) - x.astype(np.float64), settings.norm)
        assert size <= budget
        assert made.norm == pytest.approx(size, rel=1e-12, abs=0)
        assert len(made.history) == settings.restarts * (settings.steps + 1)
        assert 0.0 <= made.share <= 1.0


@pytest.mark.parametrize("norm", sorted(norms))
@pytest.mark.parametrize("budget", [0.0, 1e-12, 1e-3, 0.1686122, 7.0])
def test_enforcing_is_exact_on_many_entries(norm: str, budget: float) -> None:
    # Float32 rounding of 150,528 entries would push an l2 change of exactly the budget out of its ball half the time.
    rng = np.random.default_rng(1)
    x = rng.random((224, 224, 3)).astype(np.float32)
    wanted = (x + rng.normal(0, 0.05, x.shape)).astype(np.float32)
    wanted[0, 0] = (np.nan, np.inf, -np.inf)
    moved, size = enforced(x, wanted, norm, budget, 0.0, 1.0)
    assert float64_size(moved.astype(np.float64) - x.astype(np.float64), norm) == pytest.approx(size, rel=1e-9, abs=0)
    assert size <= budget
    assert moved.min() >= 0.0
    assert moved.max() <= 1.0
    assert np.isfinite(moved).all()
    if budget >= 0.1:  # below, changes of single entries vanish in float32
        whole = float64_size(np.where(np.isfinite(wanted), wanted, x).clip(0, 1).astype(np.float64) - x, norm)
        assert size > 0.98 * min(budget, whole)  # little of the budget is wasted


def test_a_change_inside_the_budget_is_left_as_it_is() -> None:
    x = np.full((3, 3), 0.5, dtype=np.float32)
    wanted = x + np.float32(0.01)
    moved, size = enforced(x, wanted, "l2", 1.0, 0.0, 1.0)
    np.testing.assert_array_equal(moved, wanted)
    assert size == pytest.approx(0.03, rel=1e-5)  # sqrt(9) * 0.01


@pytest.mark.parametrize(
    ("name", "norm"),
    [(name, norm) for name in sorted(attacks) for norm in sorted(norms) if norm in (attacks[name].measures or norms)],
)
def test_attacks_reach_what_can_be_reached(name: str, norm: str) -> None:
    """A linear two-class problem with one component: within a budget the worst change is known in closed form."""

    class One(Linear):
        def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
            _ = randomness
            margin = (self.weights[0].reshape(5, 4) * x).sum()
            return torch.stack([margin, -margin]).reshape(1, 2, 1)

    victim = One(3)
    slope = victim.weights[0].double().numpy()
    x = np.full((5, 4), -0.5, dtype=np.float32)
    start = float((slope.reshape(5, 4) * x).sum())
    dual = {"l2": np.linalg.norm(slope), "linf": np.abs(slope).sum(), "l1": np.abs(slope).max()}[norm]
    budget = 0.5 / dual  # too small for the range to matter
    label = int(start < 0)  # class 0 where the margin is positive
    made = attacks[name].run(
        victim,
        x,
        Aim(labels=np.array([label]), mask=np.array([True])),
        AttackSettings(budget=budget, norm=norm, steps=40 if attacks[name].gradient else 1000),
    )
    reached = abs(float((slope.reshape(5, 4) * made.adversarial.astype(np.float64)).sum()) - start)
    assert reached >= (0.95 if attacks[name].gradient else 0.6) * 0.5


def test_the_best_iterate_is_kept_not_the_last() -> None:
    rng = np.random.default_rng(5)
    for seed in range(20):
        victim, x = Bent(seed, scale=2.0), point(rng, saturated=False)
        made = attacks["pgd"].run(victim, x, aim(rng, 0.0), AttackSettings(budget=1.5, steps=12, step=0.6, seed=seed))
        assert made.share == max(step.share for step in made.history)


@pytest.mark.parametrize("victim", [Flat, Deaf])
def test_without_a_gradient_only_the_start_moves(victim: type[Linear]) -> None:
    x = np.zeros((5, 4), dtype=np.float32)
    made = attacks["pgd"].run(
        victim(0),
        x,
        Aim(labels=np.zeros(7, dtype=np.int64), mask=np.ones(7, dtype=bool)),
        AttackSettings(budget=0.5, steps=3),
    )
    assert made.norm <= 0.5
    assert {step.share for step in made.history} == {0.0}  # class 0 is the first of equals


@pytest.mark.parametrize("name", sorted(attacks))
def test_the_same_seed_is_the_same_attack_and_another_is_not(name: str) -> None:
    rng = np.random.default_rng(2)
    x, wanted = point(rng, saturated=False), aim(rng, 0.0)
    first, again, other = (
        attacks[name].run(Bent(1), x, wanted, AttackSettings(budget=1.0, steps=5, seed=seed)).adversarial
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_cancelling_and_bad_input() -> None:
    rng = np.random.default_rng(3)
    x, wanted = point(rng, saturated=False), aim(rng, 0.0)
    seen: list[int] = []
    with pytest.raises(Cancelled):
        attacks["pgd"].run(
            Linear(0), x, wanted, AttackSettings(budget=1.0), watch=lambda step: seen.append(step.number),
            cancelled=lambda: len(seen) == 4,
        )  # fmt: skip
    assert seen == [0, 1, 2, 3]
    for wrong in (x + 9.0, x * np.nan):
        with pytest.raises(InvalidSetting, match=r"must lie in \[-2, 1\]"):
            attacks["pgd"].run(Linear(0), wrong.astype(np.float32), wanted, AttackSettings(budget=1.0))
    for name, field in (("loss", {"loss": "nope"}), ("norm", {"norm": "nope"})):
        with pytest.raises(UnknownName, match=f"unknown {name} 'nope'"):
            attacks["pgd"].run(Linear(0), x, wanted, AttackSettings(budget=1.0, **field))
    with pytest.raises(UnknownName, match="unknown attack 'nope'; known: apgd, mpgd, pgd, sapgd, sea, square"):
        attacks["nope"]


@pytest.mark.parametrize(
    "values",
    [{"budget": -1.0}, {"budget": float("nan")}, {"budget": float("inf")}, {"steps": 0}, {"restarts": 0},
     {"step": -1.0}, {"seed": -1}],
)  # fmt: skip
def test_settings_out_of_range(values: dict[str, float]) -> None:
    with pytest.raises(InvalidSetting):
        AttackSettings(**({"budget": 1.0} | values))


@pytest.mark.parametrize("name", sorted(losses))
def test_a_targeted_attack_has_a_gradient_before_anything_is_reached(name: str) -> None:
    """Weights that looked only at components which are as labelled would switch a targeted attack off."""
    logits = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    logits[:, 2] = logits.amax(dim=1) - 3.0  # class 2 is nowhere the answer
    logits = logits.requires_grad_()
    value = losses[name].value(logits, torch.full((7,), 2), torch.ones(7), 0.0, True)
    (gradient,) = torch.autograd.grad(value, logits)
    assert float(gradient.abs().sum()) > 0
    assert (gradient[:, 2] <= 0).all()  # lowering the loss raises the target


@pytest.mark.parametrize("name", sorted(losses))
@pytest.mark.parametrize("targeted", [False, True])
def test_every_loss_leaves_the_unmasked_alone(name: str, targeted: bool) -> None:
    logits = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(1)).requires_grad_()
    mask = torch.tensor([1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])
    value = losses[name].value(logits, torch.tensor([0, 1, 2, 0, 1, 2, 0]), mask, 0.5, targeted)
    (gradient,) = torch.autograd.grad(value, logits)
    assert (gradient[..., mask == 0] == 0).all()
    empty = losses[name].value(logits, torch.zeros(7, dtype=torch.int64), torch.zeros(7), 0.5, targeted)
    assert float(empty.detach()) == 0.0


def test_the_largest_seed_works() -> None:
    rng = np.random.default_rng(0)
    settings = AttackSettings(budget=0.1, steps=1, restarts=2, seed=2**53 - 1)
    assert attacks["pgd"].run(Linear(0), point(rng, saturated=False), aim(rng, 0.0), settings).norm <= 0.1


@pytest.mark.parametrize("name", [name for name, attack in attacks.items() if attack.gradient])
def test_a_targeted_attack_reaches_its_target(name: str) -> None:
    """A linear map with 20 inputs and 7 components: a large budget can give each of them any class."""
    victim = Linear(3, scale=5.0)
    target = Aim(labels=np.array([0, 1, 2, 0, 1, 2, 0]), mask=np.ones(7, dtype=bool), targeted=True)
    settings = AttackSettings(budget=4.0, steps=60)
    result = attacks[name].run(victim, np.zeros((5, 4), dtype=np.float32), target, settings)
    assert result.share > result.history[0].share
    assert result.share >= 6 / 7
    if not attacks[name].own_losses:  # one loss all the way
        assert result.history[-1].loss > result.history[0].loss


def test_every_restart_starts_elsewhere() -> None:
    aim = Aim(labels=np.zeros(7, dtype=int), mask=np.ones(7, dtype=bool))
    settings = AttackSettings(budget=0.5, steps=2, restarts=3)
    result = attacks["pgd"].run(Linear(0), np.zeros((5, 4), dtype=np.float32), aim, settings)
    assert [step.number for step in result.history] == list(range(9))
    assert len({result.history[first].loss for first in (0, 3, 6)}) == 3


ALL = Aim(labels=np.zeros(7, dtype=int), mask=np.ones(7, dtype=bool))


@pytest.mark.parametrize("name", sorted(attacks))
def test_a_run_begins_where_it_is_told(name: str) -> None:
    """At the start moved into the budget of its first look; a restart is a run of its own."""
    x, budget = np.zeros((5, 4), dtype=np.float32), 0.5
    start = np.full((5, 4), 0.5, dtype=np.float32)  # of size 2.2, so 0.11 an entry is left
    seen: list[torch.Tensor] = []

    class Seeing(Bent):
        def logits(self, x: torch.Tensor, randomness: torch.Generator) -> torch.Tensor:
            seen.append(x.detach().clone())
            return super().logits(x, randomness)

    made = attacks[name].run(Seeing(1), x, ALL, AttackSettings(budget=budget, steps=4, restarts=2), start=start)
    torch.testing.assert_close(seen[0], torch.full((5, 4), made.history[0].stretch * budget / 20**0.5))
    assert not torch.allclose(seen[5], seen[0])


@pytest.mark.parametrize("start", [np.zeros((4, 5), dtype=np.float32), np.full((5, 4), np.nan, dtype=np.float32)])
def test_a_start_that_is_none(start: np.ndarray) -> None:
    with pytest.raises(InvalidSetting, match=r"a start must be \(5, 4\) finite numbers"):
        attacks["pgd"].run(Linear(0), np.zeros((5, 4), dtype=np.float32), ALL, AttackSettings(budget=1.0), start=start)


def test_no_attack_takes_more_looks_than_it_says() -> None:
    for name, attack in attacks.items():
        made = attack.run(Bent(0), np.zeros((5, 4), dtype=np.float32), ALL, AttackSettings(budget=1.0, steps=61))
        assert [step.number for step in made.history] == list(range(62)), name
