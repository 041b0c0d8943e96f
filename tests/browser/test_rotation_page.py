"""The Rotation page in a real browser: drag the ball, move a slider, read the headline."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

SPACE = ".js-plotly-plot:has(.gl-container canvas)"  # a chart in three dimensions
READ_EYE = "e => Object.values(e._fullLayout.scene._scene.getCamera().eye).map(v => v.toFixed(3)).join()"
STILL_TURNED = f"""eye => {{
  const ball = [...document.querySelectorAll(".js-plotly-plot")].find(e => e.querySelector(".gl-container canvas"));
  return ball?._fullLayout?.scene?._scene && ({READ_EYE})(ball) === eye;
}}"""


def metric(page: Page, label: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue").inner_text()


def open_page(page: Page, base_url: str, query: str = "") -> None:
    page.goto(f"{base_url}/rotation{query}")
    expect(page.get_by_text("What is assumed")).to_be_visible()
    expect(page.locator(SPACE).first).to_be_visible()


def test_drag_the_ball_move_a_slider_read_the_headline(page: Page, base_url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    open_page(page, base_url, "?rotation_sigma=0.25&rotation_tau=0.75")
    assert metric(page, "Certified angle") == "9.76°"  # METHOD, section 5: 0.1704 rad = 9.76 degrees
    assert metric(page, "as published, not proved") == "9.66°"  # 0.25 * qnorm(0.75) = 9.66 degrees

    ball = page.locator(SPACE).first
    ball.scroll_into_view_if_needed()
    box = ball.bounding_box()
    assert box is not None
    before = ball.evaluate(READ_EYE)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 40, steps=8)
    page.mouse.up()
    expect(page.get_by_text(re.compile("Outside: 20° is more than 9.76°"))).to_be_visible()
    dragged = ball.evaluate(READ_EYE)
    assert dragged != before

    slider = page.get_by_role("slider", name=re.compile("Angle in degrees"))
    slider.focus()
    for _ in range(12):
        slider.press("ArrowLeft")
    expect(page.get_by_text(re.compile("Inside: 8° is within 9.76°"))).to_be_visible()
    page.get_by_role("slider", name=re.compile("threshold of the probability")).press("End")
    expect(page.get_by_test_id("stMetric").filter(has_text="Certified angle")).to_contain_text("44.7°")
    page.wait_for_function(STILL_TURNED, arg=dragged)  # what was turned stays turned
    assert [url for url in requests if not url.startswith((base_url, "data:", "blob:"))] == []


def test_the_chart_over_sigma_fills_in(page: Page, base_url: str) -> None:
    open_page(page, base_url, "?rotation_sigma=3.0&rotation_tau=0.6")
    expect(page.get_by_text("The published figure is refuted here.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Computing: ([2-9]|[12]\d|30) of 31|Computed at the dots"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screens_do_not_scroll_sideways(page: Page, base_url: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, base_url)
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
