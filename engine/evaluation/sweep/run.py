"""SegCertify over a dataset for many models, noises and settings at once: what the papers' tables are made of.

For one image and one sigma every model sees the same noisy draws, and models behind one denoiser the same denoised
ones; every tau and correction is decided on the same counts. Each single certificate holds with its own 1 - alpha; the
rows are not independent, and whoever picks the best of them has made that many certificates (`SweepResult.families`).
Results are kept image by image, so that a sweep that was stopped goes on where it was.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.certification.decisions import decide
from engine.certification.pipeline import base_prediction
from engine.certification.settings import Settings
from engine.core.journal import Journal
from engine.core.progress import Cancel, Progress, never, unheard
from engine.evaluation.examples import check_classes, read_example
from engine.evaluation.metrics import Scorer, confusion_of
from engine.evaluation.sweep.plan import BASE_CLEAN, BASE_NOISY, CERTIFIED, Row, SweepPlan, SweepResult
from engine.evaluation.sweep.shared_draws import SharedDraws
from engine.evaluation.sweep.tally import Key, Tally, tallies_from_json, tallies_to_json
from engine.inputs.datasets.base import DatasetItem, SegmentationDataset
from engine.inputs.fingerprint import told_of
from engine.inputs.subset import subset
from engine.models.base import BaseModel


def sweep(
    models: Mapping[str, BaseModel],
    dataset: SegmentationDataset,
    name: str,
    plan: SweepPlan,
    kept: Path | None = None,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> SweepResult:
    """Run a plan over a dataset; `models` are loaded, by the plan's names, all on one device.

    `kept`, a file of JSON lines, holds the images that are done and is gone on with; a file of another plan, dataset,
    weights or device is refused. Raises InvalidInput, also where a model's classes are not the dataset's; Cancelled.
    """
    for model in models.values():
        check_classes(model, dataset)
    items = subset(dataset.items(), every=plan.every, limit=plan.limit)
    weights = {key: model.info.weights_sha256 for key, model in models.items()}
    compute = next(iter(models.values())).compute
    run = {
        "dataset": name,
        "examples": told_of(items),
        "plan": asdict(plan),
        "weights": weights,
        "compute": str(compute),  # another device or precision gives other counts: one result must not mix them
    }
    done: list[tuple[DatasetItem, list[Tally]]] = []
    with Journal(kept, run) as journal:
        for number, item in enumerate(items):
            progress(number, len(items))
            make = partial(_one_image, models, dataset, plan, item, number, cancelled)
            done.append((item, journal.keep(item.name, make, write=tallies_to_json, read=tallies_from_json)))
    progress(len(items), len(items))
    rows = tuple(_rows(done, len(dataset.labels), plan))
    return SweepResult(dataset=name, plan=plan, rows=rows, weights=weights, compute=str(compute))


def _one_image(
    models: Mapping[str, BaseModel],
    dataset: SegmentationDataset,
    plan: SweepPlan,
    item: DatasetItem,
    number: int,
    cancelled: Cancel,
) -> list[Tally]:
    image, truth = read_example(dataset, item, plan.settings.size)
    own = plan.settings.fresh("example", number)
    tallies: list[Tally] = []

    def enter(key: Key, answer: NDArray[np.integer], seconds: float) -> None:
        confusion = confusion_of(answer, truth, len(dataset.labels)).ravel()
        index = np.flatnonzero(confusion)
        tallies.append(
            Tally(key=key, index=tuple(index.tolist()), count=tuple(confusion[index].tolist()), seconds=seconds)
        )

    for name, model in models.items():
        enter((name, BASE_CLEAN, 0.0, 0.0, "", 0.0), base_prediction(model, image), 0.0)
    for sigma in plan.sigmas:
        shared = SharedDraws(models, image, replace(own, sigma=sigma), cancelled)
        for name, answer in shared.single_draw().items():
            enter((name, BASE_NOISY, sigma, 0.0, "", 0.0), answer, 0.0)
        selections = shared.votes()
        hits = shared.hits({name: selection.top for name, selection in selections.items()})
        for name in models:
            for settings in plan.variants(sigma):
                began = time.perf_counter()
                decision = decide(settings, selections[name].top, hits[name], plan.settings.n)
                seconds = shared.seconds[name] + time.perf_counter() - began
                key = (name, CERTIFIED, sigma, settings.tau, settings.correction, decision.radius)
                enter(key, decision.labels, seconds)
    return tallies


def _rows(pairs: Sequence[tuple[DatasetItem, list[Tally]]], classes: int, plan: SweepPlan) -> Iterator[Row]:
    """All rows, over all images first and then over each group of images, where there is more than one."""
    groups = sorted({item.group for item, _ in pairs} - {""})
    for group in ["", *(groups if len(groups) > 1 else [])]:
        chosen = [tallies for item, tallies in pairs if group in ("", item.group)]
        keys: dict[tuple[str | float, ...], Key] = {}  # without the radius: processors differ in its last digits
        scorers: dict[Key, Scorer] = {}
        seconds: dict[Key, list[float]] = {}
        for tallies in chosen:
            for tally in tallies:
                key = keys.setdefault(tally.key[:-1], tally.key)
                confusion = np.zeros(classes * (classes + 1), dtype=np.int64)
                confusion[list(tally.index)] = tally.count
                scorers.setdefault(key, Scorer(classes)).add_confusion(confusion.reshape(classes, classes + 1))
                seconds.setdefault(key, []).append(tally.seconds)
        for key, scorer in scorers.items():
            model, kind, sigma, tau, correction, radius = key
            certified = kind == CERTIFIED
            own = replace(plan.settings, sigma=sigma, tau=tau) if certified else None
            yield Row(
                model=model, kind=kind, sigma=sigma, tau=tau, correction=correction, radius=radius,
                seconds=float(np.mean(seconds[key])), images=len(chosen), n=plan.settings.n if certified else 0,
                group=group, family=_told(own) if own else "", region=own.region.sentence if own else "",
                **asdict(scorer.scores()),
            )  # fmt: skip


def _told(settings: Settings) -> str:
    """The family of a row, with its second strength where it has one."""
    strength = "" if settings.noise.second is None else f", s = {settings.strength or settings.noise.second.default:g}"
    return f"{settings.family}{strength}"
