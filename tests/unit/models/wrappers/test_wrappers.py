"""Networks around a network, built directly around toys: what they pass on, and what they leave as it was."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as functional
from torch import Tensor, nn

from engine.certification import Settings, base_prediction, certify
from engine.core import Compute
from engine.inputs import Image
from engine.models import BaseModel
from engine.models.base import labels_of
from engine.models.wrappers import DenoisedAt, _scales
from engine.models.wrappers._denoised import Denoised
from engine.models.wrappers._memory import measured_bytes
from engine.models.wrappers._scales import SCALES, AtScales
from tests.material.pictures import plain_image
from tests.material.tiny_models import Halving, ToySegmenter, toy_model


def pictures(batch: int, height: int, width: int, seed: int = 0) -> Tensor:
    return torch.rand(batch, 3, height, width, generator=torch.Generator().manual_seed(seed))


class Remembering(nn.Module):
    """The first channels of the images as logits; remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images.clone())
        return images


class Pointwise(nn.Module):
    """Logits of each pixel alone, the same for any batch to the last bit."""

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([images, images[:, :1] * 2.0 - images[:, 1:2]], dim=1)


def test_a_denoised_model_is_told_its_noise(compute: Compute) -> None:
    denoise = Halving()
    model = toy_model(compute, denoise=denoise)
    ready, batch = model.for_noise(0.25), pictures(2, 12, 10).permute(0, 2, 3, 1)
    assert isinstance(ready.network, DenoisedAt)
    logits = ready.logits(batch)
    assert denoise.sigmas == [0.25]
    clean = (batch / 2 + 0.25).permute(0, 3, 1, 2)  # what `Halving` says it does
    torch.testing.assert_close(logits, toy_model(compute).network(clean))
    assert torch.equal(ready.predict(batch), logits.argmax(dim=1))
    assert model.for_noise(0.5).network.sigma == 0.5
    assert ready.network.sigma == 0.25  # the first one is untouched


def test_without_being_told_nothing_is_computed(compute: Compute) -> None:
    model = toy_model(compute, denoise=Halving())
    batch = pictures(1, 8, 8).permute(0, 2, 3, 1)
    for call in (model.logits, model.predict):
        with pytest.raises(RuntimeError, match="told its noise first"):
            call(batch)


def test_undefended_drops_the_denoiser(compute: Compute) -> None:
    denoise = Halving()
    model, batch = toy_model(compute, denoise=denoise), pictures(1, 8, 8).permute(0, 2, 3, 1)
    bare = toy_model(compute)
    assert torch.equal(model.undefended().logits(batch), bare.logits(batch))
    assert denoise.sigmas == []
    assert bare.undefended() is bare
    assert bare.for_noise(0.25) is bare


def test_labels_take_the_segmenters_short_way() -> None:
    class Short(ToySegmenter):
        def labels(self, images: Tensor) -> Tensor:
            return torch.full((len(images), *images.shape[-2:]), 7)

    images = pictures(1, 8, 8)
    assert int(labels_of(DenoisedAt(Short(), Halving(), 0.25), images).unique()) == 7
    plain = DenoisedAt(ToySegmenter(), Halving(), 0.25)
    assert torch.equal(plain.labels(images), plain(images).argmax(dim=1))
    tied = torch.zeros(1, 3, 2, 2)
    assert int(labels_of(Pointwise(), tied).max()) == 0  # ties go to the smallest id


def test_a_certificate_meets_the_denoiser_and_the_clean_answer_does_not(compute: Compute) -> None:
    denoise = Halving()
    model, image = toy_model(compute, denoise=denoise), plain_image(16, 18)
    settings = Settings(sigma=0.5, tau=0.6, n0=4, n=25, alpha=0.2, size=64)
    made = certify(model, image, settings)
    assert set(denoise.sigmas) == {0.5}
    assert sum(len(images) for images in denoise.images) == 4 + 25
    assert made.hits.max() <= 25
    calls = len(denoise.sigmas)
    assert (base_prediction(model, image) == base_prediction(toy_model(compute), image)).all()
    assert len(denoise.sigmas) == calls


def test_a_perfect_denoiser_certifies_everything(compute: Compute) -> None:
    # It always gives the same clean image: every draw has the same answer, so hits are n everywhere.
    image = plain_image(16, 18)
    network = Denoised(toy_model(compute).network, lambda noisy, _: torch.full_like(noisy, 0.5))
    model = BaseModel(info=toy_model(compute).info, network=network, compute=compute)
    made = certify(model, image, Settings(sigma=1.0, tau=0.6, n0=2, n=40, alpha=0.1, size=64))
    assert int(made.hits.min()) == 40
    assert (made.labels == base_prediction(model, image)).all()


def test_scale_1_is_the_network_itself() -> None:
    network, images = ToySegmenter(), pictures(2, 33, 21)
    assert torch.equal(AtScales(network, (1.0,), mirror=False)(images), network(images))


@pytest.mark.parametrize("scales", [(0.25,), (0.5, 1.0), SCALES, (2.0,)])
@pytest.mark.parametrize("mirror", [False, True])
def test_odd_sizes_come_back(scales: tuple[float, ...], mirror: bool) -> None:
    out = AtScales(ToySegmenter(), scales, mirror=mirror)(pictures(2, 33, 47))
    assert out.shape == (2, 11, 33, 47)
    assert out.dtype == torch.float32
    if len(scales) > 1 or mirror:  # log mean probabilities
        torch.testing.assert_close(out.exp().sum(dim=1), torch.ones(2, 33, 47))


def test_views_are_averaged_as_probabilities() -> None:
    network, images = ToySegmenter(), pictures(1, 32, 32)

    def at(scale: float, view: Tensor) -> Tensor:
        return AtScales(network, (scale,), mirror=False)(view).softmax(dim=1)

    views = [at(scale, images) for scale in (0.5, 1.0)] + [at(scale, images.flip(-1)).flip(-1) for scale in (0.5, 1.0)]
    found = AtScales(network, (0.5, 1.0), mirror=True)(images)
    torch.testing.assert_close(found, torch.stack(views).mean(dim=0).log(), rtol=1e-5, atol=1e-5)


def test_mirroring_makes_any_network_symmetric() -> None:
    network, images = ToySegmenter(), pictures(1, 32, 32)
    both = AtScales(network, (1.0,), mirror=True)
    torch.testing.assert_close(both(images.flip(-1)), both(images).flip(-1), rtol=1e-5, atol=1e-5)
    assert not torch.allclose(network(images.flip(-1)), network(images).flip(-1), atol=1e-2)


def test_mirroring_leaves_a_symmetric_network_as_it_was() -> None:
    images = pictures(1, 32, 32)
    found = AtScales(Pointwise(), (1.0,), mirror=True)(images)
    torch.testing.assert_close(found, Pointwise()(images).log_softmax(dim=1), rtol=1e-5, atol=1e-5)


def test_a_smaller_view_is_averaged_over_the_pixels_that_fall_together() -> None:
    # A triangle of 4 pixels for each of half the size, weights 1/8 3/8 3/8 1/8: white noise keeps sqrt(20/64) of its
    # spread in each direction. Without averaging (2 pixels) it would be 1/2 in all, with it 20/64. 2,700 values: 1.4 %.
    network = Remembering()
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    AtScales(network, (0.5,), mirror=False)(noise)
    seen = network.seen[-1]
    assert seen.shape[-2:] == (32, 32)
    assert float(seen[..., 1:-1, 1:-1].std()) == pytest.approx(20 / 64, rel=0.07)


@pytest.mark.parametrize(
    ("scale", "size"), [(0.5, (24, 32)), (0.25, (16, 16)), (1.0, (48, 64)), (0.3, (16, 19)), (2.0, (96, 128))]
)
def test_no_side_gets_below_16(scale: float, size: tuple[int, int]) -> None:
    network = Remembering()
    AtScales(network, (scale,), mirror=False)(pictures(1, 48, 64))
    assert {tuple(images.shape[-2:]) for images in network.seen} == {size}


@pytest.mark.parametrize(("at_once", "parts"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (0.5, [1] * 7)])
def test_splitting_a_batch_changes_nothing(monkeypatch: pytest.MonkeyPatch, at_once: float, parts: list[int]) -> None:
    images, network = pictures(7, 32, 24), Remembering()
    whole = AtScales(network, (1.0,), mirror=True)(images)
    assert [len(seen) for seen in network.seen] == [
        1,
        7,
        7,
    ]  # the first measures: 3 + 9 maps of 32x24 float32
    network.seen.clear()
    monkeypatch.setattr(_scales, "_BUDGET", {"cpu": int(at_once * 4 * 3 * 32 * 24 * 4)})
    assert torch.equal(AtScales(network, (1.0,), mirror=True)(images), whole)
    assert [len(seen) for seen in network.seen] == [1, *parts, *parts]


def test_memory_is_that_of_the_layers_outputs() -> None:
    # 8 channels of 16x16 float32 are 8,192 bytes, and 4 more of 8x8 after stride 2 are 1,024.
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 4, 3, stride=2, padding=1))
    for batch in (1, 3):
        assert measured_bytes(network, pictures(batch, 16, 16)) == batch * (8_192 + 1_024)
    assert not any(layer._forward_hooks for layer in network)
    half = network.to(torch.bfloat16)
    assert measured_bytes(half, pictures(1, 16, 16).to(torch.bfloat16)) == (8_192 + 1_024) // 2


def test_memory_is_never_nothing() -> None:
    class Silent(nn.Module):
        def forward(self, images: Tensor) -> tuple[Tensor]:
            return (images,)

    assert measured_bytes(Silent(), pictures(1, 4, 4)) == 1


def test_scales_and_gradients(compute: Compute, street_image: Image) -> None:
    # Certificates run in inference mode and attacks with gradients: the first must not spoil the second.
    network = AtScales(ToySegmenter(), SCALES, mirror=True)
    model = BaseModel(info=toy_model(compute).info, network=network, compute=compute)
    base_prediction(model, street_image)
    images = pictures(1, 48, 64).requires_grad_()
    functional.cross_entropy(network(images), torch.zeros(1, 48, 64, dtype=torch.int64)).backward()
    assert images.grad is not None
    assert float(images.grad.abs().max()) > 0
