"""The claim itself: with probability at least 1 - alpha, no certified pixel has a class that is not above tau.

Coins of known probability through the real sampler and the real decision, in the three dependences a coin model can
make, with p exactly tau (the hardest null), below tau, and mixed with pixels far above it. A claim is refuted by an
exact binomial test of level 1e-4 (`known_p.refuted`); all seeds are fixed, so every outcome is the same everywhere.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from scipy.stats import binom, norm

from engine.audits.error_control.coins import coin_model
from engine.certification import Settings, certify
from engine.certification.sampling import Sampler
from engine.core import Compute
from engine.inputs import ABSTAIN
from engine.perturbations import families
from engine.stats import Control, corrections, p_value_table
from tests.material.known_p import DEPENDENCE, VALUE, Drawn, coins, decisions, errors, refuted
from tests.material.pictures import plain_image

TAU, ALPHA, GRID = 0.75, 0.1, 24  # 24 x 48 = 1,152 families of 64 pixels
BUDGETS = {Control.FWER: (0,), Control.K_FWER: (0, 2, 8), Control.FDR: ()}  # an FDR procedure claims nothing here
CLAIMS = [(name, budget) for name, entry in corrections.items() for budget in BUDGETS[entry.control]]
SETTINGS = Settings(sigma=0.25, tau=TAU, n0=9, n=60, alpha=ALPHA, seed=2021)


def pattern(kind: str) -> np.ndarray:
    """Probabilities of an 8x8 family, constant on 4x4 quarters."""
    made = np.full((8, 8), TAU)
    if kind == "mixed":
        made[:4], made[4:, :4] = 0.97, 0.6  # half far above tau, a quarter below, a quarter at tau
    return made


@cache
def drawn(kind: str, dependence: str) -> Drawn:
    block = DEPENDENCE[dependence]
    probabilities = pattern(kind) if dependence != "one coin" else np.full((8, 8), TAU)
    compute = Compute(device=torch.device("cpu"), precision="fp32")
    return coins(SETTINGS, probabilities, block, GRID, compute)


@pytest.mark.parametrize(("name", "budget"), CLAIMS)
@pytest.mark.parametrize(
    ("kind", "dependence"),
    [("null", "independent"), ("null", "blocks"), ("null", "one coin"), ("mixed", "independent"), ("mixed", "blocks")],
)
def test_error_is_at_most_alpha(name: str, budget: int, kind: str, dependence: str) -> None:
    # Shared coins are positively dependent: what the one correction with a condition on dependence asks for.
    made = drawn(kind, dependence)
    failures = errors(made, decisions(made, name, budget), budget)
    assert not refuted(failures, len(made.hits), ALPHA), f"{failures} of {len(made.hits)} families failed"


def test_procedures_that_certify_are_judged_here() -> None:
    assert {name for name, _ in CLAIMS} == {name for name, entry in corrections.items() if entry.certifies}
    assert ("k-step-down", 8) in CLAIMS


@pytest.mark.parametrize("name", [name for name, budget in CLAIMS if budget == 8])
def test_a_budget_is_used_and_is_no_family_wise_error(name: str) -> None:
    # With one coin all 64 pixels are false together or none is, so a run that fails has spent more than any budget.
    # With independent nulls some of 64 at level 9 * alpha / 64 are wrong nearly always: few, as the budget says.
    made = drawn("null", "independent")
    certified = decisions(made, name, 8)
    assert refuted(errors(made, certified), len(made.hits), ALPHA)
    assert not refuted(errors(made, certified, 8), len(made.hits), ALPHA)
    together = drawn("null", "one coin")
    assert errors(together, decisions(together, name, 8), 8) == errors(together, decisions(together, name, 8)) > 0


def test_error_is_what_theory_says_it_is() -> None:
    # Independent nulls: a family fails when any of 64 pixels reaches the Bonferroni cut-off c, with probability
    # 1 - (1 - P(Bin(60, .75) >= c))^64. Five standard errors: the sampler must not be too careful either.
    made = drawn("null", "independent")
    p = p_value_table(60, TAU)
    expected = 1 - (1 - p[p * 64 <= ALPHA].max()) ** 64
    failures = errors(made, decisions(made, "bonferroni")) / len(made.hits)
    assert abs(failures - expected) < 5 * np.sqrt(expected * (1 - expected) / len(made.hits))
    assert expected > ALPHA / 4  # the check has something to measure


@pytest.mark.parametrize("dependence", ["independent", "blocks"])
def test_counts_follow_the_binomial(dependence: str) -> None:
    # Where class 1 is under test its hits are Bin(60, .75): mean and variance within five standard errors, and the
    # share at or above every cut-off too. One pixel a family, so that all are independent.
    made = drawn("null", dependence)
    hits = made.hits[:, 0][made.top[:, 0] == 1]
    assert abs(hits.mean() - 45) < 5 * np.sqrt(60 * 0.75 * 0.25 / len(hits))
    assert abs(hits.var() - 11.25) < 5 * 11.25 * np.sqrt(2 / len(hits))
    for k in (46, 50, 52):
        share = binom.sf(k - 1, 60, 0.75)
        assert abs((hits >= k).mean() - share) < 5 * np.sqrt(share * (1 - share) / len(hits))


def test_pixels_far_above_tau_are_certified() -> None:
    made = drawn("mixed", "independent")
    strong = made.p > 0.9
    assert strong.mean() == pytest.approx(0.5, abs=0.01)
    shares = {name: decisions(made, name, budget)[strong].mean() for name, budget in CLAIMS}
    # P(Bin(60, .97) >= c) at the Bonferroni cut-off for 64 pixels: the power that theory promises.
    table = p_value_table(60, TAU)
    power = binom.sf(int(np.argmax(table * 64 <= ALPHA)) - 1, 60, 0.97)
    assert power > 0.8
    assert shares["bonferroni"] == pytest.approx(power, abs=0.01)
    assert all(share >= shares["bonferroni"] for share in shares.values())


def test_holm_gains_over_bonferroni_where_much_is_certified(compute: Compute) -> None:
    probabilities = np.full((8, 8), 0.97)
    probabilities[0, 0] = 0.9  # once the others are certified the last levels are far above alpha / 64
    made = coins(SETTINGS, probabilities, 1, 16, compute)
    holm, bonferroni = decisions(made, "holm"), decisions(made, "bonferroni")
    assert not (bonferroni & ~holm).any()
    assert (holm & ~bonferroni).sum() > 100


def test_whole_runs_keep_the_level(compute: Compute) -> None:
    # 150 runs of `certify` itself, each another seed, on 16x16 pixels of 16 coins at p = tau.
    model = coin_model(np.full((16, 16), 0.6), value=VALUE, sigma=0.25, block=4, compute=compute)
    image, failures = plain_image(16, 16, VALUE), 0
    for seed in range(150):
        made = certify(model, image, Settings(tau=0.6, n0=5, n=40, alpha=0.1, seed=seed), batch=40)
        failures += bool((made.labels != ABSTAIN).any())
    assert not refuted(failures, 150, 0.1)


def test_the_radius_holds_against_the_worst_change(compute: Compute) -> None:
    """A certified pixel keeps its class at distance R and not far beyond it.

    Moving the deciding channel by d turns the coin's probability into cdf(ppf(p) - d / sigma) (METHOD, section 1), and
    no change of that size does more. With p a little above tau that is above 1/2 at d = R and below it at 1.3 R.
    """
    tau, p, sigma = 0.75, 0.77, 0.25
    radius = families["l2"].radius(sigma=sigma, tau=tau)
    model = coin_model(np.full((16, 16), p), value=VALUE, sigma=sigma, block=1, compute=compute)
    for distance in (0.0, radius, 1.3 * radius):
        made = Sampler(
            model=model,
            subject=plain_image(16, 16, VALUE + distance),  # every pixel at once: their coins are separate experiments
            family=families["l2"],
            sigma=sigma,
            seed=8,
        )
        votes = made.votes(400).votes[1].sum() / (400 * 256)
        expected = norm.cdf(norm.ppf(p) - distance / sigma)
        assert abs(votes - expected) < 5 * np.sqrt(expected * (1 - expected) / (400 * 256))
        assert (votes > 0.5) == (distance <= radius)


def test_refutation_itself() -> None:
    # 100 trials at alpha = .1: P(Bin >= 24) = 2e-5 refutes, P(Bin >= 20) = 2e-3 does not, and no failures never do.
    assert refuted(24, 100, 0.1)
    assert not refuted(20, 100, 0.1)
    assert not refuted(0, 100, 0.1)
