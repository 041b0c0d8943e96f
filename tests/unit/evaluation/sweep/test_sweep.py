"""A sweep computes what single evaluations compute, to the last bit; sharing work changes only the time."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor

from engine.audits.error_control.coins import coin_model
from engine.certification import Settings, certify
from engine.certification.pipeline import noisy_prediction
from engine.certification.sampling import _BATCH_VALUES
from engine.core import Cancelled, Compute, EngineError, InvalidInput
from engine.evaluation import evaluate
from engine.evaluation.sweep import BASE_CLEAN, BASE_NOISY, CERTIFIED, Row, SweepPlan, SweepResult, sweep
from engine.evaluation.sweep.shared_draws import SharedDraws
from engine.inputs import SegmentationDataset, decode_image
from engine.models import BaseModel
from tests.material.grouped import Grouped
from tests.material.tiny_models import Halving, toy_model

SCORES = ("accuracy", "miou_image", "miou_dataset", "abstention")


def swept(
    models: Mapping[str, BaseModel], source: SegmentationDataset, settings: Settings, kept: Path | None = None,
    **plan: object,
) -> SweepResult:  # fmt: skip
    chosen = {"sigmas": (0.05,), "taus": (0.6,)} | plan
    return sweep(models, source, "camvid/val", SweepPlan(models=tuple(models), settings=settings, **chosen), kept)


def timeless(rows: tuple[Row, ...]) -> list[Row]:
    """The rows but for how long they took."""
    return [replace(row, seconds=0.0) for row in rows]


def first_image(source: SegmentationDataset):
    return decode_image(source.items()[0].image_path.read_bytes(), size=64)


def test_one_model_gives_the_numbers_of_evaluate(street: BaseModel, source: SegmentationDataset, few: Settings) -> None:
    sigmas, taus, corrections = (0.05, 0.2), (0.6, 0.7), ("holm", "bonferroni")
    made = swept({"street": street}, source, few, sigmas=sigmas, taus=taus, corrections=corrections)
    assert len(made.rows) == 1 + 2 + 2 * 2 * 2
    assert made.families == 8
    for sigma in sigmas:
        for tau in taus:
            for correction in corrections:
                alone = evaluate(street, source, replace(few, sigma=sigma, tau=tau, correction=correction))
                found = {row.kind: row for row in made.rows if row.sigma in (0.0, sigma)} | {
                    CERTIFIED: next(
                        row for row in made.rows
                        if (row.kind, row.sigma, row.tau, row.correction) == (CERTIFIED, sigma, tau, correction)
                    )
                }  # fmt: skip
                expected = {BASE_CLEAN: alone.base_clean, BASE_NOISY: alone.base_noisy, CERTIFIED: alone.certified}
                for kind, scores in expected.items():
                    assert [getattr(found[kind], name) for name in SCORES] == [getattr(scores, name) for name in SCORES]
                assert found[CERTIFIED].radius == alone.radius
                assert found[CERTIFIED].images == alone.images == 2
                assert found[CERTIFIED].seconds > 0
                assert found[BASE_CLEAN].seconds == found[BASE_NOISY].seconds == 0.0
    assert {row.abstention for row in made.rows if row.kind != CERTIFIED} == {0.0}
    assert made.weights == {"street": street.info.weights_sha256}
    assert made.compute == "cpu/fp32"


def test_the_middle_of_a_dataset_has_the_seeds_of_its_place_in_the_plan(
    compute: Compute, source: SegmentationDataset, few: Settings
) -> None:
    # every=2 leaves the first picture, limit=1 too: image 0 of the plan, with seed 5, as evaluate's image 0.
    model = toy_model(compute)
    alone = evaluate(model, source, replace(few, sigma=0.05), limit=1)
    for chosen in ({"every": 2}, {"limit": 1}):
        row = swept({"toy": model}, source, few, **chosen).rows[-1]
        assert row.images == 1
        assert [getattr(row, name) for name in SCORES] == [getattr(alone.certified, name) for name in SCORES]


def test_counts_are_those_that_each_model_has_alone(
    compute: Compute, source: SegmentationDataset, few: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_BATCH_VALUES, "image", 7 * 64 * 48 * 3)  # seven pictures: 20 draws are 3 batches
    denoise, image, settings = Halving(), first_image(source), replace(few, sigma=0.3)
    models = {name: toy_model(compute, seed=seed, denoise=denoise) for seed, name in enumerate(("a", "b"))}
    models["bare"] = toy_model(compute, seed=2)
    shared = SharedDraws(models, image, settings, lambda: False)
    single = shared.single_draw()
    assert [len(images) for images in denoise.images] == [1]
    votes = shared.votes()
    hits = shared.hits({name: selection.top for name, selection in votes.items()})
    assert [len(images) for images in denoise.images] == [1, 3, 7, 7, 6]  # each batch once for both
    assert set(denoise.sigmas) == {0.3}
    assert min(shared.seconds.values()) > 0
    for name, model in models.items():
        alone = certify(model, image, settings)
        assert np.array_equal(hits[name], alone.hits)
        assert np.array_equal(votes[name].votes, alone.votes)
        assert np.array_equal(votes[name].top, alone.top)
        assert np.array_equal(single[name], noisy_prediction(model, image, settings))
        assert hits[name].dtype == alone.hits.dtype
    assert not np.array_equal(hits["a"], hits["b"])  # the toys differ, so agreement above says something


def test_a_sweep_denoises_once_for_all_models(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    one, two = Halving(), Halving()
    swept({"a": toy_model(compute, denoise=one)}, source, few, sigmas=(0.05, 0.3))
    models = {name: toy_model(compute, seed=seed, denoise=two) for seed, name in enumerate(("a", "b", "c"))}
    swept(models, source, few, sigmas=(0.05, 0.3))
    assert len(one.sigmas) == len(two.sigmas) == 2 * 2 * 3  # images, sigmas; one draw, stage 1, stage 2
    assert one.sigmas == two.sigmas


def test_two_denoisers_are_not_mixed_up(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    models = {name: toy_model(compute, denoise=Halving()) for name in ("a", "b")} | {"bare": toy_model(compute)}
    models["b"].network.denoise = lambda noisy, _: noisy.clamp(0.0, 1.0) ** 2
    rows = swept(models, source, few, sigmas=(0.3,)).rows
    for name, model in models.items():
        (alone,) = [row for row in swept({name: model}, source, few, sigmas=(0.3,)).rows if row.kind == CERTIFIED]
        (together,) = [row for row in rows if (row.model, row.kind) == (name, CERTIFIED)]
        assert timeless((together,)) == timeless((alone,))
    assert len({(row.accuracy, row.abstention) for row in rows if row.kind == CERTIFIED}) == 3


def test_clean_rows_are_without_the_denoiser(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    rows = swept({"a": toy_model(compute, denoise=Halving()), "bare": toy_model(compute)}, source, few).rows
    clean = [row for row in rows if row.kind == BASE_CLEAN]
    assert [row.model for row in clean] == ["a", "bare"]
    assert clean[0].accuracy == clean[1].accuracy


@pytest.mark.parametrize(("groups", "named"), [(("x", "y"), ["", "x", "y"]), (("x", "x"), [""]), (("", "y"), [""])])
def test_groups_have_rows_where_there_is_more_than_one(
    compute: Compute, source: SegmentationDataset, few: Settings, groups: tuple[str, ...], named: list[str]
) -> None:
    model = toy_model(compute)
    made = swept({"toy": model}, Grouped(source, groups), few)
    assert list(dict.fromkeys(row.group for row in made.rows)) == named
    assert timeless(made.rows[:3]) == timeless(swept({"toy": model}, source, few).rows)
    if len(named) == 3:  # x is the first picture alone
        alone = swept({"toy": model}, source, few, limit=1).rows
        assert [row for row in timeless(made.rows) if row.group == "x"] == [
            replace(row, group="x") for row in timeless(alone)
        ]


def test_other_classes_are_refused_before_anything_is_written(
    compute: Compute, source: SegmentationDataset, few: Settings, tmp_path: Path
) -> None:
    coin = coin_model(np.full((48, 64), 0.9), value=0.5, sigma=0.25, block=1, compute=compute)
    with pytest.raises(InvalidInput, match="toy-coin answers the classes of coin, not of camvid"):
        swept({"toy": toy_model(compute), "coin": coin}, source, few, tmp_path / "new" / "images.jsonl")
    assert not (tmp_path / "new").exists()


def test_cancelled_between_batches(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    plan = SweepPlan(models=("toy",), sigmas=(0.05,), settings=few)
    with pytest.raises(Cancelled):
        sweep({"toy": toy_model(compute)}, source, "camvid/val", plan, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"models": ()}, "at least one model"),
        ({"sigmas": ()}, "at least one model"),
        ({"taus": ()}, "at least one model"),
        ({"corrections": ()}, "at least one model"),
        ({"sigmas": (0.25, 0.0)}, r"sigma must lie in \[0.001, 10\], got 0.0"),
        ({"sigmas": (0.25, float("nan"))}, r"sigma must lie in"),
        ({"taus": (0.75, 1.0)}, r"tau must lie in \[0.5, 1\), got 1.0"),
        ({"corrections": ("holm", "bogus")}, "correction"),
        ({"sigmas": (0.25, 0.25)}, "sigmas of a sweep must differ, got 0.25, 0.25"),
        ({"taus": (0.75, 0.75)}, "taus of a sweep must differ"),
        ({"models": ("a", "a")}, "models of a sweep must differ"),
        ({"every": 0}, "every must be 1 or more, got 0"),
        ({"limit": -1}, r"limit must be 0 \(all\) or more, got -1"),
    ],
)
def test_plans_that_cannot_be(changes: dict[str, object], words: str) -> None:
    values: dict[str, object] = {"models": ("a",), "sigmas": (0.25,)} | changes
    with pytest.raises(EngineError, match=words):
        SweepPlan(**values)  # type: ignore[arg-type]


def test_a_result_is_told_in_json(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    made = swept({"toy": toy_model(compute)}, source, few)
    told = json.loads(json.dumps(made.as_dict()))
    assert told["rows"] == [row.as_dict() for row in made.rows]
    assert told["plan"]["settings"] == few.as_dict()
    assert told["plan"]["sigmas"] == [0.05]
    assert (told["dataset"], told["families"], told["compute"]) == ("camvid/val", 1, "cpu/fp32")


def test_shared_denoising_is_paid_by_every_model(compute: Compute, source: SegmentationDataset, few: Settings) -> None:
    """Each certificate is priced as if it were made alone, so a slow denoiser counts for both models behind it."""

    class Slow(Halving):
        def __call__(self, noisy: Tensor, sigma: float) -> Tensor:
            time.sleep(0.03)
            return super().__call__(noisy, sigma)

    denoise = Slow()
    models = {name: toy_model(compute, name, number, denoise) for number, name in enumerate(("a", "b"))}
    shared = SharedDraws(models, first_image(source), few, lambda: False)
    selections = shared.votes()
    shared.hits({name: selection.top for name, selection in selections.items()})
    assert min(shared.seconds.values()) >= 0.03 * len(denoise.sigmas)
