"""Denoisers: what their losses measure, and trainings made tiny that stop, resume and export."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.core.device import Compute
from engine.core.errors import Cancelled, InvalidInput
from engine.models import zoo
from engine.models.architectures.denoise_unet import DenoiseUNet
from engine.models.diffusion import alphas_bar, step_for
from engine.models.publish import publish
from engine.training import recipe
from engine.training.denoiser import (
    RECIPES,
    DenoiserRecipe,
    DiffusionAndStability,
    Stability,
    diffusion_loss,
    manifest_row,
    squared_error,
    train_denoiser,
)
from tests.material.tiny_models import DNCNN, UNET, ToySegmenter, forget_models, random_dncnn

TINY = {
    "steps": 4, "batch": 2, "warmup": 2, "scene_count": 1, "size": (48, 64), "small_size": (48, 64), "crop": (32, 40),
}  # fmt: skip


def tiny(name: str) -> DenoiserRecipe:
    spec = UNET if name.startswith("denoise") else DNCNN
    return replace(recipe("denoiser", name), spec=spec, **TINY)


def same(one: dict[str, Tensor], two: dict[str, Tensor]) -> bool:
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def silent(_: str) -> None:
    pass


@pytest.mark.parametrize("name", ["denoise-street", "dncnn-mse"])
def test_stopped_and_resumed_is_the_same(name: str, camvid_train: Path, tmp_path: Path) -> None:
    straight = train_denoiser(tiny(name), camvid_train, tmp_path / "straight", log=silent)
    calls = iter([False, True])
    with pytest.raises(Cancelled, match="after step 2"):
        train_denoiser(tiny(name), camvid_train, tmp_path / "out", log=silent, cancelled=lambda: next(calls))
    resumed = load_file(train_denoiser(tiny(name), camvid_train, tmp_path / "out", log=silent))
    assert same(load_file(straight), resumed)
    other = load_file(train_denoiser(replace(tiny(name), seed=1), camvid_train, tmp_path / "other", log=silent))
    assert not same(resumed, other)


def test_stability_goes_on_with_the_squared_errors_weights(
    camvid_train: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.denoiser.load_network", lambda *_: ToySegmenter().eval().requires_grad_(False))
    start = train_denoiser(tiny("dncnn-mse"), camvid_train, tmp_path / "mse", log=silent)
    still = replace(tiny("dncnn-stability"), learning_rate=0.0, steps=1)
    assert same(
        load_file(start), load_file(train_denoiser(still, camvid_train, tmp_path / "0", start=start, log=silent))
    )
    moved = train_denoiser(tiny("dncnn-stability"), camvid_train, tmp_path / "1", start=start, log=silent)
    assert not same(load_file(start), load_file(moved))


def test_the_stable_diffusion_model_answers_for_noise_and_segmenter(
    camvid_train: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = ToySegmenter().eval().requires_grad_(False)
    monkeypatch.setattr("engine.training.denoiser.load_network", lambda *_: judge)
    start = train_denoiser(tiny("denoise-street"), camvid_train, tmp_path / "first", log=silent)
    plan = replace(tiny("denoise-stability"), steps=1)
    moved = train_denoiser(plan, camvid_train, tmp_path / "second", start=start, log=silent)
    assert not same(load_file(start), load_file(moved))
    network, images = DenoiseUNet(UNET), torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    losses = [
        objective(network, images, torch.zeros(2, 16, 16), torch.Generator().manual_seed(1)).item()
        for objective in (
            diffusion_loss,
            DiffusionAndStability(stability=Stability(segmenter=judge), weight=0.0),
            DiffusionAndStability(stability=Stability(segmenter=judge), weight=1.0),
        )
    ]
    assert losses[0] == losses[1] < losses[2]  # the same draws; the segmenter's cross-entropy comes on top


def test_starts_that_do_not_fit(camvid_train: Path, tmp_path: Path) -> None:
    out, file = tmp_path / "out", tmp_path / "file"
    file.write_bytes(b"x")
    with pytest.raises(InvalidInput, match="dncnn-stability goes on with the weights of dncnn-mse: give that file"):
        train_denoiser(tiny("dncnn-stability"), camvid_train, out)
    with pytest.raises(InvalidInput, match="denoise-street starts from random weights"):
        train_denoiser(tiny("denoise-street"), camvid_train, out, start=file)
    with pytest.raises(InvalidInput, match="cannot start from none"):
        train_denoiser(tiny("dncnn-stability"), camvid_train, out, start=tmp_path / "none")
    assert not out.exists()


@pytest.mark.parametrize("name", ["denoise-street", "dncnn-mse"])
def test_what_is_exported_is_what_the_zoo_loads(
    name: str, camvid_train: Path, copied_assets: Path, compute: Compute
) -> None:
    weights = train_denoiser(tiny(name), camvid_train, copied_assets / "out", log=silent)
    (copied_assets / f"{name}.md").write_text("# Card\n")
    publish(weights, manifest_row(tiny(name)), copied_assets)
    forget_models()
    network, stored = zoo.load_network(name, zoo.DENOISER, compute), load_file(weights)
    assert {tensor.dtype for tensor in stored.values()} == {torch.float16}
    assert same({key: value.half() for key, value in network.state_dict().items()}, stored)
    assert asdict(network.spec) == asdict(tiny(name).spec)


def test_recipes() -> None:
    assert {plan.objective for plan in RECIPES.values()} == {"diffusion", "mse", "stability", "both"}
    names = {"denoise-street", "denoise-steady", "denoise-stability", "dncnn-mse", "dncnn-stability"}
    assert {plan.name for plan in RECIPES.values()} == names


class Knowing(DenoiseUNet):
    """A diffusion network whose layers predict `answer` times what they should; counts the steps it is asked for."""

    def __init__(self, images: Tensor, answer: float) -> None:
        super().__init__(UNET)
        self.images, self.answer = images, answer
        self.asked: list[Tensor] = []

    def residual(self, x: Tensor, step: Tensor) -> Tensor:
        self.asked.append(step.clone())
        kept = torch.from_numpy(alphas_bar().copy()).float()[step][:, None, None, None]
        noise = (x - kept.sqrt() * (2 * self.images - 1)) / (1 - kept).sqrt()
        return self.answer * (noise - self.guess(x, step)) / self.scale[step][:, None, None, None]


def test_the_diffusion_loss_is_zero_for_the_truth_and_one_for_nothing() -> None:
    # Images of mean 1/2 and standard deviation 1/4 are the data that the weights are for: predicting nothing at all
    # costs exactly 1 at every step. The mean of 64 * 768 squared normals is 1 within 0.64 %, here 5 times it.
    generator = torch.Generator().manual_seed(0)
    images = 0.5 + 0.25 * torch.randn(64, 3, 16, 16, generator=generator)
    targets = torch.zeros(64, 16, 16, dtype=torch.int64)
    for answer, expected, tolerance in ((1.0, 0.0, 1e-3), (0.0, 1.0, 0.032), (2.0, 1.0, 0.032)):
        loss = diffusion_loss(Knowing(images, answer), images, targets, torch.Generator().manual_seed(1))
        assert loss.item() == pytest.approx(expected, abs=tolerance)


def test_nine_in_ten_steps_are_of_the_sigmas_that_are_used() -> None:
    # Of the tenth that may be any step, (t(1.25) - t(0.05)) / 1000 fall inside as well.
    count = 40_000
    images = torch.zeros(count, 3, 1, 1)
    network = Knowing(images, 1.0)
    diffusion_loss(network, images, torch.zeros(count, 1, 1), torch.Generator().manual_seed(2))
    steps = network.asked[0].numpy()
    low, high = step_for(0.05), step_for(1.25)
    share = 0.9 + 0.1 * (high - low) / 1000
    assert np.mean((steps >= low) & (steps < high)) == pytest.approx(
        share, abs=5 * (share * (1 - share) / count) ** 0.5
    )
    assert steps.min() < 5
    assert steps.max() > 995


class Constant(nn.Module):
    """Denoises to the truth plus an error that is `share` of the noise level."""

    def __init__(self, images: Tensor, share: float) -> None:
        super().__init__()
        self.images, self.share = images, share
        self.sigmas: list[Tensor] = []

    def forward(self, noisy: Tensor, sigma: Tensor) -> Tensor:
        assert noisy.shape == self.images.shape
        self.sigmas.append(sigma)
        return self.images + self.share * sigma[:, None, None, None]


def test_the_squared_error_is_counted_in_units_of_sigma() -> None:
    images = torch.rand(500, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    targets = torch.zeros(500, 4, 4)
    for share in (0.0, 0.5, 2.0):
        network = Constant(images, share)
        loss = squared_error(network, images, targets, torch.Generator().manual_seed(1))
        assert loss.item() == pytest.approx(share**2, rel=1e-3, abs=1e-6)
    sigma = network.sigmas[0]
    assert sigma.shape == (500,)
    assert 0.05 <= float(sigma.min()) < 0.1
    assert 1.2 < float(sigma.max()) <= 1.25


def test_stability_trains_the_denoiser_and_not_the_segmenter() -> None:
    segmenter, network = ToySegmenter().eval().requires_grad_(False), random_dncnn().requires_grad_(True)
    images = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    before = {name: tensor.clone() for name, tensor in segmenter.state_dict().items()}
    void = torch.full((2, 16, 16), 255)  # labels are not used: none are needed
    loss = Stability(segmenter=segmenter)(network, images, void, torch.Generator().manual_seed(1))
    loss.backward()
    assert all(parameter.grad is None for parameter in segmenter.parameters())
    assert all(torch.equal(tensor, before[name]) for name, tensor in segmenter.state_dict().items())
    assert all(float(parameter.grad.abs().max()) > 0 for parameter in network.parameters())
    assert np.isfinite(loss.item())


def test_stability_wants_the_answers_of_the_clean_image() -> None:
    # A denoiser that gives the clean image back has the least cross-entropy against those answers, whose value is
    # that of the segmenter with itself; noise left in costs more.
    segmenter = ToySegmenter().eval().requires_grad_(False)
    images = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    logits = segmenter(images)
    expected = nn.functional.cross_entropy(logits, logits.argmax(dim=1)).item()
    judge, targets = Stability(segmenter=segmenter), torch.zeros(4, 16, 16)
    perfect = judge(Constant(images, 0.0), images, targets, torch.Generator().manual_seed(1)).item()
    assert perfect == pytest.approx(expected, rel=0.02)  # bfloat16
    nothing = judge(lambda noisy, _: noisy, images, targets, torch.Generator().manual_seed(1)).item()
    assert nothing > 2 * perfect
