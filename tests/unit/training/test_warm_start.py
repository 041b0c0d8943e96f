"""Weights with folded normalisation, unfolded again: the network computes what the folded one does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models.architectures.pyramid_net import PyramidNet, PyramidNetSpec
from engine.training.warm_start import unfold

SPEC = PyramidNetSpec(classes=5, widths=(8, 8, 16, 16), blocks=(1, 1, 1))


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(4, 3, 48, 64, generator=torch.Generator().manual_seed(3))


@pytest.fixture
def folded() -> PyramidNet:
    """Statistics, scales and shifts as after training, not the neutral ones; then folded."""
    torch.manual_seed(0)
    network = PyramidNet(SPEC)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return network.fuse().requires_grad_(False)


@pytest.fixture
def unfolded(folded: PyramidNet, images: torch.Tensor) -> PyramidNet:
    torch.manual_seed(1)
    network = PyramidNet(SPEC)
    unfold(network, folded.state_dict(), images, "second")
    return network


def test_training_mode_gives_the_same_logits_on_the_calibration_batch(
    folded: PyramidNet, unfolded: PyramidNet, images: torch.Tensor
) -> None:
    assert unfolded.training
    expected = folded(images)
    torch.testing.assert_close(unfolded(images).detach(), expected, rtol=1e-4, atol=1e-4)
    assert float(expected.std()) > 0.1  # or the comparison would say little


def test_evaluation_mode_gives_them_on_any_batch(folded: PyramidNet, unfolded: PyramidNet) -> None:
    # Normalisation and its undoing cancel whatever comes in, but for the running variances, which the calibrating pass
    # itself moves by a tenth of what Bessel's correction adds: 3 % where pooling leaves four values.
    others = torch.rand(2, 3, 40, 40, generator=torch.Generator().manual_seed(9))
    torch.testing.assert_close(unfolded.eval()(others).detach(), folded(others), rtol=0.05, atol=0.05)


def test_it_is_an_ordinary_network_afterwards(folded: PyramidNet, unfolded: PyramidNet, images: torch.Tensor) -> None:
    fresh = PyramidNet(SPEC)
    assert unfolded.state_dict().keys() == fresh.state_dict().keys()
    norms = [module for module in unfolded.modules() if isinstance(module, nn.BatchNorm2d)]
    assert norms
    assert all(norm.track_running_stats and not norm._forward_pre_hooks for norm in norms)
    assert all(parameter.requires_grad for parameter in unfolded.parameters())
    means = [norm.running_mean.clone() for norm in norms]
    loss = unfolded(torch.rand_like(images) * 0.2).square().mean()
    loss.backward()
    assert all(parameter.grad is not None for parameter in unfolded.parameters())
    assert any(not torch.equal(norm.running_mean, mean) for norm, mean in zip(norms, means, strict=True))
    assert unfolded.fuse().state_dict().keys() == folded.state_dict().keys()


def test_half_precision_weights_are_read(folded: PyramidNet, images: torch.Tensor) -> None:
    # Published weights are float16: 11 bits of mantissa, so agreement to about a percent.
    network = PyramidNet(SPEC)
    unfold(network, {name: tensor.half() for name, tensor in folded.state_dict().items()}, images, "second")
    assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}
    expected = folded(images)
    torch.testing.assert_close(network(images).detach(), expected, rtol=0.02, atol=0.02 * float(expected.abs().max()))
