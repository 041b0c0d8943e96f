"""Networks that mix the inputs of a batch are refused before a certificate, whatever the mixture; others are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN
from engine.certification import Settings, certify
from engine.core import Compute, InvalidInput
from engine.evaluation.sweep.shared_draws import SharedDraws
from engine.models import BaseModel, ModelInfo
from engine.models.coupling import labels_alone, refuse_coupled, tried, trust
from engine.models.wrappers._denoised import Denoised
from tests.material.pictures import plain_image

SETTINGS = Settings(n0=9, n=60, alpha=0.1, tau=0.6)
Mix = Callable[[Tensor], Tensor]
REFUSED = "when others are beside it in the batch"


class Halves(nn.Module):
    """Class 1 where channel 0 is above one half, after whatever `mix` does to the batch (B, 3, H, W)."""

    def __init__(self, mix: Mix = lambda images: images) -> None:
        super().__init__()
        self.mix = mix
        self.sizes: list[int] = []

    def forward(self, images: Tensor) -> Tensor:
        self.sizes.append(len(images))
        above = self.mix(images)[:, 0] - 0.5
        return torch.stack([-above, above], dim=1)


class HalvesInLabels(Halves):
    """The same by the short way."""

    def labels(self, images: Tensor) -> Tensor:
        return (self.mix(images)[:, 0] > 0.5).to(torch.int64)


def model_of(network: nn.Module, compute: Compute) -> BaseModel:
    info = ModelInfo(name="own", title="", labels=COIN, trained_sigma=0.0, weights_sha256="", card="")
    return BaseModel(info=info, network=network.eval(), compute=compute)


def reads(place: int, other: int) -> Mix:
    def mix(images: Tensor) -> Tensor:
        where = list(range(len(images)))
        where[place] = other
        return images[where]

    return mix


def above(size: int, mix: Mix) -> Mix:
    return lambda images: mix(images) if len(images) > size else images


def groups(of: int) -> Mix:
    return lambda images: images[[place // of * of for place in range(len(images))]]


def neighbours(images: Tensor) -> Tensor:
    return (images + images.roll(1, dims=0)) / 2


def pairs(images: Tensor) -> Tensor:
    return images[[min(place ^ 1, len(images) - 1) for place in range(len(images))]]


COUPLED: dict[str, Mix] = {
    "groups of five in more than two": above(2, groups(5)),
    "pairs": pairs,
    "neighbours in a ring": neighbours,
    "the batch's mean": lambda images: images - images.mean(dim=0),
    "a tenth of the batch's mean": lambda images: images + 0.1 * images.mean(dim=0),
    "backwards": lambda images: images.flip(0),
    "only in the batch of 60": above(59, neighbours),
    "only in the batch of 9": lambda images: neighbours(images) if len(images) == 9 else images,
}


@pytest.mark.parametrize("network", [Halves, HalvesInLabels])
@pytest.mark.parametrize("name", COUPLED)
def test_certify_refuses_what_couples_its_batches(network: type[Halves], name: str, compute: Compute) -> None:
    with pytest.raises(InvalidInput, match=REFUSED):
        certify(model_of(network(COUPLED[name]), compute), plain_image(16, 16), SETTINGS)


def test_the_last_batch_is_of_another_size_and_tried_too(compute: Compute) -> None:
    network = Halves(lambda images: neighbours(images) if len(images) == 4 else images)  # 60 = 7 * 8 + 4
    with pytest.raises(InvalidInput, match=REFUSED):
        certify(model_of(network, compute), plain_image(16, 16), SETTINGS, batch=8)
    certify(model_of(network, compute), plain_image(16, 16), SETTINGS, batch=10)


def test_two_are_a_batch(compute: Compute) -> None:
    with pytest.raises(InvalidInput, match=REFUSED):
        certify(model_of(Halves(pairs), compute), plain_image(16, 16), SETTINGS, batch=2)


@pytest.mark.parametrize("size", [2, 3, 5, 8])
def test_one_that_reads_one_other_is_seen_wherever_they_stand(size: int) -> None:
    images = torch.randn(size, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    for place in range(size):
        for other in set(range(size)) - {place}:
            with pytest.raises(InvalidInput, match=REFUSED):
                refuse_coupled(Halves(reads(place, other)), images, "own")


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_statistics_of_the_batch_are_felt_little_and_seen_in_either_precision(kind: torch.dtype) -> None:
    """Copies of one picture under noise have nearly the same mean and deviation, whichever of them are in the batch."""
    images = 0.5 + 0.25 * torch.randn(10, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    network = nn.BatchNorm2d(3, affine=False, track_running_stats=False)
    other = torch.cat([images[:5], images[:5]])
    assert (network(images) - network(other))[:5].abs().mean() < 0.02  # of a deviation of 1
    with pytest.raises(InvalidInput, match=REFUSED):
        refuse_coupled(network.to(kind), images.to(kind), "own")


@pytest.mark.parametrize("size", [2, 3, 10])
def test_a_thousandth_is_enough_to_be_seen_in_ones_own_place(size: int) -> None:
    images = 0.5 + 0.25 * torch.randn(size, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    with pytest.raises(InvalidInput, match=REFUSED):
        refuse_coupled(Halves(lambda images: images + 0.001 * images.mean(dim=0)), images, "own")


class LeftOut(Halves):
    """A class more, which is never given."""

    def forward(self, images: Tensor) -> Tensor:
        logits = super().forward(images)
        return torch.cat([logits, torch.full_like(logits[:, :1], -torch.inf)], dim=1)


def test_a_class_that_is_left_out_hides_nothing(compute: Compute) -> None:
    with pytest.raises(InvalidInput, match=REFUSED):
        certify(model_of(LeftOut(neighbours), compute), plain_image(16, 16), SETTINGS)


class Randomly(Halves):
    """Answers at random, as a network does that samples points."""

    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images) + torch.rand(len(images), 1, *images.shape[2:])


class Rounded(Halves):
    """The last digits hang on where in the batch an image is, as by kernels that work in tiles."""

    def forward(self, images: Tensor) -> Tensor:
        place = torch.arange(len(images)).reshape(-1, 1, 1, 1)
        return super().forward(images) * (1 + place % 2 * torch.finfo(torch.float32).eps)


def flat(images: Tensor) -> Tensor:
    """Noise changes nothing."""
    return torch.full_like(images, 0.7)


@pytest.mark.parametrize(
    "network",
    [
        Halves(),
        HalvesInLabels(),
        Randomly(),
        Rounded(),
        Rounded(flat),
        HalvesInLabels(flat),
        LeftOut(),
        nn.Conv2d(3, 2, 5, padding=2),
    ],
    ids=["halves", "labels", "random", "rounded", "rounded and flat", "flat", "left out", "convolution"],
)
def test_what_answers_for_each_alone_is_certified(network: nn.Module, compute: Compute) -> None:
    certify(model_of(network, compute), plain_image(16, 16), SETTINGS)


def test_it_costs_a_batch_of_every_size_once(compute: Compute) -> None:
    network = Halves()
    model = model_of(network, compute)
    for expected in ([9, 9, 20, 20, 20, 20], [9, 20, 20, 20]):
        certify(model, plain_image(16, 16), SETTINGS, batch=20)
        assert network.sizes == expected
        network.sizes.clear()
    certify(model, plain_image(16, 32), SETTINGS, batch=20)  # another size of image
    assert network.sizes == [9, 9, 20, 20, 20, 20]


def test_large_images_come_one_at_a_time_and_are_not_tried(compute: Compute) -> None:
    network = Halves()
    certify(model_of(network, compute), plain_image(16, 16), SETTINGS, batch=1)
    assert network.sizes == [1] * 69


def test_what_is_trusted_is_not_tried(compute: Compute) -> None:
    network = Halves()
    trust(network)
    certify(model_of(network, compute), plain_image(16, 16), SETTINGS)
    assert network.sizes == [9, 60]


def test_answers_and_random_numbers_are_as_without(compute: Compute) -> None:
    batch = torch.rand(6, 16, 16, 3, generator=torch.Generator().manual_seed(1))
    tried_once, plain = model_of(Randomly(), compute), model_of(Randomly(), compute)
    torch.manual_seed(3)
    expected, then = plain.predict(batch), torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(labels_alone(tried_once, batch), expected)
    assert torch.equal(torch.rand(1), then)
    assert tried(tried_once, batch)
    assert not tried(tried_once, batch[:5])


def test_a_pipeline_that_couples_in_its_denoiser_is_refused(compute: Compute) -> None:
    model = model_of(Denoised(Halves(), lambda noisy, _: neighbours(noisy)), compute)
    with pytest.raises(InvalidInput, match=REFUSED):
        certify(model, plain_image(16, 16), SETTINGS)


def test_a_pipeline_is_tried_once_however_often_it_is_told_its_noise(compute: Compute) -> None:
    network = Halves()
    model = model_of(Denoised(network, lambda noisy, _: noisy), compute)
    certify(model, plain_image(16, 16), SETTINGS)
    certify(model, plain_image(16, 16), SETTINGS)
    assert network.sizes == [9, 9, 60, 60, 9, 60]


def test_draws_that_models_share_are_tried_for_each(compute: Compute) -> None:
    models = {"alone": model_of(Halves(), compute), "own": model_of(Halves(neighbours), compute)}
    with pytest.raises(InvalidInput, match="own answers differently"):
        SharedDraws(models, plain_image(16, 16), SETTINGS, lambda: False).votes()
