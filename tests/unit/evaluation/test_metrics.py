"""Scores on cases small enough to work out by hand; the working is beside each."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.evaluation import Scorer, score
from engine.evaluation.metrics import confusion_of
from engine.inputs import ABSTAIN, VOID

A, V = ABSTAIN, VOID


def truth(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.uint8)


def answer(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int16)


def test_perfect() -> None:
    made = score(answer([0, 1], [2, 2]), truth([0, 1], [2, 2]), 5)
    assert (made.accuracy, made.miou_image, made.miou_dataset, made.abstention) == (1.0, 1.0, 1.0, 0.0)


def test_mixed_by_hand() -> None:
    # Truth 0 0 1 1, answer 0 1 1 1: IoU of 0 is 1/2, of 1 is 2/3; classes 2..4 occur nowhere and do not count.
    made = score(answer([0, 1, 1, 1]), truth([0, 0, 1, 1]), 5)
    assert made.accuracy == 3 / 4
    assert made.miou_dataset == made.miou_image == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_abstention_is_no_prediction_but_stays_in_the_truth() -> None:
    # Truth 0 0 1 1, answer 0 A 1 A: class 0 has 1 of 2 pixels, class 1 too; abstaining adds to no class's prediction.
    made = score(answer([0, A, 1, A]), truth([0, 0, 1, 1]), 2)
    assert (made.accuracy, made.abstention) == (0.5, 0.5)
    assert made.miou_dataset == 0.5


def test_all_abstained() -> None:
    made = score(answer([A, A]), truth([0, 3]), 4)
    assert (made.accuracy, made.miou_image, made.miou_dataset, made.abstention) == (0.0, 0.0, 0.0, 1.0)


def test_void_is_left_out_everywhere() -> None:
    # Only the first two pixels count: one right, one abstained. The answers 3, 1 and A on void do not exist.
    made = score(answer([0, A, 3, 1, A]), truth([0, 0, V, V, V]), 4)
    assert (made.accuracy, made.abstention) == (0.5, 0.5)
    assert made.miou_image == made.miou_dataset == 0.5


def test_a_class_only_predicted_counts_as_zero() -> None:
    # Truth 0 0, answer 0 2: IoU of 0 is 1/2, of 2 is 0/1.
    assert score(answer([0, 2]), truth([0, 0]), 3).miou_dataset == 0.25


def test_all_void_gives_no_number() -> None:
    made = score(answer([0, A]), truth([V, V]), 3)
    assert all(math.isnan(value) for value in (made.accuracy, made.miou_image, made.miou_dataset, made.abstention))


def test_an_image_of_void_adds_nothing() -> None:
    scorer = Scorer(3)
    scorer.add(answer([0, 1]), truth([0, 2]))
    before = scorer.scores()
    scorer.add(answer([2, 2]), truth([V, V]))
    assert scorer.scores() == before


def test_image_and_dataset_means_differ() -> None:
    # Image 1: truth 0 0 0 0, answer 0 0 0 1: IoU 3/4 and 0/1. Image 2: truth 1 1, answer 1 1: IoU 1.
    # Per image: (3/4 + 0 + 1) / 3. Summed: class 0 3/4, class 1 2/3.
    scorer = Scorer(2)
    scorer.add(answer([0, 0, 0, 1]), truth([0, 0, 0, 0]))
    scorer.add(answer([1, 1]), truth([1, 1]))
    made = scorer.scores()
    assert made.accuracy == 5 / 6
    assert made.miou_image == pytest.approx((3 / 4 + 0 + 1) / 3)
    assert made.miou_dataset == pytest.approx((3 / 4 + 2 / 3) / 2)


def test_abstention_over_images_is_by_pixels() -> None:
    scorer = Scorer(2)
    scorer.add(answer([A, 0, 0, 0]), truth([0, 0, 0, 0]))
    scorer.add(answer([A, A]), truth([1, 1]))
    assert scorer.scores().abstention == 3 / 6


def test_unsigned_predictions() -> None:
    made = score(np.array([[0, 1]], dtype=np.uint8), truth([0, 0]), 2)
    assert (made.accuracy, made.abstention) == (0.5, 0.0)


def test_confusion_by_hand() -> None:
    # Rows are the truth, columns the answer, the last one abstention; the two void pixels are nowhere.
    made = confusion_of(answer([0, 1, A], [1, A, 2]), truth([0, 0, 1], [1, V, 3]), 3)
    assert made.tolist() == [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0]]
    assert made.dtype == np.int64


def test_confusions_add_up_to_what_images_do() -> None:
    rng = np.random.default_rng(0)
    images = [(rng.integers(-1, 4, (6, 5)), rng.integers(0, 6, (6, 5)).astype(np.uint8)) for _ in range(3)]
    by_image, by_confusion = Scorer(4), Scorer(4)
    for predicted, known in images:
        by_image.add(predicted, known)
        by_confusion.add_confusion(confusion_of(predicted, known, 4))
    assert by_image.scores() == by_confusion.scores()


def test_shapes_must_match() -> None:
    with pytest.raises(ValueError, match="prediction is"):
        score(answer([0, 1]), truth([0], [1]), 2)
