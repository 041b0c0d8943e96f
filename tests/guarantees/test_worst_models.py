"""The worst base model of each family with one parameter: 1/2 exactly at the region's edge, and more inside.

The worst set of base probability tau is told by the parameter that was drawn (Neyman and Pearson: the ratio of
densities is monotone in it). The parameter is read off what `perturb` itself makes of a small input, at equally likely
numbers of the law: an exact integral but for half a step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import Tensor

from engine.perturbations import families
from tests.material.chosen import Chosen, shares

SIGMA, TAU, COUNT = 0.3, 0.9, 2500


@dataclass(frozen=True, kw_only=True)
class Case:
    """clean: a small input. number: what to draw for a share of the law. read: the noise's parameter and the change's
    together. edge: which end of the region, 0 the lower or 1 the upper."""

    family: str
    clean: Tensor
    number: Callable[[float], float]
    read: Callable[[Tensor], float]
    edge: int

    @property
    def name(self) -> str:
        return f"{self.family} {('low', 'high')[self.edge]}"


def points(*rows: tuple[float, ...]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def twist_of(out: Tensor) -> float:
    return float(torch.atan2(out[0, 1], out[0, 0])) / 0.5


def shear_of(out: Tensor) -> float:
    return (float(out[0, 0]) - 0.2) / 0.5


def gamma_of(out: Tensor) -> float:
    return -float(out.log2())


WAVE = torch.cos(np.pi * (torch.arange(6, dtype=torch.float64) + 0.5) / 6).view(1, 6, 1)


def blur_of(out: Tensor) -> float:  # what is left of a wave of half a period over six pixels
    return -float((out / WAVE).mean().log()) / (1.0 - np.cos(np.pi / 6))


ENDS = (0, 1)
CASES = [
    Case(family="blur", clean=WAVE, number=float, read=blur_of, edge=1),
    *(Case(family="gamma", clean=points((0.5,)), number=norm.ppf, read=gamma_of, edge=edge) for edge in ENDS),
    *(Case(family="gamma-rayleigh", clean=points((0.5,)), number=float, read=gamma_of, edge=edge) for edge in ENDS),
    *(Case(family="twist", clean=points((1, 0, 0.5)), number=norm.ppf, read=twist_of, edge=edge) for edge in ENDS),
    *(Case(family="shear", clean=points((0.2, 0.1, 0.5)), number=norm.ppf, read=shear_of, edge=edge) for edge in ENDS),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_worst_model_has_one_half_at_the_edge(case: Case) -> None:
    entry = families[case.family]
    region = entry.region(sigma=SIGMA, tau=TAU)
    parameter, edge = entry.change.parameters[0], region.bounds[entry.change.parameters[0].name][case.edge]

    def drawn_at(amount: float) -> np.ndarray:
        changed = entry.change.apply(case.clean, torch.tensor([amount], dtype=torch.float64))
        return np.array(
            [case.read(entry.perturb(changed, SIGMA, Chosen(case.number(share)))) for share in shares(COUNT)]
        )

    base = np.sort(drawn_at(parameter.neutral))
    place = round((TAU if case.edge else 1 - TAU) * COUNT)
    limit = (base[place - 1] + base[place]) / 2

    def kept(amount: float) -> float:  # a change that moves the parameter up hurts a class of low values
        return float(np.mean((drawn_at(amount) < limit) == bool(case.edge)))

    assert kept(parameter.neutral) == pytest.approx(TAU, abs=1e-3)
    assert kept(edge) == pytest.approx(0.5, abs=1e-3)
    inside = parameter.neutral * (edge / parameter.neutral) ** 0.98 if parameter.multiplies else 0.98 * edge
    assert kept(inside) > 0.502
