"""What street models are trained for, against formulas written out here and against what attacks may do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from torch import Tensor, nn

from engine.inputs.labels import VOID
from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.patches import windows
from engine.training.objectives import OBJECTIVES, Consistency, Masked, NoiseMix, Objective, SmoothAdversarial
from engine.training.street import RECIPES

CLASSES = 5
WEIGHTS = torch.tensor([0.5, 1.0, 2.0, 1.5, 0.7])
NONE = NoiseMix(sigma=0.0)


class Given(nn.Module):
    """Answers with given logits, whatever the images are; remembers these."""

    def __init__(self, logits: Tensor) -> None:
        super().__init__()
        self.logits = nn.Parameter(logits)
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images.clone())
        return self.logits[: len(images)]


def network(seed: int = 0) -> PyramidNet:
    """A small one with statistics as after some training, in training mode."""
    torch.manual_seed(seed)
    made = PyramidNet(PyramidNetSpec(classes=CLASSES, widths=(8, 8, 16, 16), blocks=(1, 1, 1)))
    for _ in range(3):
        made(torch.rand(4, 3, 32, 32))
    return made


def batch(size: int = 4) -> tuple[Tensor, Tensor]:
    """Images in [0, 1] and targets with some void."""
    generator = torch.Generator().manual_seed(7)
    targets = torch.randint(0, CLASSES, (size, 32, 32), generator=generator)
    targets[:, :3] = VOID
    return torch.rand(size, 3, 32, 32, generator=generator), targets


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def weighted_cross_entropy(logits: np.ndarray, targets: np.ndarray) -> float:
    """Sum of w[y] * -log p[y] over the sum of w[y], over all pixels that are not void; by hand in float64."""
    logs = log_softmax(logits.astype(np.float64), axis=1)
    rows = [(WEIGHTS[y].item(), -logs[b, y, i, j]) for (b, i, j), y in np.ndenumerate(targets) if y != VOID]
    return sum(w * loss for w, loss in rows) / sum(w for w, _ in rows)


@pytest.mark.parametrize("clean_share", [0.1, 0.0])
def test_shares_of_noise(clean_share: float) -> None:
    # Binomial: a share p of n draws lies within 5 sqrt(p (1 - p) / n) of p but for 1 run in a million.
    count, sigma, random_share = 200_000, 0.25, 0.12
    sigmas = NoiseMix(sigma=sigma, clean_share=clean_share, random_share=random_share).sigmas(count, seeded())
    assert sigmas.shape == (count, 1, 1, 1)
    values = sigmas.flatten().double()
    none, full = values == 0.0, values == sigma
    other = values[~none & ~full]
    for found, share in ((none, clean_share), (full, 1 - clean_share - random_share)):
        assert float(found.double().mean()) == pytest.approx(share, abs=5 * (share * (1 - share) / count) ** 0.5)
    assert 0.0 < float(other.min()) <= float(other.max()) < 1.4 * sigma
    spread = 1.4 * sigma / 12**0.5
    assert float(other.mean()) == pytest.approx(0.7 * sigma, abs=5 * spread / len(other) ** 0.5)
    assert float(other.std()) == pytest.approx(spread, rel=0.02)


def test_noise_has_the_sigma_it_is_drawn_for() -> None:
    # 8 images of 3,072 values: the standard deviation of each is known within 1.3 %, here 5 times it.
    images = torch.full((8, 3, 32, 32), 0.5)
    made = Objective(mix=NoiseMix(sigma=0.5), class_weights=WEIGHTS)
    expected = made.mix.sigmas(8, seeded(3)).flatten()
    found = made.noisy(images, seeded(3)).sub(images).flatten(1).std(dim=1)
    torch.testing.assert_close(found, expected, rtol=0.065, atol=1e-7)
    assert torch.equal(made.noisy(images, seeded(3)), made.noisy(images, seeded(3)))


def test_cross_entropy_by_hand() -> None:
    images, targets = batch(2)
    logits = torch.randn(2, CLASSES, 32, 32, generator=seeded(1))
    made = Objective(mix=NONE, class_weights=WEIGHTS)
    loss = made(Given(logits), images, targets, seeded())
    assert loss.item() == pytest.approx(weighted_cross_entropy(logits.numpy(), targets.numpy()), rel=1e-5)


@pytest.mark.parametrize(("lam", "eta"), [(1.0, 0.5), (2.0, 0.0), (0.0, 1.0)])
def test_consistency_by_hand(lam: float, eta: float) -> None:
    # Jeong & Shin 2020, equations 6 and 7 with m = 2: lam * mean_i KL(mean || p_i) + eta * H(mean), at valid pixels.
    images, targets = batch(2)
    logits = torch.randn(4, CLASSES, 32, 32, generator=seeded(1))
    network = Given(logits)
    loss = Consistency(mix=NONE, class_weights=WEIGHTS, lam=lam, eta=eta)(network, images, targets, seeded())
    one, two = (softmax(part.double().numpy(), axis=1) for part in logits.chunk(2))
    mean = (one + two) / 2
    divergence = sum((mean * np.log(mean / part)).sum(axis=1) for part in (one, two)) / 2
    entropy = -(mean * np.log(mean)).sum(axis=1)
    valid = targets.numpy() != VOID
    twice = np.concatenate([targets.numpy()] * 2)
    expected = weighted_cross_entropy(logits.numpy(), twice) + (lam * divergence + eta * entropy)[valid].mean()
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    (seen,) = network.seen
    assert torch.equal(seen, torch.cat([images, images]))  # sigma 0: both copies are the images


def test_two_noises_without_noise_agree() -> None:
    images, targets = batch()
    made = network().eval()
    both = Consistency(mix=NONE, class_weights=WEIGHTS, lam=10.0, eta=0.0)(made, images, targets, seeded())
    plain = Objective(mix=NONE, class_weights=WEIGHTS)(made, images, targets, seeded())
    assert both.item() == pytest.approx(plain.item(), rel=1e-5)
    noisy = NoiseMix(sigma=0.5, clean_share=0.0)
    apart = [
        Consistency(mix=noisy, class_weights=WEIGHTS, lam=lam, eta=0.0)(made, images, targets, seeded()).item()
        for lam in (0.0, 10.0)
    ]
    assert apart[1] > apart[0] + 1e-3


def smoothed_loss(made: nn.Module, images: Tensor, noises: list[Tensor], targets: Tensor) -> list[float]:
    """-log of the truth's probability averaged over the noises, per image, at valid pixels; in evaluation mode."""
    made.eval()
    with torch.no_grad():
        mean = torch.stack([made(images + noise).double().softmax(dim=1) for noise in noises]).mean(dim=0)
    made.train()
    losses = nn.functional.nll_loss(mean.log(), targets, ignore_index=VOID, reduction="none")
    return [float(loss[target != VOID].mean()) for loss, target in zip(losses, targets, strict=True)]


@pytest.mark.parametrize("steps", [1, 4])
def test_the_attack_raises_the_loss_within_its_budget(steps: int) -> None:
    images, targets = batch()
    images[0] = images[0].round()  # at both ends of [0, 1], where clipping bites
    made, noises = network(), [0.25 * torch.randn(images.shape, generator=seeded(k)) for k in range(2)]
    budget = torch.tensor([0.2, 0.5, 1.0, 0.0])[:, None, None, None]
    attack = SmoothAdversarial(mix=NONE, class_weights=WEIGHTS, steps=steps)
    moved = attack._attack(made, images, targets, noises, budget)
    assert not moved.requires_grad
    assert 0.0 <= float(moved.min()) <= float(moved.max()) <= 1.0
    lengths = (moved.double() - images.double()).flatten(1).norm(dim=1)
    assert (lengths <= budget.flatten().double() * (1 + 1e-5)).all()
    assert float(lengths[2]) > 0.5  # it uses what it has
    assert torch.equal(moved[3], images[3])  # nothing to spend
    before, after = (smoothed_loss(made, start, noises, targets) for start in (images, moved))
    assert all(late > early for early, late in zip(before[:3], after[:3], strict=True))


def test_the_attack_leaves_the_network_as_it_was() -> None:
    images, targets = batch()
    made = network().train()
    state = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    attack = SmoothAdversarial(mix=NONE, class_weights=WEIGHTS, steps=2)
    attack._attack(made, images, targets, [torch.zeros_like(images)] * 2, torch.ones(4, 1, 1, 1))
    assert all(torch.equal(tensor, state[name]) for name, tensor in made.state_dict().items())
    assert all(module.training for module in made.modules())
    assert all(parameter.grad is None for parameter in made.parameters())


def test_smooth_adversarial_trains_on_what_it_moved() -> None:
    # Two passes: the attack's, in evaluation mode, on the images under two noises; and the one that is trained on, in
    # training mode, on the same noises around images that have moved by at most the budget.
    images, targets = batch()
    made, passes = network(), []
    made.register_forward_pre_hook(lambda module, inputs: passes.append((module.training, inputs[0].detach().clone())))
    SmoothAdversarial(mix=NoiseMix(sigma=0.25), class_weights=WEIGHTS, budget=0.8)(made, images, targets, seeded())
    (attacking, before), (training, after) = passes
    assert (attacking, training) == (False, True)
    one, two = (after.double() - before.double()).chunk(2)
    torch.testing.assert_close(one, two, rtol=0, atol=1e-6)
    assert (one.flatten(1).norm(dim=1) <= 0.8 * (1 + 1e-5)).all()
    assert (one.flatten(1).norm(dim=1) > 0.001).all()


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_trains_the_network_and_repeats(name: str) -> None:
    images, targets = batch()
    losses = []
    for _ in range(2):
        made = network()
        loss = OBJECTIVES[name](mix=NoiseMix(sigma=0.25), class_weights=WEIGHTS)(made, images, targets, seeded())
        loss.backward()
        losses.append(loss.item())
        assert all(float(parameter.grad.abs().max()) > 0 for parameter in made.parameters() if parameter.ndim > 1)
    assert losses[0] == losses[1]
    assert np.isfinite(losses[0])


def hidden(before: Tensor, after: Tensor) -> list[tuple[int, int, int, int] | None]:
    """Of each image the rectangle that holds all changed pixels: top, left, bottom, right; None where none changed."""
    found: list[tuple[int, int, int, int] | None] = []
    for changed in (before != after).any(dim=1):
        rows, columns = changed.any(dim=1).nonzero().flatten(), changed.any(dim=0).nonzero().flatten()
        if not len(rows):
            found.append(None)
            continue
        found.append((int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1))
    return found


def test_a_masked_model_sees_the_windows_of_a_certificate() -> None:
    # Of 60 images 30 % are shown as they are: 6 to 30 are but for 1 run in 10,000. All others lack one window of those
    # that cover patches of 6 to 8 pixels with strides 5 to 9, filled with the mean of the rest.
    images, targets = torch.rand(60, 3, 32, 40, generator=seeded(2)), torch.zeros(60, 32, 40, dtype=torch.int64)
    network = Given(torch.zeros(60, CLASSES, 32, 40))
    Masked(mix=NONE, class_weights=WEIGHTS, shown=0.3, patches=(6, 8), strides=(5, 9))(
        network, images.clone(), targets, seeded()
    )
    (seen,) = network.seen
    known = {
        (one.top, one.left, one.bottom, one.right)
        for patch in range(6, 9)
        for stride in range(5, 10)
        for one in windows(32, 40, patch=patch, stride=stride)
    }
    found = hidden(images, seen)
    assert 6 <= found.count(None) <= 30
    places = {place for place in found if place is not None}
    assert places <= known
    assert len(places) > 20
    for image, copy, place in zip(images.double(), seen.double(), found, strict=True):
        if place is not None:
            top, left, bottom, right = place
            rest = torch.ones(32, 40, dtype=torch.bool)
            rest[top:bottom, left:right] = False
            mean = image[:, rest].mean(dim=1)
            torch.testing.assert_close(copy[:, ~rest], mean[:, None].expand(3, int((~rest).sum())), rtol=0, atol=1e-6)


def test_a_masked_model_is_asked_for_what_is_hidden() -> None:
    # With emphasis e the loss is that of all pixels, plus e times that of the hidden ones.
    images, targets = torch.rand(1, 3, 32, 32, generator=seeded(2)), torch.zeros(1, 32, 32, dtype=torch.int64)
    logits = torch.randn(1, CLASSES, 32, 32, generator=seeded(1))
    network = Given(logits)
    made = Masked(mix=NONE, class_weights=WEIGHTS, shown=0.0, patches=(8, 8), strides=(4, 4), emphasis=0.5)
    loss = made(network, images.clone(), targets, seeded())
    ((place,),) = [hidden(images, network.seen[0])]
    assert place is not None
    top, left, bottom, right = place
    under = np.full((1, 32, 32), VOID)
    under[:, top:bottom, left:right] = 0
    parts = [weighted_cross_entropy(logits.numpy(), truth) for truth in (targets.numpy(), under)]
    assert loss.item() == pytest.approx(parts[0] + 0.5 * parts[1], rel=1e-5)


def test_recipes_name_objectives_that_exist() -> None:
    assert {recipe.objective for recipe in RECIPES.values()} == set(OBJECTIVES)
