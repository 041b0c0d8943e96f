"""The viewer in a real browser: how it is used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Locator, Page, expect

import engine
from tests.browser.driving import at_rest, settled
from tests.browser.viewing import CLEAN, budget, click, expected, labels, move, opened
from tests.material.views import CAMVID, certificate_named


def test_a_click_pins_and_python_hears_of_it(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    click(viewer, 1, 7, 10)
    expect(page.get_by_text("Pinned: (7, 10)")).to_be_visible()
    story, told = viewer.locator(".story"), engine.certification.pixel_story(certificate_named("explore"), 7, 10)
    expect(story).to_contain_text("Pixel (7, 10)")
    expect(story).to_contain_text(f"{told.hits} of 100")
    expect(story).to_contain_text(f"for rank {told.rank:,} of 3,072")
    expect(story).to_contain_text("certified as Sky")
    at_rest(page)
    viewer.locator(".stage").press("Escape")
    expect(story).to_be_hidden()
    expect(page.get_by_text("Pinned: None")).to_be_visible()


def test_the_keyboard_reaches_everything(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    stage, state = viewer.locator(".stage"), lambda: viewer.evaluate("e => e.viewer.state")
    stage.focus()
    stage.press("ArrowLeft")
    stage.press("ArrowDown")
    stage.press("Control+ArrowDown")
    assert state()["cursor"] == [24 + 11, 32 - 1]
    expect(viewer.locator(".spoken")).to_have_text(re.compile(r"row, column 35, 31; .*truth "))
    stage.press("Enter")
    expect(page.get_by_text("Pinned: (35, 31)")).to_be_visible()
    for _ in range(3):
        stage.press("+")
    assert state()["zoom"] == pytest.approx(1.5**3)
    before = state()["x"]
    stage.press("Shift+ArrowRight")
    assert state()["x"] > before
    stage.press("0")
    assert state()["zoom"] == 1
    stage.press("?")
    expect(viewer.get_by_text("move the cursor by a pixel; with Ctrl by ten")).to_be_visible()
    page.keyboard.press("Escape")
    stage.press("2")
    border = viewer.get_by_role("slider", name="Border between the two layers")
    border.focus()
    border.press("Home")
    expect(border).to_have_attribute("aria-valuenow", "0")
    border.press("ArrowRight")
    expect(border).to_have_attribute("aria-valuenow", "2")


def test_hovering_reads_all_pictures_at_once(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    viewer.locator("canvas").nth(0).hover(position={"x": 40, "y": 60})
    line = viewer.locator(".readout")
    for name in ("row, column", "Undefended answer", "Certified answer", "truth", "vote share", "p-value", "radius"):
        expect(line).to_contain_text(name)
    cursors = viewer.evaluate("e => e.viewer.state.cursor")
    assert cursors is not None
    page.mouse.move(2, 2)
    expect(line).to_contain_text("Point at a pixel")


def test_what_was_chosen_survives_a_rerun(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    viewer.evaluate("e => { e.viewer.data.mine = true; }")  # new data would not have it
    viewer.get_by_role("combobox", name="Layer of picture 1").select_option("Radius")
    move(viewer, "tau", 70)
    viewer.get_by_role("button", name=re.compile("^Zoom in")).click()
    click(viewer, 0, 10, 20)
    expect(page.get_by_text(re.compile(r"Pinned: \(\d+, \d+\)"))).to_be_visible()
    at_rest(page)
    before = viewer.evaluate("e => JSON.stringify({ ...e.viewer.state, cursor: 0 })")
    page.get_by_role("button", name="Run again").click()
    at_rest(page)
    assert viewer.evaluate("e => JSON.stringify({ ...e.viewer.state, cursor: 0 })") == before
    page.emulate_media(color_scheme="dark")  # Streamlit calls the component again
    expect(viewer.locator(".sentence")).to_have_css("color", re.compile(r"rgb\(2\d\d, 2\d\d, 2\d\d\)"))
    settled(viewer)
    assert viewer.evaluate("e => JSON.stringify({ ...e.viewer.state, cursor: 0 })") == before
    assert viewer.evaluate("e => e.viewer.data.mine")
    assert viewer.locator("figure").first.locator(".title").inner_text() == "Radius"


def test_new_data_is_taken_up_in_the_same_pictures(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    move(viewer, "tau", 70)
    viewer.locator("canvas").first.evaluate("e => { e.mine = true; }")
    before = viewer.get_attribute("data-ready")
    page.get_by_text("Other counts").click()
    expect(viewer).not_to_have_attribute("data-ready", str(before))
    assert viewer.locator("canvas").first.evaluate("e => e.mine")  # no element was made anew: nothing flickers
    tau = viewer.evaluate("e => e.viewer.state.tau")
    assert tau == pytest.approx(0.85)
    right = expected(certificate_named("explore", seed=2).at(tau), budget(viewer))
    np.testing.assert_array_equal(labels(viewer, CLEAN), right)


def test_the_wheel_leaves_the_page_alone_until_a_picture_is_taken_up(page: Page, viewer_url: str) -> None:
    viewer = opened(page, viewer_url, "explore")
    viewer.locator("canvas").first.hover()
    page.mouse.wheel(0, -200)
    expect(viewer.get_by_text("Click a picture first")).to_be_visible()
    assert viewer.evaluate("e => e.viewer.state.zoom") == 1
    viewer.locator("canvas").first.click()
    page.mouse.wheel(0, -200)
    expect(viewer.locator(".zoom")).not_to_have_text("1×")
    box = viewer.locator("canvas").first.bounding_box()
    assert box is not None
    before = viewer.evaluate("e => e.viewer.state.x")
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 100, steps=4)
    page.mouse.up()
    assert viewer.evaluate("e => e.viewer.state.x") > before


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_blinking_respects_reduced_motion(page: Page, viewer_url: str, motion: Any) -> None:
    page.emulate_media(reduced_motion=motion)
    viewer = opened(page, viewer_url, "explore")
    viewer.get_by_role("button", name="Blink").click()
    switch, run = viewer.get_by_role("button", name="Switch"), viewer.locator(".run")
    expect(run).to_be_visible(visible=motion != "reduce")
    assert viewer.evaluate("e => e.viewer.state.running") == (motion != "reduce")
    if motion != "reduce":
        run.click()
    before = viewer.evaluate("e => e.viewer.state.second")
    switch.click()
    settled(viewer)
    assert viewer.evaluate("e => e.viewer.state.second") != before


def test_pictures_are_saved_with_titles_and_caption(page: Page, viewer_url: str, tmp_path: Path) -> None:
    viewer = opened(page, viewer_url, "explore")
    for kind in ("PNG", "SVG"):
        with page.expect_download() as waiting:
            viewer.get_by_role("button", name=kind).click()
        waiting.value.save_as(tmp_path / kind)
    with Pillow.open(tmp_path / "PNG") as picture:
        assert picture.width > 1000
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 20) or []}
    assert set(CAMVID.palette[:2]) <= colours
    drawn = ElementTree.parse(tmp_path / "SVG").getroot()
    texts = " ".join(one.text or "" for one in drawn.iter("{http://www.w3.org/2000/svg}text"))
    for said in ("Certified answer", "Undefended answer", "cannot be flipped", "Made-up counts, explore.", "Road"):
        assert said in texts
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}image"))) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_without_scrolling_sideways(page: Page, viewer_url: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    viewer = opened(page, viewer_url, "explore")
    click(viewer, 0, 10, 20)
    expect(viewer.locator(".story")).to_be_visible()
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    tops = {round(one["y"]) for one in map(Locator.bounding_box, viewer.locator("canvas").all()) if one}
    assert len(tops) == 2  # two by two


@pytest.mark.parametrize("view", ["plain", "free.large", "explore.wide"])
def test_one_picture_and_large_ones_work_too(page: Page, viewer_url: str, view: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    viewer = opened(page, viewer_url, view)
    viewer.locator("canvas").first.hover()
    expect(viewer.locator(".readout")).to_contain_text("row, column")
    for mode in ("Wipe", "Blink", "Side by side"):
        viewer.get_by_role("button", name=mode).click()
        settled(viewer)
    expect(viewer.locator(".sentence")).to_be_visible(visible=view != "plain")
    assert faults == []
