"""What the Point cloud page says and draws of a certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

import engine
from app.pictures.clouds import ABSTAINED, cloud_figure
from app.views.tables import class_rows, legend
from app.words.fine_print import fine_print, hover_texts
from app.words.numbers import share
from app.words.promise import guarantee
from app.words.radius import in_plain_terms, length
from tests.app.balls import SPACE, ball, made
from tests.material.cloud_files import sphere


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "no shift of the points of l2 size up to 0.0674 makes"),  # 0.1 * 0.67449
        ({"family": "l1-uniform"}, "no shift of the points of l1 size up to 0.05 makes"),  # 2 * 0.1 * 0.25
        ({"family": "so3", "sigma": 0.125}, "no rotation about any axis by up to 4.84 degrees makes"),  # 0.0845 rad
        ({"family": "rotation-axis"}, "no rotation about the z axis by up to 3.86 degrees makes"),  # 0.067449 rad
        ({"family": "rotation-axis", "sigma": 5.0}, "no rotation about the z axis makes"),  # 5 * 0.674 > pi
    ],
    ids=str,
)
def test_the_sentence_names_what_cannot_happen(
    compute: engine.core.Compute, changes: dict[str, object], words: str
) -> None:
    certificate = made(compute, **changes)
    told = guarantee(certificate)
    assert told.startswith("With probability at least 99 %, ")
    assert words in told
    assert told.endswith(f"call any of the {certificate.certified_count:,} coloured points another part.")


def test_every_rotation_is_said_to_be_one(compute: engine.core.Compute) -> None:
    made_small = made(compute, family="so3", sigma=0.125)
    certificate = replace(made_small, settings=replace(made_small.settings, family="so3-uniform"), radius=math.pi)
    assert "no rotation whatsoever makes the smoothed model" in guarantee(certificate)
    assert length(certificate.settings, math.pi) == "all angles"


def test_uniform_rotations_abstain_on_what_a_turn_decides(compute: engine.core.Compute) -> None:
    """Turned at random, each point of the ball is above as often as below: nothing may be certified."""
    certificate = made(compute, family="so3-uniform")
    assert guarantee(certificate) == ("Nothing is certified: under these settings no point could be shown to be safe.")


def test_weaker_claims_are_worded_as_weaker(compute: engine.core.Compute) -> None:
    budget = made(compute, correction="k-step-down", budget=3)
    assert f"more than 3 of the {budget.certified_count:,} coloured points" in guarantee(budget)
    assumed = guarantee(made(compute, correction="sidak"))
    assert assumed.startswith("If the points are independent or positively dependent, which nobody has checked, with")
    selected = made(compute, correction="fdr-by")
    assert guarantee(selected).startswith("No robustness certificate")
    assert not any("certified" in text for text in hover_texts(selected, SPACE))


def test_a_radius_in_plain_terms(compute: engine.core.Compute) -> None:
    cloud = ball()
    told = in_plain_terms(made(compute), cloud)
    assert "can move one point by 0.0674 (0.0674 in the file's unit)" in told  # the ball has radius 1 in its file too
    assert "every one of the 200 points by 0.0047" in told  # 0.067449 / sqrt(200) = 0.004769, rounded down
    assert told.endswith("Normals stay as they are.")
    for normals, estimated, words in (
        (sphere(200), True, "not estimated anew"),
        (None, False, "There are no normals."),
    ):
        other = engine.inputs.cloud_from_arrays(sphere(200), normals, estimated=estimated)
        assert words in in_plain_terms(made(compute), other)
    assert "a changed shape is not centred or scaled anew" in fine_print(made(compute))
    turned = in_plain_terms(made(compute, family="so3", sigma=0.125), cloud)
    assert "Proved: 4.84°. As published, **not proved**: 4.83°" in turned  # 0.125 * 0.67449 = 0.084311 rad = 4.8307


def test_hovering_tells_votes_hits_and_radius(compute: engine.core.Compute) -> None:
    fixed = made(compute)
    for text, sure in zip(hover_texts(fixed, SPACE), fixed.certified, strict=True):
        assert ("certified up to 0.0674" in text) == sure
        assert ("abstains: nothing is promised" in text) != sure
        assert "an estimate" in text
    free = made(compute, mode="free", correction="bonferroni", tau=0.9, n=200)
    radii = free.radius_map()
    between = np.flatnonzero((radii > 0.0) & ~free.certified)
    assert len(between)  # some points are certified for a smaller tau only
    texts = hover_texts(free, SPACE)
    for point in between:
        assert texts[point].endswith(f"abstains at this τ, but certified up to {engine.core.floored(radii[point])}")


def points_of(figure: object, name: str) -> int:
    return sum(len(trace.x) for trace in figure.data if trace.name == name)  # type: ignore[attr-defined]


def test_every_point_is_drawn_in_its_colour_and_abstentions_hollow() -> None:
    cloud = ball()
    labels = np.where(np.abs(cloud.points[:, 2]) < 0.2, engine.inputs.ABSTAIN, (cloud.points[:, 2] > 0).astype(int))
    hover: Sequence[str] = [str(point) for point in range(200)]
    figure = cloud_figure(cloud, labels, SPACE, hover=hover, dark=False)
    assert [trace.name for trace in figure.data] == ["below", "above", ABSTAINED]
    assert [points_of(figure, name) for name in ("below", "above", ABSTAINED)] == [
        int((labels == part).sum()) for part in (0, 1, engine.inputs.ABSTAIN)
    ]
    assert figure.data[1].marker.color == "rgb(200, 20, 20)"
    assert figure.data[2].marker.color == "#FFFFFF"
    assert figure.data[2].marker.line.width > 0
    shown = {text: x for trace in figure.data for text, x in zip(trace.text, trace.x, strict=True)}
    np.testing.assert_array_equal([shown[text] for text in hover], cloud.points[:, 0])  # each text at its point


def test_the_frame_is_that_of_the_cloud_whatever_is_drawn_of_it() -> None:
    cloud = engine.inputs.cloud_from_arrays(sphere(200) * np.array([1.0, 2.0, 4.0]))
    none, every = (cloud_figure(cloud, np.full(200, label), SPACE).layout.scene for label in (engine.inputs.ABSTAIN, 0))
    assert none == every
    assert none.aspectratio.z == 1.0
    assert none.aspectratio.x < none.aspectratio.y < none.aspectratio.z
    # The longest side, z, has length 1, with 3 % of it free at either end; so x and y keep their true proportions.
    assert none.aspectratio.y == pytest.approx((0.5 + 0.06) / 1.06, abs=0.01)


def test_parts_are_counted_against_the_truth(compute: engine.core.Compute) -> None:
    certificate, cloud = made(compute), ball()
    truth = cloud.labels
    assert truth is not None
    rows_of = {row.name: row for row in class_rows(certificate, SPACE, truth=truth, base=1 - truth)}
    above = rows_of["above"]
    assert above.true == int(truth.sum())
    assert above.passed_overlap == (above.passed, above.true)  # what is certified above is above: a subset
    assert above.base_overlap == (0, 200)  # a base model that is always wrong
    assert share(above.passed, above.true) in legend(certificate, list(rows_of.values()))
