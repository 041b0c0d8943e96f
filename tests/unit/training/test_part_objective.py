"""What part models are trained for: the right parts among those of the category, under noise on positions."""

from __future__ import annotations

import pytest
import torch
from scipy.special import log_softmax
from torch import Tensor, nn

from engine.training.objectives import NoiseMix
from engine.training.part_categories import CATEGORIES
from engine.training.part_objective import PartsObjective, categories_of

KNOWN = {name: CATEGORIES[name] for name in ("Chair", "Cup", "Lamp")}  # 4, 2 and 4 parts


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def objective(**changes: object) -> PartsObjective:
    values = {"mix": NoiseMix(sigma=0.0), "category_of": categories_of(KNOWN), "smoothing": 0.05}
    return PartsObjective(**{**values, "part_weights": torch.linspace(0.5, 2.0, 10), **changes})


def test_the_loss_by_hand_and_other_categories_play_no_role() -> None:
    # Chairs have parts 0..3, cups 4 and 5. Point by point in float64: 0.95 of the right part, 0.05 over all own parts.
    targets = torch.tensor([[0, 3, 1], [5, 4, 5]])
    logits = torch.randn(2, 10, 3, generator=seeded()).requires_grad_()
    loss = objective().cross_entropy(logits, targets)
    total = weight = 0.0
    for cloud, (first, last) in enumerate(((0, 4), (4, 6))):
        logs = log_softmax(logits[cloud, first:last].detach().double().numpy(), axis=0)
        for point, part in enumerate(targets[cloud].tolist()):
            w = float(torch.linspace(0.5, 2.0, 10)[part])
            total -= w * (0.95 * logs[part - first, point] + 0.05 * logs[:, point].mean())
            weight += w
    assert loss.item() == pytest.approx(total / weight, rel=1e-5)
    (gradient,) = torch.autograd.grad(loss, logits)
    assert gradient.isfinite().all()
    assert (gradient[0, :4] != 0).all()
    assert (gradient[0, 4:] == 0).all()
    assert (gradient[1, [*range(4), *range(6, 10)]] == 0).all()
    changed = logits.detach().clone()
    changed[0, 4:], changed[1, :4] = 1000.0, -1000.0
    assert objective().cross_entropy(changed, targets).item() == loss.item()


class Listening(nn.Module):
    """Remembers what it is given."""

    def forward(self, values: Tensor, category: Tensor) -> Tensor:
        self.values, self.category = values, category
        return torch.zeros(len(values), 10, values.shape[1])


def test_noise_is_on_positions_only_and_the_category_is_told() -> None:
    # 2 x 3 x 4,000 normal numbers: their standard deviation is known within 0.5 %, here 5 times it.
    values = torch.randn(2, 4000, 6, generator=seeded(1))
    network, targets = Listening(), torch.tensor([[5], [9]]).expand(2, 4000)
    mix = NoiseMix(sigma=0.05, clean_share=0.0, random_share=0.0)
    state = torch.get_rng_state()
    objective(mix=mix)(network, values, targets, seeded(2))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(network.values[..., 3:], values[..., 3:])
    assert float((network.values - values)[..., :3].std()) == pytest.approx(0.05, rel=0.025)
    assert network.category.tolist() == [1, 2]  # a cup and a lamp
