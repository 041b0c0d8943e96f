"""Speed against the limit: how much the sampler costs over the bare forward passes, and what the tests cost."""

import statistics
import time
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy import stats
from torch import nn

from engine.attacks.aims import aim_at
from engine.attacks.attempt import attack_input
from engine.attacks.search import AttackSettings
from engine.certification.decisions import decide
from engine.certification.pace import TRIED_SIGMA, seconds_of
from engine.certification.pipeline import certify
from engine.certification.sampling import Sampler
from engine.certification.settings import Settings
from engine.core.device import synchronise
from engine.core.rng import Stage
from engine.inputs.clouds import sample_mesh
from engine.inputs.images import image_from_array
from engine.inputs.subject import Subject
from engine.models.base import BaseModel, labels_of
from engine.models.wrappers import DenoisedAt
from engine.perturbations import families
from engine.stats.corrections import corrections
from engine.stats.modes import modes
from engine.synthetic.scenes import render_street
from engine.synthetic.shapes import build_shape

_TESTED_COMPONENTS = (360, 480)
_POINTS = 2048
_ATTACK_STEPS = 20


def bench(model: BaseModel, *, repeats: int = 7, samples: int = 40) -> dict[str, Any]:
    """Measure on a rendered 320x240 scene, or on 2,048 points of a shape built here; every pair of timings is taken
    side by side, medians are reported.

    sampling_ratio: seconds of `Sampler.hits` over seconds of the bare network on ready-made noisy batches of the same
    size and number, under Gaussian noise; rotation_ratio: of shapes, the same under rotations. testing_ms: p-values,
    Holm and labels for 172,800 pixels at n = 1000. certify_seconds: the whole of `certify` with n0 = 10, n = 100.
    denoise_ratio: denoiser and segmenter over the bare segmenter. attack_ratio: a step of PGD on the base model, in its
    precision, over a bare forward pass.
    """
    subject = _subject(model)
    settings = Settings(sigma=TRIED_SIGMA[subject.kind])
    runs = [seconds_of(lambda: certify(model, subject, settings)) for _ in range(repeats + 1)][1:]
    sampler = Sampler.of(model, subject, settings)
    model, batch = sampler.model, sampler.batch_size()
    samples = max(1, samples // batch) * batch
    noisy = next(iter(sampler.noisy_batches(Stage.SELECTION, 0, batch))).clone()
    pairs = _pairs(sampler, noisy, samples, repeats)
    turning = {}
    if subject.kind == "cloud":
        turned = _pairs(Sampler.of(model, subject, replace(settings, family="so3")), noisy, samples, repeats)
        turning = {"rotation_ratio": round(statistics.median(ours / limit for ours, limit in turned), 3)}
    return {
        "model": model.info.name,
        "compute": str(model.compute),
        "batch": batch,
        "sampling_ratio": round(statistics.median(ours / limit for ours, limit in pairs), 3),
        "sampling_ms_per_draw": round(1e3 * statistics.median(ours for ours, _ in pairs) / samples, 3),
        "forward_ms_per_draw": round(1e3 * statistics.median(limit for _, limit in pairs) / samples, 3),
        **turning,
        **_denoising(model, noisy, repeats),
        **_attacking(model, subject, repeats),
        "testing_ms": round(1e3 * statistics.median(_testing_seconds() for _ in range(repeats)), 3),
        **_holm_on_two_million(),
        "certify_seconds": round(statistics.median(runs), 3),
        "certify_seconds_range": [round(min(runs), 3), round(max(runs), 3)],
    }


def _subject(model: BaseModel) -> Subject:
    if model.info.kind == "cloud":
        return sample_mesh(build_shape("Chair", 1), _POINTS)
    return image_from_array(render_street(1, 320, 240).pixels.astype(np.float32) / 255.0)


def _pairs(sampler: Sampler, noisy: torch.Tensor, samples: int, repeats: int) -> list[tuple[float, float]]:
    """Seconds of so many draws, and of the bare network on as many ready-made ones, each pair side by side."""
    model = sampler.model
    top = np.zeros(sampler.subject.shape, dtype=np.uint8)

    def bare() -> None:
        with torch.inference_mode():
            for _ in range(samples // len(noisy)):
                model.logits(noisy)
        synchronise(model.compute)

    def sampled() -> None:
        for _ in sampler.hits(top, 0, samples):
            pass
        synchronise(model.compute)

    return [(seconds_of(sampled), seconds_of(bare)) for _ in range(repeats + 1)][1:]


def _denoising(model: BaseModel, noisy: torch.Tensor, repeats: int) -> dict[str, float]:
    """For a model behind a denoiser, what one draw through both costs over the bare segmenter, side by side."""
    network = model.network
    if not isinstance(network, DenoisedAt):
        return {}
    images = model.inputs(noisy)

    @torch.inference_mode()
    def through(part: nn.Module) -> float:
        began = time.perf_counter()
        labels_of(part, images)
        synchronise(model.compute)
        return time.perf_counter() - began

    pairs = [(through(network), through(network.segmenter)) for _ in range(repeats + 1)][1:]
    return {"denoise_ratio": round(statistics.median(both / bare for both, bare in pairs), 3)}


def _attacking(model: BaseModel, subject: Subject, repeats: int) -> dict[str, float]:
    """What a step of PGD costs, in forward passes of the bare network on the same input, side by side."""
    aim = aim_at(model, subject)
    budget = AttackSettings(
        budget=families["l2"].radius(sigma=TRIED_SIGMA[subject.kind], tau=0.75), steps=_ATTACK_STEPS
    )
    values = torch.from_numpy(np.array(subject.values))[None].to(model.compute.device)
    bare = model.undefended()

    def forward() -> None:
        with torch.inference_mode():
            for _ in range(_ATTACK_STEPS):
                bare.logits(values)
        synchronise(model.compute)

    pairs = [
        (seconds_of(lambda: attack_input(model, subject, aim, budget)), seconds_of(forward)) for _ in range(repeats + 1)
    ][1:]
    return {"attack_ratio": round(statistics.median(ours / limit for ours, limit in pairs), 3)}


def _holm_on_two_million() -> dict[str, float]:
    """p-values and Holm for 2,000,000 components at n = 10,000, beside `scipy.stats.binomtest` for each of a few.

    naive_ratio: time of the loop over binomtest, scaled up from the few, over the time of table, histogram and Holm.
    """
    components, draws, few = 2_000_000, 10_000, 300
    rng = np.random.default_rng(0)
    hits = rng.binomial(draws, rng.beta(8, 1, components)).astype(np.int32)
    settings = Settings(n=draws)
    holm, table = corrections["holm"].cutoff, modes["fixed"].p_values

    def ours() -> None:
        holm(np.bincount(hits, minlength=draws + 1), table(draws, settings.tau), settings.alpha)

    def naive() -> None:
        for count in hits[:few]:
            stats.binomtest(int(count), draws, settings.tau, alternative="greater")

    ours()
    seconds = statistics.median(seconds_of(ours) for _ in range(7))
    return {
        "holm_ms_2m": round(1e3 * seconds, 2),
        "naive_ratio": round(seconds_of(naive) / few * components / seconds),
    }


def _testing_seconds() -> float:
    settings = Settings(n=1000, size=480)
    rng = np.random.default_rng(0)
    hits = rng.binomial(1000, rng.beta(8, 1, _TESTED_COMPONENTS)).astype(np.int32)
    top = rng.integers(0, 11, _TESTED_COMPONENTS).astype(np.uint8)
    return seconds_of(lambda: decide(settings, top, hits, settings.n))
