"""The viewer in a real browser: what it decides, beside the engine."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import engine
from tests.browser.driving import settled
from tests.browser.viewing import ATTACKED, CLEAN, budget, click, expected, labels, move, opened, pixels
from tests.material.views import CAMVID, CHANGES, certificate_named


@pytest.mark.parametrize("name", CHANGES)
def test_the_browser_decides_as_the_engine(page: Page, viewer_url: str, name: str) -> None:
    viewer = opened(page, viewer_url, name)
    made = {CLEAN: certificate_named(name, seed=0), ATTACKED: certificate_named(name, seed=1)}
    free, certifies = made[CLEAN].settings.testing.tau_free, made[CLEAN].settings.procedure.certifies
    expect(viewer.locator(".tau")).to_be_visible(visible=free)
    slider = certifies and name != "anytime"
    expect(viewer.locator(".budget")).to_be_visible(visible=slider)
    taus: list[float] = viewer.evaluate("e => e.viewer.data.first.taus")
    different = set()
    for number in range(0, len(taus), 11):
        if free:
            move(viewer, "tau", number)
        for size in (0.0, 0.05, 0.1686, 0.22) if slider else (0.0,):
            if slider:
                move(viewer, "budget", size)
                size = budget(viewer)
            for layer, certificate in made.items():
                at = certificate.at(taus[number]) if free else certificate
                right, shown = expected(at, size), labels(viewer, layer)
                np.testing.assert_array_equal(shown, right)
                different.add(int(np.count_nonzero(right != engine.inputs.ABSTAIN)))
    assert len(different) > (15 if free else 2 if slider else 1)


@pytest.mark.parametrize("name", ["explore", "fixed-step-down"])
def test_colours_are_those_of_the_engines_pictures(page: Page, viewer_url: str, name: str) -> None:
    viewer = opened(page, viewer_url, name)
    move(viewer, "budget", 0.0)
    certificate = certificate_named(name, seed=1)
    picture = engine.export.colour_labels(certificate.labels, CAMVID)
    np.testing.assert_array_equal(pixels(viewer, ATTACKED)[..., :3], picture)
    viewer.get_by_role("button", name=re.compile("^Road")).click()
    settled(viewer)
    seen = pixels(viewer, ATTACKED)
    road = certificate.labels == CAMVID.classes.index("Road")
    assert road.any()
    np.testing.assert_array_equal(seen[..., 3] == 0, road)  # the picture below shows through, nowhere else
    np.testing.assert_array_equal(seen[~road][:, :3], picture[~road])


def test_the_sentence_counts_what_stays(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    certificate = certificate_named("explore")
    size = budget(viewer)
    count = np.count_nonzero(expected(certificate, size) != engine.inputs.ABSTAIN)
    sentence = viewer.locator(".sentence")
    expect(sentence).to_have_text(
        f"Clean picture: With probability at least 99 %, {count:,} of 3,072 pixels cannot be flipped to another class "
        "by any change of l2 size up to 0.1."
    )
    move(viewer, "budget", 9.0)  # the end of the slider lies beyond the largest radius
    expect(sentence).to_have_text(re.compile("Nothing is promised: no pixel is certified at l2 size"))
    move(viewer, "budget", 0.0)
    expect(sentence).to_have_text(re.compile("nothing is promised about changes"))


def test_without_a_budget_the_sentence_is_about_the_certificates_own_radius(page: Page, viewer_url: str) -> None:
    viewer, certificate = opened(page, viewer_url, "anytime"), certificate_named("anytime")
    said = (
        f"{certificate.certified_count:,} of 3,072 pixels cannot be flipped to another class by any change of l2 size"
    )
    expect(viewer.locator(".sentence")).to_contain_text(f"{said} up to {engine.core.floored(certificate.radius)}.")


def test_nothing_is_called_certified_that_is_selected(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "selection")
    expect(viewer.locator(".sentence")).to_have_text(re.compile("No robustness certificate"))
    expect(viewer.locator(".note").last).to_have_text(re.compile("selected"))
    click(viewer, 3, 5, 8)
    story = viewer.locator(".story")
    expect(story).to_contain_text("nothing is promised about it alone")
    expect(story).not_to_contain_text("radius")
