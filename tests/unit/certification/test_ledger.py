"""Several certificates together: the union bound, counted once per set of draws."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.certification import Certificate, Ledger, ledger_of
from engine.core import Compute
from tests.material.pictures import coin_certificate


@pytest.fixture(scope="module")
def free(compute: Compute) -> Certificate:
    return coin_certificate(compute, mode="free", correction="bonferroni", n=120)


def test_alpha_adds_up_in_decimals(compute: Compute) -> None:
    made = ledger_of((f"{seed}", coin_certificate(compute, alpha=0.001, seed=seed)) for seed in (1, 2, 3))
    assert made.reused == 0
    assert made.alpha == 0.003  # in floats 0.001 + 0.001 + 0.001 is more
    assert len(made.entries) == 3


def test_the_same_draws_count_once(coin_cert: Certificate) -> None:
    assert len(ledger_of([("a", coin_cert), ("again", coin_cert)]).entries) == 1


def test_another_tau_of_a_free_certificate_costs_nothing(free: Certificate) -> None:
    assert len(ledger_of([("a", free), ("b", free.at(0.8))]).entries) == 1


def test_another_tau_of_a_fixed_run_costs_its_alpha(compute: Compute) -> None:
    pair = [("a", coin_certificate(compute)), ("b", coin_certificate(compute, tau=0.7))]
    made = ledger_of(pair)
    assert len(made.entries) == 2
    assert made.alpha == 0.2
    assert made.reused == 1  # the second reads noise that the first has shown


def test_noise_is_what_its_keys_say_whatever_it_was_added_to(compute: Compute) -> None:
    # A smaller input, another model or family: made of the same random numbers. Another seed, stream or device: not.
    first = coin_certificate(compute)
    other = replace(first.provenance, input_sha256="0" * 64, model="another", weights_sha256="1" * 64)
    smaller = replace(
        first, provenance=other, labels=first.labels[:8], top=first.top[:8], votes=first.votes[:, :8],
        hits=first.hits[:8], settings=replace(first.settings, family="l1-laplace"),
    )  # fmt: skip
    assert ledger_of([("a", first), ("b", smaller)]).reused == 1
    for fresh in (
        replace(first, settings=replace(first.settings, seed=99)),
        replace(first, settings=first.settings.fresh("attacked")),
        replace(first, provenance=replace(first.provenance, device="cuda")),
    ):
        assert ledger_of([("a", first), ("b", fresh)]).reused == 0


def test_two_moments_of_an_anytime_run_count_once(compute: Compute) -> None:
    early = coin_certificate(compute, mode="anytime", n=60)
    late = coin_certificate(compute, mode="anytime", n=90)
    assert len(ledger_of([("a", early), ("b", late)]).entries) == 1
    fixed = [("a", coin_certificate(compute, n=60)), ("b", coin_certificate(compute, n=90))]
    assert len(ledger_of(fixed).entries) == 2


def test_budgets_add_up_and_fdr_promises_nothing(compute: Compute) -> None:
    budgeted = coin_certificate(compute, correction="k-step-down", budget=3)
    fdr = coin_certificate(compute, correction="fdr-bh")
    made = ledger_of(
        [("a", budgeted), ("b", replace(budgeted, settings=replace(budgeted.settings, seed=9))), ("c", fdr)]
    )
    assert made.tolerated == 6
    assert made.alpha == 0.2
    assert [entry.promise for entry in made.entries] == [True, True, False]


def test_alpha_never_exceeds_one(compute: Compute) -> None:
    assert ledger_of((str(i), coin_certificate(compute, alpha=0.5, seed=i)) for i in range(3)).alpha == 1.0
    assert Ledger().alpha == 0.0
