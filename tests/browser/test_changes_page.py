"""Everyday changes in a real browser: in and out of the green band with the mouse, the keys and the strip."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import at_rest, settled

FRAMES_MS = 300_000  # seconds of work, but other tests may hold all cores
INSIDE, OUTSIDE = "Inside the green band", "Outside the green band: nothing is promised here"
QUICK = "change=gamma&change_tau=0.6&change_n=40"


def shown(page: Page) -> Locator:
    """The component, once its frames are there and the page has ended."""
    component = page.locator(".changes[data-ready]")
    expect(component).to_be_visible(timeout=FRAMES_MS)
    at_rest(page)
    return component


def drag(page: Page, component: Locator, share: float) -> None:
    """Take the slider's thumb from where it is to a share of the track, as a hand would."""
    slider = component.get_by_role("slider").first
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    most, now = int(slider.get_attribute("max") or 0), int(slider.input_value())
    inner, y = box["width"] - 20, box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 10 + inner * now / most, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 10 + inner * share, y, steps=8)
    page.mouse.up()
    settled(component)


def drawn(component: Locator, figure: str) -> int:
    """A number that stands for the pixels of a canvas."""
    return int(
        component.locator(f".{figure} canvas").evaluate(
            """(e) => new Uint32Array(e.getContext('2d').getImageData(0, 0, e.width, e.height).data.buffer)
                 .reduce((sum, one, i) => (sum * 31 + one + i) >>> 0, 7)"""
        )
    )


def test_the_slider_leads_in_and_out_of_the_band(page: Page, base_url: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{base_url}/changes?{QUICK}")
    component = shown(page)
    state, certified = component.locator(".state"), component.locator(".certified")
    expect(state).to_have_text(INSIDE)
    expect(certified).to_contain_text("Press Certify")
    page.get_by_role("button", name="Certify", exact=True).click()
    sentence = re.compile(
        r"^With probability at least 99\.9 %, none of the ([\d,]+) coloured pixels .* by any gamma betw"
    )
    expect(page.get_by_text(sentence)).to_be_visible(timeout=FRAMES_MS)
    component = shown(page)
    found = sentence.match(page.get_by_text(sentence).inner_text())
    assert found is not None
    expect(certified).to_contain_text(
        f"None of its certified classes can be flipped by this change: {found[1]} of 76,800"
    )

    clean, stands = drawn(component, "changed"), drawn(component, "certified")
    drag(page, component, 1.0)
    expect(state).to_have_text(OUTSIDE)
    expect(certified.locator(".over")).to_have_text("Nothing is promised here")
    assert drawn(component, "changed") != clean
    flips = component.locator(".undefended figcaption")
    share = re.match(r"([\d.]+) % of its pixels changed class", flips.inner_text())
    assert share is not None
    assert float(share[1]) >= 20.0  # the contrast that the page is there for

    slider = component.get_by_role("slider").first
    slider.focus()
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^Gamma .*: outside, where nothing is promised; "))
    for _ in range(16):
        slider.press("ArrowLeft")
    expect(state).to_have_text(INSIDE)
    expect(flips).to_have_text("0.0 % of its pixels changed class")
    expect(certified.locator(".over")).to_have_text("")
    assert drawn(component, "changed") == clean
    assert drawn(component, "certified") == stands

    component.locator(".thumbs button").first.click()
    expect(state).to_have_text(OUTSIDE)
    expect(slider).to_have_value("0")
    plot = component.locator(".plot svg")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 2}, force=True)
    expect(slider).to_have_value("16")
    drag(page, component, 0.0)
    component.get_by_role("button", name="Unchanged").click()
    expect(state).to_have_text(INSIDE)
    assert faults == []


def test_two_amounts_are_dragged_on_a_pad_on_a_phone(page: Page, base_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base_url}/changes?change=contrast-brightness")
    component = shown(page)
    pad = component.locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 3, steps=5)
    page.mouse.up()
    expect(component.locator(".state")).to_have_text("Outside the green region: nothing is promised here")
    contrast, brightness = component.get_by_role("slider").all()
    expect(contrast).to_have_value("10")
    expect(brightness).to_have_value("10")
    expect(component.locator(".amount .band").first).to_be_hidden()  # no contrast is covered at that brightness
    component.get_by_role("button", name="Unchanged").click()
    expect(component.locator(".state")).to_have_text("Inside the green region")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
