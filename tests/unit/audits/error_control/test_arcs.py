"""Inputs whose answers depend on a draw's amounts alone: the law of the place, the probabilities, who is measured."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.transform import Rotation
from scipy.stats import kstest, norm

from engine.audits.error_control import run
from engine.audits.error_control.arcs import draw_arcs
from engine.audits.error_control.expected import exact_error
from engine.audits.error_control.measure import judges_for, measure
from engine.audits.error_control.models import ARCS, AT_TAU, Scenario
from engine.audits.error_control.places import READERS, haar_places, turn_places
from engine.certification.settings import Settings
from engine.core.errors import Cancelled
from engine.core.rng import Stage, Streams
from engine.perturbations import families

SETTINGS = Settings(sigma=0.25, tau=0.75, n0=9, n=20, alpha=0.1, seed=3)


def scenario(family: str) -> Scenario:
    return Scenario(dependence=ARCS, pattern=AT_TAU, family=family)


def turned(family: str, repetitions: int = 150, **changes: float):
    settings = Settings(**{**SETTINGS.as_dict(), "family": family, **changes})
    return draw_arcs(scenario(family), settings, repetitions)


def test_the_place_of_a_turn_is_uniform() -> None:
    """Rotations by SciPy, which knows neither the engine's formula nor its noise; level 1e-4 for each of three."""
    rng = np.random.default_rng(4)
    vectors = rng.normal(0.0, 0.25, (20_000, 3))
    laws = {
        "so3": Rotation.from_rotvec(vectors),
        "rotation-axis": Rotation.from_rotvec(vectors * [0, 0, 1]),
        "so3-uniform": Rotation.random(20_000, rng),
    }
    for name, law in laws.items():
        read = haar_places if name == "so3-uniform" else turn_places
        places = read(torch.from_numpy(law.as_matrix()), 0.25).numpy()
        assert kstest(places, "uniform").pvalue > 1e-4, name


def test_the_part_along_z_is_read_off_exactly() -> None:
    turns = Rotation.from_rotvec([[0, 0, 0], [0, 0, 0.5], [0.1, -0.7, 0.5]]).as_matrix()
    places = turn_places(torch.from_numpy(turns), 0.25).numpy()
    np.testing.assert_allclose(places, norm.cdf([0.0, 2.0, 2.0]), atol=1e-12)  # v_z / sigma


def test_the_selected_class_is_tested_on_other_draws() -> None:
    made = turned("rotation-axis", n=9)
    assert (made.hits() <= 4).any()  # of the nine that it was selected on, it has at least five


@pytest.mark.parametrize("family", READERS)
def test_the_place_of_any_draw_is_uniform(family: str) -> None:
    """On the grid, by the family's own noise; level 1e-5 for each of eleven."""
    reader, entry = READERS[family], families[family]
    clean, made = torch.from_numpy(reader.clean).double(), torch.empty(3000, *reader.clean.shape)
    for index, out in enumerate(made):
        entry.draw(clean, 0.25, Streams(5).source(Stage.OTHER, index, clean.device), out)
    assert kstest(reader.places(made.double(), 0.25).numpy(), "uniform").pvalue > 1e-5


def test_all_families_whose_values_share_numbers_are_read() -> None:
    left_out = {"rotation-axis-x", "rotation-axis-y"}  # like rotation-axis
    assert {name for name, entry in families.items() if entry.shared} - left_out <= set(READERS)


@pytest.mark.parametrize("family", ["so3", "twist", "gamma", "blur"])
def test_every_point_has_probability_tau_and_no_two_the_same_answers(family: str) -> None:
    made = turned(family)
    assert made.outcomes.shape == (20, 150, 24)
    heads = np.where(made.top == 1, made.outcomes, ~made.outcomes).reshape(-1, 24)
    # Means within five standard errors of 3,000 draws that are independent whatever the points are.
    assert np.abs(heads.mean(axis=0) - 0.75).max() < 5 * np.sqrt(0.75 * 0.25 / len(heads))
    # Two arcs of 3/4 that are shifted by x <= 1/4 both hold 3/4 - x: correlation 1 - x / .1875.
    assert np.corrcoef(heads.T)[0, [1, 6]] == pytest.approx([1 - 1 / 24 / 0.1875, 1 - 0.25 / 0.1875], abs=0.07)
    np.testing.assert_array_equal(made.p, np.where(made.top == 1, 0.75, 0.25))


def test_arcs_are_measured_by_all_judges_that_need_no_dependence() -> None:
    made = turned("so3", repetitions=60)
    judges = judges_for(made.scenario, made.settings)
    assert {judge.mode.name for judge in judges} == {"fixed", "explore", "anytime", "free"}
    assert {judge.tolerated(24) for judge in judges} == {0, 1, 4}
    assert not {"sidak", "fdr-bh"} & {judge.entry.name for judge in judges}
    assert all(exact_error(judge, made.scenario, made.settings) is None for judge in judges)
    assert not any("decide" in row.note for row in measure(made, judges))


def test_the_full_form_has_every_family_and_the_quick_form_one_of_each_kind() -> None:
    assert run._CHANGED[False] == tuple(READERS)
    assert run._CHANGED[True] == ("so3", "gamma")


def test_a_claim_at_ten_times_alpha_is_refuted_on_clouds() -> None:
    made = turned("rotation-axis", n=50)
    (sound,) = [each for each in judges_for(made.scenario, made.settings) if each.note == "" and each.claim == "FWER"][
        :1
    ]
    assert measure(made, [sound], spots=0)[0].rate < 0.1
    loose = type(sound)(mode=sound.mode, entry=sound.entry, alpha=0.99, tau=sound.tau)
    assert measure(made, [loose], spots=0)[0].rate > 0.2


def test_cancelling() -> None:
    with pytest.raises(Cancelled):
        draw_arcs(scenario("so3"), Settings(family="so3"), 10, cancelled=lambda: True)
