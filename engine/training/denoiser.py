"""Training of the denoisers on views of streets: the diffusion model, and DnCNN for squared error or for stability."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.core.device import choose_compute, mixed_precision
from engine.core.progress import Cancel, never
from engine.models.architectures.denoise_unet import DenoiseUNet, DenoiseUNetSpec
from engine.models.architectures.dncnn import DnCNN, DnCNNSpec
from engine.models.diffusion import STEPS, alphas_bar, step_for
from engine.models.zoo import DENOISER, SEGMENTER, load_network
from engine.training.base import Recipe, Task, load_weights, start_weights
from engine.training.examples import StreetViews
from engine.training.loop import Objective, optimise, save_weights

_USUAL_SHARE = 0.9
_SIGMAS = (0.05, 1.25)
_USUAL_STEPS = (step_for(_SIGMAS[0]), step_for(_SIGMAS[1]))
_JUDGE = "street-clean"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoiserRecipe(Recipe):
    """`objective` is diffusion, mse, stability or both (diffusion, and stability times `stability_weight`);
    `starts_from` is a recipe whose weights it goes on with."""

    objective: str
    spec: DenoiseUNetSpec | DnCNNSpec
    starts_from: str = ""
    batch: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    warmup: int = 300
    ema: float = 0.999
    small_share: float = 0.0
    crop: tuple[int, int] | None = (128, 160)
    stability_weight: float = 0.2


RECIPES = {
    recipe.name: recipe
    for recipe in (
        DenoiserRecipe(
            name="denoise-street", title="Diffusion denoiser for street scenes", objective="diffusion",
            spec=DenoiseUNetSpec(), steps=6_000,
        ),
        DenoiserRecipe(
            name="denoise-steady", title="Diffusion denoiser, first stage for a segmenter's stability",
            objective="both", spec=DenoiseUNetSpec(), steps=2_000, batch=4, crop=(192, 256), learning_rate=3e-4,
            starts_from="denoise-street", seed=1,
        ),
        DenoiserRecipe(
            name="denoise-stability", title="Diffusion denoiser, trained on for a segmenter's stability",
            objective="both", spec=DenoiseUNetSpec(), steps=1_500, batch=4, crop=(192, 256), learning_rate=3e-4,
            starts_from="denoise-steady", seed=2, stability_weight=1.0,
        ),
        DenoiserRecipe(
            name="dncnn-mse", title="DnCNN denoiser, trained for the squared error", objective="mse",
            spec=DnCNNSpec(), steps=3_000,
        ),
        DenoiserRecipe(
            name="dncnn-stability", title="DnCNN denoiser, trained for a segmenter's stability", objective="stability",
            spec=DnCNNSpec(), steps=2_000, learning_rate=2e-4, starts_from="dncnn-mse",
        ),
    )
}  # fmt: skip


def train_denoiser(
    plan: DenoiserRecipe,
    root: Path,
    out: Path,
    *,
    start: Path | None = None,
    log: Callable[[str], None] = print,
    cancelled: Cancel = never,
) -> Path:
    """Train to the end, resuming from `out`/checkpoint.pt; writes `out`/model.safetensors and returns its path.

    `root` holds train/images and train/labels of CamVid; `start` the weights of the recipe that `plan` starts from.
    Raises InvalidInput, Cancelled.
    """
    weights = start_weights(plan.name, plan.starts_from, start)
    out.mkdir(parents=True, exist_ok=True)
    data = StreetViews(plan, root, out / "scenes.npz", log)
    torch.manual_seed(plan.seed)
    network = DenoiseUNet(plan.spec) if isinstance(plan.spec, DenoiseUNetSpec) else DnCNN(plan.spec)
    if weights is not None:
        load_weights(network, weights, plan.name)
    average = optimise(network, _objective(plan), data, plan, out, log=log, cancelled=cancelled)
    return save_weights(average, out / "model.safetensors")


def diffusion_loss(network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
    """The squared error of the predicted noise at random steps, a scalar; `targets` are not used.

    Nine in ten steps stand for a sigma from 0.05 to 1.25, the others are any. The error is weighed so that what the
    layers have to predict has unit variance at every step. Source: Ho et al. 2020; Karras et al. 2022 for the weight.
    """
    _ = targets
    return _diffuse(network, images, randomness)[0]


def _diffuse(network: nn.Module, images: Tensor, randomness: torch.Generator) -> tuple[Tensor, Tensor]:
    """The loss of `diffusion_loss`, and the images in [0, 1] that the predicted noise implies."""
    assert isinstance(network, DenoiseUNet)
    size, device = len(images), images.device
    usual = torch.rand(size, generator=randomness, device=device) < _USUAL_SHARE
    inside = torch.randint(_USUAL_STEPS[0], _USUAL_STEPS[1], (size,), generator=randomness, device=device)
    step = torch.where(usual, inside, torch.randint(0, STEPS, (size,), generator=randomness, device=device))
    kept = torch.from_numpy(alphas_bar().copy()).float().to(device)[step][:, None, None, None]
    noise = torch.empty_like(images).normal_(generator=randomness)
    x = kept.sqrt() * (2.0 * images - 1.0) + (1.0 - kept).sqrt() * noise
    guess, scale = network.guess(x, step), network.scale[step][:, None, None, None]
    with mixed_precision(device):
        predicted = network.residual(x, step).float()
    clean = (x - (1.0 - kept).sqrt() * (guess + predicted * scale)) / kept.sqrt()
    return functional.mse_loss(predicted, (noise - guess) / scale), ((clean + 1.0) / 2.0).clamp(0.0, 1.0)


def squared_error(network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
    """The squared error of the denoised image over sigma squared, a scalar; `targets` are not used."""
    _ = targets
    noisy, sigma = _noisy(images, randomness)
    with mixed_precision(images.device):
        clean = network(noisy, sigma)
    return ((clean.float() - images) / sigma[:, None, None, None]).square().mean()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stability:
    """Cross-entropy between a segmenter's answers on the clean image and its logits on the denoised one.

    Source: Salman et al. 2020 (denoised smoothing, the "Stab" objective), at every pixel.
    """

    segmenter: nn.Module

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        """The loss, a scalar; `targets` are not used: no label is needed."""
        _ = targets
        noisy, sigma = _noisy(images, randomness)
        with mixed_precision(images.device):
            cleaned = network(noisy, sigma).clamp(0.0, 1.0)
        return self.compare(images, cleaned)

    def compare(self, images: Tensor, cleaned: Tensor) -> Tensor:
        """Cross-entropy of the segmenter's logits on `cleaned` for its answers on `images`, a scalar."""
        with mixed_precision(images.device):
            with torch.no_grad():
                answers = self.segmenter(images).argmax(dim=1)
            logits = self.segmenter(cleaned)
        return functional.cross_entropy(logits.float(), answers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DiffusionAndStability:
    """The loss of a diffusion model, and `weight` times that of stability on the images that its noise implies.

    It stays a diffusion model; of several images that fit the noise equally well it learns to prefer what the segmenter
    reads as it reads the clean one.
    """

    stability: Stability
    weight: float

    def __call__(self, network: nn.Module, images: Tensor, targets: Tensor, randomness: torch.Generator) -> Tensor:
        """The loss, a scalar; `targets` are not used: no label is needed."""
        _ = targets
        squares, cleaned = _diffuse(network, images, randomness)
        return squares + self.weight * self.stability.compare(images, cleaned)


def _noisy(images: Tensor, randomness: torch.Generator) -> tuple[Tensor, Tensor]:
    """Images with noise of a random sigma each, and the sigmas, float32 (B,)."""
    low, high = _SIGMAS
    sigma = low + (high - low) * torch.rand(len(images), generator=randomness, device=images.device)
    noise = torch.empty_like(images).normal_(generator=randomness)
    return images + sigma[:, None, None, None] * noise, sigma


def _objective(plan: DenoiserRecipe) -> Objective[nn.Module]:
    if plan.objective in ("diffusion", "mse"):
        return {"diffusion": diffusion_loss, "mse": squared_error}[plan.objective]
    stability = Stability(segmenter=load_network(_JUDGE, SEGMENTER, choose_compute(precision="fp32")))
    if plan.objective == "stability":
        return stability
    return DiffusionAndStability(stability=stability, weight=plan.stability_weight)


def manifest_row(plan: DenoiserRecipe) -> dict[str, object]:
    """What the zoo's manifest says of a denoiser trained by this recipe."""
    return {
        "name": plan.name,
        "title": plan.title,
        "role": DENOISER,
        "architecture": "denoise_unet" if isinstance(plan.spec, DenoiseUNetSpec) else "dncnn",
        "spec": asdict(plan.spec),
    }


TASK = Task(name="denoiser", recipes=RECIPES, train=train_denoiser, manifest_row=manifest_row)
