"""PartNet: any number of points in any order, one sample at a time whatever the batch, gradients, fusing, learning."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as functional
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.models.architectures.part_net import PartNet, PartNetSpec
from engine.models.zoo import _tuples

TINY = PartNetSpec(
    parts=7, categories=3, normals=True, centres=(24, 8), neighbours=(6, 5), first=(8, 12), second=(12, 16),
    scene=(16, 24), back=(16, 12, 12),
)  # fmt: skip
SMALL = replace(TINY, centres=(48, 16), neighbours=(12, 8))


def shapes(batch: int, size: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Points near the unit sphere with its normals, float32 (B, P, 6), and categories, int64 (B,)."""
    generator = torch.Generator().manual_seed(seed)
    normals = functional.normalize(torch.randn(batch, size, 3, generator=generator), dim=-1)
    points = 0.8 * normals + 0.05 * torch.randn(batch, size, 3, generator=generator)
    return torch.cat([points, normals], dim=-1), torch.arange(batch) % TINY.categories


def random_net(spec: PartNetSpec = TINY, seed: int = 0) -> PartNet:
    """A network in evaluation with random weights and statistics: fresh statistics would hide errors of fusing."""
    torch.manual_seed(seed)
    network = PartNet(spec)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.3)
            assert module.running_mean is not None
            assert module.running_var is not None
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.2, 1.0)
    return network.eval()


@pytest.mark.parametrize("normals", [True, False])
@pytest.mark.parametrize("size", [16, 17, 30, 200])  # below and above the numbers of centres
def test_every_point_gets_logits(normals: bool, size: int) -> None:
    values, category = shapes(2, size)
    logits = random_net(replace(TINY, normals=normals))(values, category)
    assert logits.shape == (2, TINY.parts, size)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


def test_the_full_size_takes_few_points() -> None:
    values, category = shapes(1, 16)
    network = random_net(PartNetSpec(parts=94, categories=19, normals=True))
    assert network(values, category).shape == (1, 94, 16)
    assert 0.5e6 < sum(parameter.numel() for parameter in network.parameters()) < 1.5e6


def test_normals_are_read_only_where_wanted() -> None:
    values, category = shapes(2, 40)
    without, reads = random_net(replace(TINY, normals=False)), random_net()
    assert torch.equal(without(values, category), without(values[..., :3].clone(), category))
    flipped = torch.cat([values[..., :3], -values[..., 3:]], dim=-1)
    assert not torch.allclose(reads(values, category), reads(flipped, category), atol=1e-3)
    with pytest.raises(ValueError, match=r"reads 6 values a point \(normals too\), got 3"):
        reads(values[..., :3], category)


def test_the_category_counts() -> None:
    values, category = shapes(2, 40)
    network = random_net()
    assert not torch.allclose(network(values, category), network(values, category + 1), atol=1e-3)


def test_permuted_points_give_permuted_logits() -> None:
    values, category = shapes(2, 150)
    order = torch.randperm(150, generator=torch.Generator().manual_seed(1))
    network = random_net()
    expected = network(values, category)[..., order]
    torch.testing.assert_close(network(values[:, order], category), expected, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(network(values, category), expected, atol=1e-2)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_sample_does_not_see_its_batch(dtype: torch.dtype) -> None:
    # Exactly, on a CPU: samples go one by one there.
    values, category = shapes(5, 100)
    network = random_net().fuse().to(dtype)
    whole = network(values, category)
    for start, stop in ((0, 1), (2, 5), (4, 5)):
        assert torch.equal(network(values[start:stop], category[start:stop]), whole[start:stop])


def test_whole_batches_agree_with_single_samples() -> None:
    # The way of training and of GPUs: all samples at once, here with the statistics of evaluation.
    values, category = shapes(3, 100)
    network = random_net(replace(TINY, dropout=0.0))
    alone = network(values, category)
    network.training = True  # this module only: the layers below stay in evaluation
    torch.testing.assert_close(network(values, category), alone, rtol=1e-4, atol=1e-5)


def test_evaluation_is_not_random() -> None:
    values, category = shapes(2, 60)
    network = random_net()
    state = torch.get_rng_state()
    assert torch.equal(network(values, category), network(values, category))
    assert torch.equal(torch.get_rng_state(), state)


def test_fusing_changes_nothing() -> None:
    values, category = shapes(2, 80)
    network = random_net()
    expected = network(values, category)
    fused = network.fuse()
    torch.testing.assert_close(fused(values, category), expected, rtol=1e-4, atol=1e-5)
    assert not any(isinstance(module, nn.BatchNorm1d) for module in fused.modules())
    keys = set(fused.state_dict())
    assert set(fused.fuse().state_dict()) == keys  # fusing again is harmless


def test_fused_weights_come_back_from_a_file(tmp_path: Path) -> None:
    # The way of the zoo: the spec through JSON, the weights through safetensors, into a fresh fused network.
    values, category = shapes(2, 80)
    network = random_net(SMALL).fuse()
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    fields = json.loads(json.dumps(asdict(SMALL)))
    spec = PartNetSpec(**_tuples(fields))
    assert spec == SMALL
    again = PartNet(spec).fuse()
    again.load_state_dict(load_file(tmp_path / "model.safetensors"))
    assert torch.equal(again(values, category), network(values, category))


def test_bfloat16_stays_near() -> None:
    # Eight bits of mantissa through about ten layers; geometry is in float32 in all three, so neighbours are the same.
    values, category = shapes(2, 150)
    network = random_net().fuse()
    expected = network(values, category)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cast = network(values, category)
    stored = network.to(torch.bfloat16)(values, category)
    for logits in (cast, stored):
        assert logits.dtype == torch.bfloat16
        error = (logits.float() - expected).square().mean().sqrt()
        assert error < 0.03 * expected.std()


@pytest.mark.parametrize("training", [True, False])
def test_gradients_reach_positions_and_normals(training: bool) -> None:
    values, category = shapes(2, 60)
    values = torch.cat([values, values[:, :4]], dim=1).requires_grad_()  # some points twice: distances of zero
    random_net().train(training)(values, category).square().mean().backward()
    assert values.grad is not None
    assert values.grad.isfinite().all()
    assert (values.grad[..., :3].abs().sum(dim=(1, 2)) > 0).all()
    assert (values.grad[..., 3:].abs().sum(dim=(1, 2)) > 0).all()


def test_gradients_are_those_of_differences() -> None:
    # The slope along one direction by central differences, in a step too small to change a neighbour. With 64 points
    # of float32, 1e-3 is about what differences can show.
    values, category = shapes(1, 64)
    network = random_net(replace(TINY, normals=False))
    values = values[..., :3].requires_grad_()
    weights = torch.randn(TINY.parts, 64, generator=torch.Generator().manual_seed(2))

    def score(x: Tensor) -> Tensor:
        return (network(x, category)[0] * weights).sum()

    (gradient,) = torch.autograd.grad(score(values), values)
    direction = gradient / gradient.norm()
    with torch.no_grad():
        slope = (score(values + 1e-3 * direction) - score(values - 1e-3 * direction)) / 2e-3
    assert float(slope) == pytest.approx(float(gradient.norm()), rel=0.05)


def test_training_moves_every_weight() -> None:
    values, category = shapes(3, 60)
    network = PartNet(TINY).train()
    network(values, category).square().mean().backward()
    still = [name for name, parameter in network.named_parameters() if parameter.grad is None]
    assert not still


def test_it_learns_upper_and_lower_halves() -> None:
    # Two shapes, parts by the sign of z, told apart by the category: parts 0 and 1, or 2 and 3.
    values, category = shapes(2, 128)
    truth = (values[..., 2] > 0).long() + 2 * category[:, None]
    torch.manual_seed(0)
    network = PartNet(replace(SMALL, dropout=0.0)).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    for _ in range(60):
        optimiser.zero_grad()
        loss = functional.cross_entropy(network(values, category), truth)
        loss.backward()
        optimiser.step()
    right = network.fuse()(values, category).argmax(dim=1) == truth
    assert right.float().mean() > 0.95
