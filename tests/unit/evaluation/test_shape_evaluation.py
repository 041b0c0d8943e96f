"""Scores over shapes, on a model whose answers and their probabilities are known."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from engine.certification import Settings, certify
from engine.core import Compute, InvalidInput, InvalidSetting
from engine.evaluation.examples_shapes import read_shape_example
from engine.evaluation.shapes import evaluate_shapes
from engine.inputs.clouds import Mesh
from engine.inputs.shape_datasets import ShapeItem, ShapePoints
from tests.material.cloud_files import sphere
from tests.material.tiny_models import toy_cloud_model

SETTINGS = Settings(sigma=0.1, n0=10, n=100, tau=0.75, points=64)


class Balls:
    """Balls cut in halves; of the second, every fourth label is wrong."""

    categories: ClassVar = {"Ball": ("below", "above")}

    def items(self) -> tuple[ShapeItem, ...]:
        return tuple(ShapeItem(name=f"Ball_{number}", category="Ball", path=Path(f"{number}")) for number in range(2))

    def read(self, item: ShapeItem) -> ShapePoints:
        points = sphere(64 if item.name == "Ball_0" else 200)
        labels = (points[:, 2] > 0).astype(np.uint8)
        if item.name == "Ball_1":
            labels[::4] ^= 1
        return ShapePoints(points=points, normals=points, labels=labels)


def test_scores_are_those_of_each_shape_averaged(compute: Compute) -> None:
    model, source = toy_cloud_model(compute), Balls()
    made = evaluate_shapes(lambda _: model, source, SETTINGS, taus=(0.9, 0.75))
    assert [(row.tau, row.category) for row in made.rows] == [
        (tau, category) for tau in (0.0, 0.75, 0.9) for category in ("", "Ball")
    ]
    accuracies, shares = [], []
    for number, item in enumerate(source.items()):
        cloud, truth = read_shape_example(source, item, 64)
        certificate = certify(model, cloud, SETTINGS.fresh("example", number))
        accuracies.append(np.mean(certificate.labels == truth))
        shares.append(np.mean(certificate.labels == -1))
    row = made.row(0.75)
    assert row.accuracy == pytest.approx(np.mean(accuracies))
    assert row.abstention == pytest.approx(np.mean(shares))
    assert (row.shapes, row.radius) == (2, pytest.approx(0.1 * 0.6744897501960817))
    assert 0.0 < row.abstention < made.row(0.9).abstention  # points near the cut abstain, more so for a larger tau
    clean = made.row(0.0, "Ball")
    _, truth = read_shape_example(source, source.items()[1], 64)
    wrong = np.mean((read_shape_example(source, source.items()[1], 64)[0].points[:, 2] > 0) != truth)
    assert clean.accuracy == pytest.approx(1.0 - wrong / 2)
    assert (clean.abstention, clean.radius) == (0.0, 0.0)


def test_every_and_limit_choose(compute: Compute) -> None:
    model = toy_cloud_model(compute)
    made = evaluate_shapes(lambda _: model, Balls(), SETTINGS, every=2)
    assert made.row(0.0).shapes == 1
    assert math.isclose(made.row(0.0).accuracy, 1.0)
    assert evaluate_shapes(lambda _: model, Balls(), SETTINGS, limit=1).row(0.75).shapes == 1
    with pytest.raises(InvalidSetting, match="must be"):
        evaluate_shapes(lambda _: model, Balls(), SETTINGS, every=0)
    with pytest.raises(InvalidSetting, match="fdr-bh certifies no point"):
        evaluate_shapes(lambda _: model, Balls(), replace(SETTINGS, correction="fdr-bh"))
    with pytest.raises(KeyError):
        made.row(0.5)


def test_the_base_model_alone(compute: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    model = toy_cloud_model(compute)
    with_all = evaluate_shapes(lambda _: model, Balls(), SETTINGS)
    monkeypatch.setattr("engine.evaluation.shapes.certify", lambda *_, **__: pytest.fail("noise was drawn"))
    alone = evaluate_shapes(lambda _: model, Balls(), SETTINGS, base_only=True)
    assert {row.tau for row in alone.rows} == {0.0}
    assert [row for row in with_all.rows if row.tau == 0.0] == list(alone.rows)


def test_other_parts_are_refused(compute: Compute) -> None:
    model = toy_cloud_model(compute, ("low", "high"))
    with pytest.raises(InvalidInput, match="halves@Ball does not answer the parts that the dataset gives Ball"):
        evaluate_shapes(lambda _: model, Balls(), SETTINGS)


def replace_read(shape: ShapePoints) -> Balls:
    """Balls that all read as this shape."""

    class Same(Balls):
        def read(self, item: ShapeItem) -> ShapePoints:
            _ = item
            return shape

    return Same()


def test_meshes_are_sampled_and_points_kept_evenly() -> None:
    class One(Balls):
        def read(self, item: ShapeItem) -> Mesh | ShapePoints:
            if item.name == "Ball_1":
                return super().read(item)
            vertices = np.array([[0, 0, 0], [3, 0, 0], [0, 3, 0], [0, 0, 3]], dtype=np.float32)
            faces = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.int32)
            return Mesh(vertices=vertices, faces=faces, face_labels=np.array([0, 0, 0, 1], dtype=np.uint8))

    source = One()
    mesh, labels = read_shape_example(source, source.items()[0], 500)
    slanted = np.allclose(mesh.normals[labels == 1], 1 / math.sqrt(3.0), atol=1e-6)
    assert slanted
    assert len(labels) == 500
    bare = replace(source.read(source.items()[1]), normals=None)
    with_estimates, _ = read_shape_example(replace_read(bare), source.items()[1], 50)
    assert with_estimates.normals is not None  # a model that reads normals can be asked about it
    np.testing.assert_allclose(np.linalg.norm(with_estimates.normals, axis=1), 1.0, atol=1e-5)
    assert with_estimates.estimated
    everywhere, _ = read_shape_example(replace_read(bare), source.items()[1], 200)
    assert everywhere.normals is not None
    same = np.linspace(0, 199, 50).round().astype(int)  # the points left out help to estimate
    np.testing.assert_allclose(with_estimates.normals, everywhere.normals[same], atol=1e-5)
    ball = source.read(source.items()[1])
    no_length = replace(ball, normals=np.where(np.arange(200)[:, None] == 0, np.float32(0.0), ball.points))
    instead, _ = read_shape_example(replace_read(no_length), source.items()[1], 200)
    assert instead.estimated  # as for files that are uploaded
    one_place = replace(ball, points=np.ones((200, 3), dtype=np.float32))
    with pytest.raises(InvalidInput, match=r"^Ball_1: all points lie at the same place"):
        read_shape_example(replace_read(one_place), source.items()[1], 50)
    alone = ShapePoints(points=ball.points[:1], normals=None, labels=ball.labels[:1])
    with pytest.raises(InvalidInput, match=r"^Ball_1: "):
        read_shape_example(replace_read(alone), source.items()[1], 50)
    cloud, kept = read_shape_example(source, source.items()[1], 50)
    assert not cloud.estimated
    assert len(kept) == len(cloud.points) == 50
    np.testing.assert_array_equal(
        kept, source.read(source.items()[1]).labels[np.linspace(0, 199, 50).round().astype(int)]
    )
