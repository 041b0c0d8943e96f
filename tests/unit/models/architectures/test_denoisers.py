"""The denoising networks: pixels stay in place at any size, a fresh one is the linear guess, the noise level counts."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.core.device import Compute
from engine.models.architectures.denoise_unet import DenoiseUNet, DenoiseUNetSpec
from engine.models.architectures.dncnn import DnCNN, DnCNNSpec
from engine.models.diffusion import alphas_bar
from engine.models.zoo import ready
from tests.material.tiny_models import DNCNN, UNET, random_dncnn, random_unet

STEP = 145  # sigma 0.25


def images(batch: int, height: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(batch, 3, height, width, generator=torch.Generator().manual_seed(seed))


def denoised(kind: str, x: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """The output of a random network of that kind at the noise of step 145."""
    if kind == "unet":
        return random_unet(seed)(x, torch.full((len(x),), STEP))
    return random_dncnn(seed)(x, torch.full((len(x),), 0.25))


@pytest.mark.parametrize("kind", ["unet", "dncnn"])
@pytest.mark.parametrize(("height", "width"), [(48, 64), (37, 50), (1, 1), (3, 129)])
def test_any_size_comes_back(kind: str, height: int, width: int) -> None:
    x = images(2, height, width)
    assert denoised(kind, x).shape == x.shape


@pytest.mark.parametrize("kind", ["unet", "dncnn"])
@pytest.mark.parametrize(("height", "width"), [(99, 101), (98, 103)])
def test_padding_keeps_pixels_in_place(kind: str, height: int, width: int) -> None:
    # A picture and its top left part agree away from the cut (the networks see less than 32 pixels far): padding on
    # the wrong side, or cropping there, would shift every pixel.
    x = images(1, 128, 128)
    whole, part = denoised(kind, x), denoised(kind, x[..., :height, :width])
    torch.testing.assert_close(part[..., :64, :64], whole[..., :64, :64], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(part[..., :64, :64], whole[..., 1:65, :64], rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("step", [0, STEP, 999])
def test_a_fresh_unet_gives_the_best_linear_guess(step: int) -> None:
    # Data of standard deviation 1/2: Cov(noise, x) / Var(x) = sqrt(1 - abar) / (abar / 4 + 1 - abar), from x =
    # sqrt(abar) data + sqrt(1 - abar) noise.
    network, x = DenoiseUNet(UNET).requires_grad_(False), images(2, 20, 24)
    kept = float(alphas_bar()[step])
    slope = (1 - kept) ** 0.5 / (kept / 4 + 1 - kept)
    steps = torch.full((2,), step)
    assert torch.equal(network(x, steps), network.guess(x, steps))
    torch.testing.assert_close(network(x, steps), slope * x, rtol=1e-6, atol=1e-7)
    assert float(network.residual(x, steps).abs().max()) == 0.0


@pytest.mark.parametrize("step", [0, 27, STEP, 440, 999])
def test_what_the_layers_must_predict_has_unit_variance(step: int) -> None:
    # The same model of the data, drawn 61,440 times: the variance is known within 0.57 %, here 5 times it.
    data, noise = 0.5 * images(2, 96, 160, seed=1)[:, :2], images(2, 96, 160, seed=2)[:, :2]
    kept = float(alphas_bar()[step])
    x = kept**0.5 * data + (1 - kept) ** 0.5 * noise
    network, steps = DenoiseUNet(UNET), torch.full((2,), step)
    wanted = (noise - network.guess(x, steps)) / network.scale[step]
    assert float(wanted.var()) == pytest.approx(1.0, rel=0.03)


def test_the_step_counts_once_the_film_layers_are_trained() -> None:
    fresh = random_unet()
    for name, parameter in fresh.named_parameters():
        if ".film." in name:
            nn.init.zeros_(parameter)
    x, early, late = images(1, 16, 16), torch.tensor([20]), torch.tensor([400])
    assert torch.equal(fresh.residual(x, early), fresh.residual(x, late))  # nothing but film knows the step
    trained = random_unet()
    difference = (trained.residual(x, early) - trained.residual(x, late)).abs().max()
    assert float(difference) > 0.01 * float(trained.residual(x, early).abs().max())


def test_every_image_of_a_batch_has_its_own_level() -> None:
    x, steps, sigmas = images(3, 22, 18), torch.tensor([5, 145, 700]), torch.tensor([0.1, 0.5, 1.0])
    unet, dncnn = random_unet(), random_dncnn()
    together = unet(x, steps), dncnn(x, sigmas)
    for one in range(3):
        alone = unet(x[one : one + 1], steps[one : one + 1]), dncnn(x[one : one + 1], sigmas[one : one + 1])
        for whole, part in zip(together, alone, strict=True):
            torch.testing.assert_close(whole[one : one + 1], part, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["unet", "dncnn"])
def test_bfloat16_is_about_the_same(kind: str) -> None:
    # Eight bits of mantissa through a handful of layers: within a few percent of the largest value.
    x, half = images(2, 30, 34), Compute(device=torch.device("cpu"), precision="bf16")
    exact = denoised(kind, x)
    network = ready(random_unet() if kind == "unet" else random_dncnn(), half)
    level = torch.full((2,), STEP) if kind == "unet" else torch.full((2,), 0.25)
    found = network(x.to(torch.bfloat16), level)
    assert found.dtype == torch.bfloat16
    assert float((found.float() - exact).abs().max()) < 0.05 * float(exact.abs().max())


def test_dncnn_takes_away_sigma_times_what_it_predicts() -> None:
    # noisy - sigma * residual: without noise nothing is taken away, whatever the weights are.
    network, noisy = random_dncnn(), images(2, 21, 17)
    assert torch.equal(network(noisy, torch.zeros(2)), noisy)
    last = network.layers[-1]
    nn.init.zeros_(last.weight)
    nn.init.constant_(last.bias, 3.0)
    torch.testing.assert_close(network(noisy, torch.tensor([0.5, 1.0]))[0], noisy[0] - 1.5)
    torch.testing.assert_close(network(noisy, torch.tensor([0.5, 1.0]))[1], noisy[1] - 3.0)


def test_sizes_follow_the_specs() -> None:
    unet = DenoiseUNet(DenoiseUNetSpec(widths=(4, 6, 8), blocks=(1, 2, 3), embedding=8))
    assert unet.stride == 8  # 2x2 blocks, halved twice
    assert [len(stage.blocks) for stage in unet.down] == [1, 2, 3]
    assert [len(stage.blocks) for stage in unet.up] == [1, 2]
    assert len(DnCNN(DnCNNSpec(width=4, depth=5)).layers) == 5
    assert random_dncnn().layers[0].in_channels == 3 * 4 + 1  # 2x2 pixels, and the noise level
    assert len(random_dncnn().layers) == DNCNN.depth
