"""What every opened network must do, whichever source it came from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

import engine
from engine.certification import Certificate, Settings
from engine.core import Compute
from engine.models import BaseModel, ModelInfo
from engine.models.external import Opened
from tests.material.pictures import plain_image

Certify = Callable[[Opened], Certificate]
Sound = Callable[[Opened], None]


@pytest.fixture
def certify(compute: Compute) -> Certify:
    """Open -> BaseModel -> certificate of a 32x32 image, as the engine does it with its own models."""

    def run(opened: Opened) -> Certificate:
        info = ModelInfo(
            name="external",
            title="External",
            labels=opened.labels,
            trained_sigma=0.0,
            weights_sha256=opened.sha256,
            card="",
        )
        network = opened.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        model = BaseModel(info=info, network=network, compute=compute)
        made = engine.certify(model, plain_image(32, 32), Settings(n0=2, n=4, size=64))
        assert made.votes.shape == (len(opened.labels), 32, 32)
        assert made.labels.shape == (32, 32)
        assert made.provenance.classes == opened.labels.classes
        assert made.provenance.weights_sha256 == opened.sha256
        assert int(np.asarray(made.votes).sum()) == 2 * 32 * 32
        return made

    return run


@pytest.fixture
def sound() -> Sound:
    """Odd and small sizes, finite logits, frozen weights, gradients to the input, and bfloat16."""

    def check(opened: Opened) -> None:
        network, classes = opened.network, len(opened.labels)
        assert not network.training
        assert not any(weight.requires_grad for weight in network.parameters())
        for batch, height, width in ((2, 37, 50), (1, 16, 16), (1, 17, 65)):
            logits = network(torch.rand(batch, 3, height, width))
            assert logits.shape == (batch, classes, height, width)
            assert torch.isfinite(logits).all()
        images = torch.rand(1, 3, 33, 48, requires_grad=True)
        network(images)[:, 0].mean().backward()
        assert images.grad is not None
        assert images.grad.abs().sum() > 0
        coarse = network.to(torch.bfloat16)(torch.rand(1, 3, 33, 48, dtype=torch.bfloat16))
        assert coarse.shape == (1, classes, 33, 48)
        network.to(torch.float32)

    return check


@pytest.fixture
def running_code() -> object:
    """Something whose pickle would run code; it complains if it does."""

    class Harm:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return exec, ("raise SystemExit('code of a checkpoint was run')",)

    return Harm()
