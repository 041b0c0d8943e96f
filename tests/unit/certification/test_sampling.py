"""The sampler: counts do not depend on how draws are split, memory does not grow with n.

What its noise is like: test_sampled_noise.py.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.audits.error_control.coins import COIN, coin_model
from engine.certification import Settings, base_prediction, certify
from engine.certification.sampling import Sampler
from engine.certification.selection import Selection
from engine.core import Cancelled, Compute
from engine.inputs import Image
from engine.models import BaseModel
from engine.models.base import ModelInfo
from engine.perturbations import families
from tests.material.pictures import halves, plain_image
from tests.material.recorder import recording

SIGMA = 0.25


def sampler(model: BaseModel, image: Image, *, batch: int = 0, sigma: float = SIGMA, seed: int = 0) -> Sampler:
    return Sampler(model=model, subject=image, family=families["l2"], sigma=sigma, seed=seed, batch=batch)


def hits_of(made: Sampler, top: NDArray[np.uint8], start: int, stop: int) -> NDArray[np.int32]:
    *_, counts = made.hits(top, start, stop)
    counter = counts.hits
    return counter.numpy()


@pytest.fixture(scope="module")
def reference(street: BaseModel, street_image: Image) -> tuple[Selection, NDArray[np.int32]]:
    """Votes of 9 and hits of 32 draws of the street model, one sample at a time."""
    one = sampler(street, street_image, batch=1)
    selection = one.votes(9)
    return selection, hits_of(one, selection.top, 0, 32)


@pytest.mark.parametrize("batch", [7, 32, 0])
def test_counts_do_not_depend_on_the_batch_size(street, street_image, reference, batch: int) -> None:
    made = sampler(street, street_image, batch=batch)
    selection = made.votes(9)
    np.testing.assert_array_equal(selection.votes, reference[0].votes)
    np.testing.assert_array_equal(hits_of(made, selection.top, 0, 32), reference[1])


def test_two_threads_add_up_to_one(street, street_image, reference) -> None:
    selection, expected = reference
    parts: dict[int, NDArray[np.int32]] = {}

    def work(start: int, stop: int) -> None:
        parts[start] = hits_of(sampler(street, street_image, batch=8), selection.top, start, stop)

    workers = [threading.Thread(target=work, args=limits) for limits in ((0, 13), (13, 32))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    np.testing.assert_array_equal(parts[0] + parts[13], expected)


WORKER = """
import sys
import numpy as np
from engine.certification.sampling import Sampler
from engine.core import choose_compute
from engine.inputs import image_from_array
from engine.models import load_model
from engine.perturbations import families
folder, start, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
task = np.load(folder + "/task.npz")
model = load_model("street-noise25", choose_compute("cpu", "fp32"))
image = image_from_array(task["pixels"])
sampler = Sampler(model=model, subject=image, family=families["l2"], sigma=0.25, seed=0, batch=8)
for counts in sampler.hits(task["top"], start, stop):
    pass
np.save(f"{folder}/{start}.npy", counts.hits.numpy())
"""


def test_two_processes_add_up_to_one(street, street_image, reference, tmp_path: Path, root: Path) -> None:
    selection, expected = reference
    np.savez(tmp_path / "task.npz", pixels=street_image.pixels, top=selection.top)
    other = subprocess.Popen([sys.executable, "-c", WORKER, str(tmp_path), "0", "20"], cwd=root)
    made = Sampler(model=street, subject=street_image, family=families["l2"], sigma=0.25, seed=0, batch=8)
    *_, counts = made.hits(selection.top, 20, 32)
    counter = counts.hits
    assert other.wait(timeout=120) == 0
    np.testing.assert_array_equal(np.load(tmp_path / "0.npy") + counter.numpy(), expected)


def test_counts_are_the_votes_of_the_draws(compute: Compute) -> None:
    # The recorder's answers can be recomputed from what it saw.
    model, network = recording(compute)
    made = sampler(model, plain_image(16, 24), batch=4)
    selection = made.votes(10)
    answers = (network.inputs()[..., 0] > 0.5).astype(int)
    np.testing.assert_array_equal(selection.votes[1], answers.sum(axis=0))
    np.testing.assert_array_equal(selection.votes[0], 10 - answers.sum(axis=0))
    network.batches.clear()
    hits = hits_of(made, selection.top, 0, 25)
    answers = (network.inputs()[..., 0] > 0.5).astype(int)
    np.testing.assert_array_equal(hits, (answers == selection.top).sum(axis=0))


def test_ties_go_to_the_smallest_class() -> None:
    votes = np.array([[[2, 1]], [[3, 4]], [[3, 4]], [[0, 1]]], dtype=np.uint16)
    selection = Selection.from_votes(votes)
    assert selection.top.dtype == np.uint8
    np.testing.assert_array_equal(selection.top, [[1, 1]])


def test_ties_of_logits_go_to_the_smallest_class(compute: Compute) -> None:
    class Flat(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return torch.zeros(len(images), 2, *images.shape[2:])

    info = ModelInfo(name="flat", title="", labels=COIN, trained_sigma=0.0, weights_sha256="", card="")
    model = BaseModel(info=info, network=Flat(), compute=compute)
    assert (base_prediction(model, plain_image(16, 16)) == 0).all()


def test_seed_decides_all(compute: Compute) -> None:
    model = coin_model(halves(16, 24, 0.8, 0.6), value=0.5, sigma=SIGMA, block=1, compute=compute)
    settings = Settings(n0=5, n=20, alpha=0.5, tau=0.5, seed=1)
    first = certify(model, plain_image(16, 24), settings)
    again = certify(model, plain_image(16, 24), settings)
    other = certify(model, plain_image(16, 24), replace(settings, seed=2))
    np.testing.assert_array_equal(first.votes, again.votes)
    np.testing.assert_array_equal(first.hits, again.hits)
    assert not np.array_equal(first.hits, other.hits)
    assert not np.array_equal(first.votes, other.votes)


def test_the_global_generator_is_left_alone(compute: Compute) -> None:
    before = torch.get_rng_state()
    model, _ = recording(compute)
    sampler(model, plain_image(16, 16)).votes(3)
    assert torch.equal(before, torch.get_rng_state())


def test_progress_counts_every_draw_once(compute: Compute) -> None:
    model, _ = recording(compute)
    seen: list[tuple[int, int]] = []
    certify(model, plain_image(16, 16), Settings(n0=5, n=11), batch=4, progress=lambda *step: seen.append(step))
    assert seen == [(4, 16), (5, 16), (9, 16), (13, 16), (16, 16)]


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_cancel_stops_between_batches(compute: Compute, after: int) -> None:
    model, network = recording(compute)
    with pytest.raises(Cancelled, match="nothing was certified"):
        certify(
            model, plain_image(16, 16), Settings(n0=5, n=11), batch=4, cancelled=lambda: len(network.batches) >= after
        )
    assert len(network.batches) == after


def test_batch_size_fits_the_image(compute: Compute) -> None:
    model, _ = recording(compute)
    assert sampler(model, plain_image(16, 16), batch=7).batch_size() == 7
    small, large = (sampler(model, plain_image(side, side)).batch_size() for side in (64, 512))
    assert small > large >= 1
    assert sampler(model, plain_image(1024, 1024)).batch_size() >= 1


MEMORY = """
import resource, sys
import numpy as np
from engine import Settings, certify
from engine.audits.error_control.coins import coin_model
from engine.core import choose_compute
from engine.inputs import image_from_array

def peak():
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS
    rows = open("/proc/self/status").read().splitlines()  # ru_maxrss is inherited from the parent on Linux
    return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM")) * 1024

image = image_from_array(np.full((128, 128, 3), 0.5, dtype=np.float32))
model = coin_model(np.full((128, 128), 0.9), value=0.5, sigma=0.25, block=1, compute=choose_compute("cpu", "fp32"))
certify(model, image, Settings(n0=16, n=16), batch=8)
before = peak()
certify(model, image, Settings(n0=200, n=800), batch=8)
print((peak() - before) // 2**20)
"""


def test_memory_does_not_grow_with_the_number_of_draws(root: Path) -> None:
    # Keeping the 1,000 answers (16,384 bytes each even as uint8) would take 16 MB, as int64 or as noise over 125 MB.
    done = subprocess.run([sys.executable, "-c", MEMORY], cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 9, f"the peak grew by {done.stdout.strip()} MB from 32 to 1,000 draws"
