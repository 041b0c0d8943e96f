"""Segmentation metrics with abstention. Source: Fischer et al. 2021, section 6.

Void pixels are left out everywhere. An abstained pixel counts in no class's prediction, is never correct, and still
counts in its true class.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.inputs.labels import ABSTAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores over one or more images: shares in [0, 1].

    accuracy: correct (and certified, where there are certificates) / valid pixels. abstention: abstained / valid.
    miou_image: IoU per image and class present in prediction or truth, averaged over all of them. miou_dataset: from
    the summed confusion matrix, over classes present in prediction or truth.
    """

    accuracy: float
    miou_image: float
    miou_dataset: float
    abstention: float


class Scorer:
    """Collects images one at a time in memory O(classes^2). Source: METHOD section 9.

    >>> scorer = Scorer(classes=2)
    >>> scorer.add(np.array([[0, 0]]), np.array([[0, 1]], dtype=np.uint8))  # IoU 1/2 and 0
    >>> scorer.add(np.array([[1, 1]]), np.array([[0, 1]], dtype=np.uint8))  # IoU 0 and 1/2
    >>> scorer.scores().miou_image, round(scorer.scores().miou_dataset, 4)  # together: 1 of 3 in either class
    (0.25, 0.3333)
    """

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._confusion = np.zeros((classes, classes + 1), dtype=np.int64)  # last column: abstained
        self._ious: list[float] = []

    def add(self, predicted: NDArray[np.integer], truth: NDArray[np.uint8]) -> None:
        """Add one image: class ids or ABSTAIN, and class ids or anything above them for void, both (H, W)."""
        self.add_confusion(confusion_of(predicted, truth, self._classes))

    def add_confusion(self, confusion: NDArray[np.int64]) -> None:
        """Add one image by its confusion matrix, int64 (classes, classes + 1); see `confusion_of`."""
        self._confusion += confusion
        self._ious.extend(_ious(confusion).tolist())

    def scores(self) -> Scores:
        """The scores so far. NaN where no valid pixel was seen."""
        total = self._confusion.sum()
        if total == 0:
            return Scores(accuracy=np.nan, miou_image=np.nan, miou_dataset=np.nan, abstention=np.nan)
        return Scores(
            accuracy=float(np.trace(self._confusion) / total),
            miou_image=float(np.mean(self._ious)),
            miou_dataset=float(_ious(self._confusion).mean()),
            abstention=float(self._confusion[:, -1].sum() / total),
        )


def confusion_of(predicted: NDArray[np.integer], truth: NDArray[np.uint8], classes: int) -> NDArray[np.int64]:
    """How often each true class (rows) got each answer (columns, the last: abstained), int64 (classes, classes + 1).

    predicted: class ids or ABSTAIN; truth: class ids or anything above them for void, both (H, W).
    """
    if predicted.shape != truth.shape:
        raise ValueError(f"prediction is {predicted.shape} but truth is {truth.shape}")
    valid = truth < classes
    answer = np.where(predicted[valid] == ABSTAIN, classes, predicted[valid]).astype(np.int64)
    cells = truth[valid].astype(np.int64) * (classes + 1) + answer
    return np.bincount(cells, minlength=classes * (classes + 1)).reshape(classes, classes + 1)


def score(predicted: NDArray[np.integer], truth: NDArray[np.uint8], classes: int) -> Scores:
    """Scores of a single image: class ids or ABSTAIN, and the truth, uint8, both (H, W), with anything above for void.

    Raises ValueError where the shapes differ. Source: METHOD section 9.

    >>> found = score(np.array([[0, 0, 1, ABSTAIN]]), np.array([[0, 1, 1, 1]], dtype=np.uint8), classes=2)
    >>> found.accuracy, found.abstention, round(found.miou_image, 4)  # IoU 1/2 of class 0, 1/3 of class 1
    (0.5, 0.25, 0.4167)
    """
    scorer = Scorer(classes)
    scorer.add(predicted, truth)
    return scorer.scores()


def _ious(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """IoU of the classes present in prediction or truth, float64 (present,)."""
    correct = np.diagonal(confusion)
    union = confusion.sum(axis=1) + confusion[:, :-1].sum(axis=0) - correct
    present = union > 0
    return correct[present] / union[present]
