"""The Attack page in a real browser: finished figures to look at, and an image of one's own, attacked and stopped."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from engine.papers import SCENARIOS, scenarios
from tests.browser.driving import at_rest, download, settled, upload

ATTACKED_MS = 300_000  # seconds of work, but other tests may hold all cores
SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "images" / "street-104.jpg"
TITLES = ["Attacked image", "Ground truth", "Undefended", "Certified"]
VERDICT = re.compile(r"^Of its 76,800 pixels [\d,]+ were certified; 0 of them were flipped, [\d,]+ now abstain\.")
FIRST, OTHER = scenarios["figure-1"], scenarios["pedestrian"]


def shown(page: Page) -> Locator:
    """The viewer, once its pictures are there."""
    viewer = page.locator(".viewer[data-ready]")
    expect(viewer).to_be_visible()
    at_rest(page)
    return viewer


def colours(viewer: Locator, pane: int) -> int:
    """How many colours stand in a pane: a blank one has a single one."""
    return int(
        viewer.locator("canvas")
        .nth(pane)
        .evaluate(
            """(e) => new Set(new Uint32Array(
                 e.getContext('2d').getImageData(0, 0, e.width, e.height).data.buffer)).size"""
        )
    )


def test_finished_figures_are_looked_at(page: Page, base_url: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{base_url}/attack")
    expect(page.get_by_text(FIRST.told)).to_be_visible()
    viewer = shown(page)
    expect(viewer.locator("figure .title")).to_have_text(TITLES)
    assert all(colours(viewer, pane) > 3 for pane in range(4))
    expect(page.get_by_text(re.compile(r"^The undefended model changed its answer at \d+\.\d%"))).to_be_visible()
    expect(page.get_by_text(VERDICT)).to_be_visible()

    viewer.locator("canvas").nth(2).hover(position={"x": 60, "y": 80})
    line = viewer.locator(".readout")
    for name in ("row, column", "Undefended", "Certified", "truth", "vote share", "p-value", "radius"):
        expect(line).to_contain_text(name)

    viewer.get_by_role("button", name="Wipe").click()
    settled(viewer)
    border = viewer.get_by_role("slider", name="Border between the two layers")
    border.focus()
    border.press("Home")
    expect(border).to_have_attribute("aria-valuenow", "0")
    border.press("ArrowRight")
    expect(border).to_have_attribute("aria-valuenow", "2")
    viewer.get_by_role("button", name="Blink").click()
    viewer.locator(".run").click()  # at rest, switched by hand
    second = viewer.evaluate("e => e.viewer.state.second")
    viewer.get_by_role("button", name="Switch").click()
    settled(viewer)
    assert viewer.evaluate("e => e.viewer.state.second") != second
    viewer.get_by_role("button", name="Side by side").click()

    sentence = viewer.locator(".sentence")
    expect(sentence).to_have_text(re.compile(r"[\d,]+ of 76,800 pixels cannot be flipped to another class"))
    viewer.locator(".budget input").evaluate(
        "(e) => { e.value = e.max; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(sentence).to_have_text(re.compile("Nothing is promised: no pixel is certified at l2 size"))
    assert viewer.evaluate("e => e.viewer.labels('Certified, clean').every((one) => one < 0)")

    page.get_by_text(OTHER.title, exact=True).click()
    expect(page).to_have_url(re.compile(f"scenario={OTHER.name}"))
    expect(page.get_by_text(FIRST.told)).to_be_hidden()
    if (SCENARIOS / OTHER.name).is_dir():
        expect(page.get_by_text(OTHER.told)).to_be_visible()
        expect(page.get_by_text(re.compile("of Pedestrian is gone: the undefended model found"))).to_be_visible()
        assert all(colours(shown(page), pane) > 3 for pane in range(4))
    else:
        expect(page.get_by_text(f"the files of {OTHER.name} cannot be used")).to_be_visible()
    assert faults == []


def test_an_image_of_ones_own_is_attacked_stopped_and_taken_away(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/attack?source=Upload&steps=200")
    expect(page.get_by_text("Upload a street photograph")).to_be_visible()
    upload(page, SAMPLE)
    expect(page.get_by_text(re.compile(r"^Budget 0\.99 R = "))).to_be_visible()
    budget = page.get_by_role("slider", name="Budget, in units of R")
    budget.focus()
    for _ in range(4):
        budget.press("ArrowLeft")
    expect(page.get_by_text(re.compile(r"^Budget 0\.95 R = "))).to_be_visible()
    at_rest(page)
    page.get_by_text("The certificate", exact=True).click()
    for name, value in (("τ · threshold", "0.6"), ("n · test draws", "60"), ("Working size", "128")):
        field = page.get_by_role("spinbutton", name=name)
        field.fill(value)
        field.press("Enter")
        at_rest(page)
    steps = page.get_by_role("slider", name="Steps")
    steps.focus()
    steps.press("End")
    at_rest(page)
    page.get_by_role("button", name="Attack", exact=True).click()
    stop = page.get_by_role("button", name="Stop and keep it")
    expect(stop).to_be_visible(timeout=ATTACKED_MS)
    expect(page.get_by_text(re.compile("The victim's answer now: .* of it changed"))).to_be_visible()
    stop.click()
    verdict = re.compile(r"^Of its 12,288 pixels [\d,]+ were certified; 0 of them were flipped, [\d,]+ now abstain\.")
    expect(page.get_by_text(verdict)).to_be_visible(timeout=ATTACKED_MS)
    viewer = shown(page)
    expect(viewer.locator("figure .title")).to_have_text(["Attacked image", "Clean image", "Undefended", "Certified"])
    page.get_by_text("How it was made, step by step").click()
    told = page.get_by_text(re.compile(r"\d+ steps on "))
    expect(told).to_be_visible()
    made = re.search(r"(\d+) steps on ", told.inner_text())
    assert made is not None
    assert int(made[1]) < 200
    saved = tmp_path / "attacked.npy"
    download(page, "Attacked image, exactly", saved)
    assert np.load(saved, allow_pickle=False).shape == (96, 128, 3)
