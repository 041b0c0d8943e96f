"""Every loss against its formula, written out in NumPy from where it was proposed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.special import expit

from engine.attacks.search import losses

PROGRESS = 0.4
RNG = np.random.default_rng(2)
LOGITS = RNG.normal(0.0, 2.0, (2, 3, 9)).astype(np.float32)  # draws, classes, components
LABELS = np.array([0, 1, 2, 2, 1, 0, 0, 1, 1])
MASK = np.array([1, 1, 0, 1, 1, 1, 0, 1, 1], dtype=np.float32)
FAMILIAR = np.eye(3)[LABELS]  # components, classes


def probabilities() -> NDArray[np.float64]:
    raised = np.exp(LOGITS.astype(np.float64))
    return (raised / raised.sum(axis=1, keepdims=True)).transpose(0, 2, 1)  # draws, components, classes


def by_component(name: str, *, targeted: bool) -> NDArray[np.float64]:
    p = probabilities()
    entropy = -np.log((p * FAMILIAR).sum(axis=2))
    same = p.argmax(axis=2) == LABELS
    to_do = ~same if targeted else same
    if name == "segpgd":  # Gu et al. 2022, equation 4: lambda_t = (t - 1) / 2T
        return entropy * np.where(to_do, 1.0 - PROGRESS / 2.0, PROGRESS / 2.0)
    if name == "cospgd":  # Agnihotri et al. 2024, equations 5 and 6
        cosine = (p * FAMILIAR).sum(axis=2) / np.sqrt((p**2).sum(axis=2))
        return entropy * (1.0 - cosine if targeted else cosine)
    if name == "masked-ce":
        return entropy * to_do
    if name == "balanced-ce":
        counts = np.array([(MASK * (one == LABELS)).sum() for one in range(3)])
        return entropy * to_do * (MASK.sum() / ((counts > 0).sum() * counts))[LABELS]
    if name == "js":  # scipy's distance is the square root of the divergence
        return jensenshannon(p, np.broadcast_to(FAMILIAR, p.shape), axis=2) ** 2
    if name == "flips":  # a sigmoid of the lead of the best other class, 0.5 logits wide at first and 0.1 at last
        own = (LOGITS.transpose(0, 2, 1) * FAMILIAR).sum(axis=2)
        best = np.where(FAMILIAR == 1, -np.inf, LOGITS.transpose(0, 2, 1)).max(axis=2)
        return expit((best - own) / (0.5 * 0.2**PROGRESS))
    return entropy


@pytest.mark.parametrize("targeted", [False, True])
@pytest.mark.parametrize("name", sorted(losses))
def test_values(name: str, targeted: bool) -> None:
    found = losses[name].value(
        torch.from_numpy(LOGITS), torch.from_numpy(LABELS), torch.from_numpy(MASK), PROGRESS, targeted
    )
    wanted = (by_component(name, targeted=targeted) * MASK).sum() / (2 * MASK.sum())
    assert float(found) == pytest.approx(wanted, rel=1e-5)
