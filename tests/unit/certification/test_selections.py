"""What a false discovery rate selects is nowhere a certificate: nothing is certified, and no radius is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.attacks import Attempt, judge
from engine.certification import Certificate, Settings, class_story, ledger_of, pixel_story
from engine.core import Compute, InvalidInput, InvalidSetting, NotCertifiable
from tests.material.pictures import coin_certificate


@pytest.fixture(params=["fdr-bh", "fdr-by"])
def selection(request: pytest.FixtureRequest, compute: Compute) -> Certificate:
    return coin_certificate(compute, correction=request.param)


def test_what_is_selected_is_not_certified(selection: Certificate) -> None:
    assert selection.selected[:, :12].all()  # the left half has p = 0.97 against tau = 0.6
    assert selection.selected_count >= 16 * 12
    assert not selection.certified.any()
    assert (selection.certified_count, selection.certified_fraction) == (0, 0.0)
    assert ledger_of([("a", selection)]).entries[0].certified == 0


def test_it_has_no_radius_of_any_kind(selection: Certificate) -> None:
    assert selection.radius == selection.settings.radius == 0.0
    with pytest.raises(NotCertifiable, match="certifies no component"):
        selection.non_abstention_radius(0.5)
    with pytest.raises(InvalidSetting, match="has no bounds"):
        selection.radius_map()
    story = pixel_story(selection, 0, 0)
    assert (story.selected, story.certified, story.bound, story.radius) == (True, False, 0.0, 0.0)
    region = class_story(selection, 1)
    assert region.selected == int((selection.labels == 1).sum()) > 0
    assert (region.certified, region.smallest_radius) == (0, 0.0)


def test_it_is_kept_as_it_is_and_a_radius_is_refused(selection: Certificate) -> None:
    again = Certificate.load(selection.to_bytes())
    np.testing.assert_array_equal(again.selected, selection.selected)
    assert again.radius == 0.0
    with pytest.raises(InvalidInput, match="its radius must be 0"):
        replace(selection, radius=0.1)


def test_where_a_certificate_is_made_both_are_the_same(coin_cert: Certificate) -> None:
    np.testing.assert_array_equal(coin_cert.certified, coin_cert.selected)
    assert coin_cert.certified_count == coin_cert.selected_count > 0


def test_it_has_nothing_that_an_attack_could_break(selection: Certificate) -> None:
    other = replace(selection, labels=np.where(selection.selected, 0, selection.labels).astype(np.int16))
    verdict = judge(selection, other, {})
    assert (verdict.certified, verdict.violations, verdict.now_abstain) == (0, 0, 0)
    for family in ("l2", "so3"):
        asked = Settings(correction=selection.settings.correction, family=family)
        with pytest.raises(InvalidSetting, match="no radius limits an attack"):
            Attempt().budget(asked, entries=100)
