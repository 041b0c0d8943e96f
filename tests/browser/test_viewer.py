"""The viewer in a real browser, on a page that is nothing but the viewer: what it decides, and how it is used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image as Pillow
from playwright.sync_api import Locator, Page, expect

import engine
from tests.browser.conftest import served
from tests.browser.driving import at_rest, settled
from tests.material.views import CAMVID, CHANGES, certificate_named

_SCRIPT = (
    "import sys; sys.argv = ['tests/material/viewer_script.py' if one == 'app/main.py' else one for one in sys.argv]; "
    "from streamlit.web.cli import main; main()"
)
CLEAN, ATTACKED = "Certified, clean", "Certified"


@pytest.fixture(scope="module")
def viewer_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    with served(["-c", _SCRIPT], tmp_path_factory.mktemp("server")) as url:
        yield url


def opened(page: Page, url: str, view: str) -> Locator:
    """The viewer of that view, once its pictures are there."""
    page.goto(f"{url}/?view={view}")
    viewer = page.locator(".viewer[data-ready]")
    expect(viewer).to_be_visible()
    at_rest(page)
    return viewer


def labels(viewer: Locator, layer: str) -> np.ndarray:
    """The classes of a layer as the browser decides them, (H, W)."""
    found, width = viewer.evaluate("(e, name) => [e.viewer.labels(name), e.viewer.data.width]", layer)
    return np.array(found).reshape(-1, width)


def pixels(viewer: Locator, layer: str) -> np.ndarray:
    """The colours of a layer as they are painted, with opacity, (H, W, 4)."""
    found, width = viewer.evaluate(
        """(e, name) => { const one = e.viewer.data.layers[name].canvas;
             return [[...one.getContext('2d').getImageData(0, 0, one.width, one.height).data], one.width]; }""",
        layer,
    )  # fmt: skip
    return np.array(found, dtype=np.uint8).reshape(-1, width, 4)


def move(viewer: Locator, slider: str, value: float) -> None:
    """Move a slider as a hand does, to the exact place."""
    viewer.locator(f".{slider} input").evaluate(
        """(range, value) => { range.value = value; range.dispatchEvent(new Event('input', { bubbles: true }));
             range.dispatchEvent(new Event('change', { bubbles: true })); }""",
        value,
    )  # fmt: skip
    settled(viewer)


def budget(viewer: Locator) -> float:
    return float(viewer.evaluate("e => e.viewer.state.budget"))


def click(viewer: Locator, pane: int, row: int, column: int) -> None:
    """Click the middle of a pixel of the 64x48 views."""
    canvas = viewer.locator("canvas").nth(pane)
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": (column + 0.5) * box["width"] / 64, "y": (row + 0.5) * box["height"] / 48})


def expected(certificate: engine.Certificate, size: float) -> np.ndarray:
    """What the engine certifies, of that only what has the radius; a selection has none, whatever the size."""
    settings = certificate.settings
    if not settings.procedure.certifies:
        return certificate.labels
    radii = certificate.radius_map() if settings.testing.tau_free else certificate.certified * certificate.radius
    return np.where(radii >= size, certificate.labels, engine.inputs.ABSTAIN)


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
