"""Evaluation over a tiny CamVid tree: its scores are those of its parts, recomputed one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from engine.audits.error_control.coins import coin_model
from engine.certification import Settings, base_prediction, certify
from engine.certification.pipeline import noisy_prediction
from engine.certification.sampling import Sampler
from engine.core import Compute, InvalidInput
from engine.core.rng import Stage
from engine.evaluation import Scorer, evaluate
from engine.inputs import datasets, decode_image
from engine.models import BaseModel
from engine.perturbations import families

SETTINGS = Settings(sigma=0.05, tau=0.6, n0=3, n=30, alpha=0.2, seed=5, size=64)


def test_scores_are_those_of_its_parts(street: BaseModel, camvid_root: Path) -> None:
    source = datasets["camvid"].open(camvid_root, "val")
    steps: list[tuple[int, int]] = []
    made = evaluate(street, source, SETTINGS, progress=lambda *step: steps.append(step))
    assert steps == [(1, 2), (2, 2)]
    scorers = [Scorer(11) for _ in range(3)]
    for number, item in enumerate(source.items()):
        image = decode_image(item.image_path.read_bytes(), size=64)
        truth, own = source.read_labels(item), SETTINGS.fresh("example", number)
        answers = (base_prediction(street, image), noisy_prediction(street, image, own), certify(street, image, own))
        for scorer, answer in zip(scorers, answers, strict=True):
            scorer.add(getattr(answer, "labels", answer), truth)
    assert [made.base_clean, made.base_noisy, made.certified] == [scorer.scores() for scorer in scorers]
    assert made.base_clean.abstention == made.base_noisy.abstention == 0.0
    assert made.images == 2
    assert made.radius == pytest.approx(0.05 * 0.2533471031357997)  # qnorm(0.6)
    assert made.seconds_per_image > 0
    assert made.model == "street-noise25"
    json.dumps(made.as_dict())


def test_limit_takes_the_first(street: BaseModel, camvid_root: Path) -> None:
    source = datasets["camvid"].open(camvid_root, "val")
    (camvid_root / "val" / "images" / "b_002.jpg").write_bytes(b"never read")
    assert evaluate(street, source, SETTINGS, limit=1).images == 1


def test_the_noisy_draw_is_one_of_its_own_stage(street: BaseModel, camvid_root: Path) -> None:
    image = decode_image((camvid_root / "val" / "images" / "a_001.jpg").read_bytes(), size=64)
    settings = replace(SETTINGS, sigma=0.5)
    sampler = Sampler(model=street, subject=image, family=families["l2"], sigma=0.5, seed=5)
    (draw,) = sampler.predictions(Stage.EVALUATION, 0, 1)
    np.testing.assert_array_equal(noisy_prediction(street, image, settings), draw[0].numpy())


def test_another_label_space_is_refused(compute: Compute, camvid_root: Path) -> None:
    coin = coin_model(np.full((48, 64), 0.9), value=0.5, sigma=0.25, block=1, compute=compute)
    with pytest.raises(InvalidInput, match="answers the classes of coin, not of camvid"):
        evaluate(coin, datasets["camvid"].open(camvid_root, "val"), SETTINGS)


def test_labels_of_another_size_are_refused(street: BaseModel, camvid_root: Path) -> None:
    Pillow.new("L", (48, 64)).save(camvid_root / "val" / "labels" / "a_001.png")
    with pytest.raises(InvalidInput, match="must have the same size"):
        evaluate(street, datasets["camvid"].open(camvid_root, "val"), SETTINGS)


def test_the_largest_seed_is_usable(street: BaseModel, camvid_root: Path) -> None:
    settings = replace(SETTINGS, seed=2**53 - 1)
    assert evaluate(street, datasets["camvid"].open(camvid_root, "val"), settings).images == 2
