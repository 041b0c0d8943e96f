"""The lessons in a real browser, as a student would use them: choose, click, press keys, move sliders, read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import at_rest

LESSONS = {
    "plane": "Smoothing in two dimensions",
    "pixel": "One pixel's test",
    "pixels": "Many pixels",
    "dimension": "The curse of dimension",
    "faults": "Break the certificate",
    "lipschitz": "Lipschitz margins",
    "changes": "Which changes matter?",
    "patches": "Patches",
}


def open_lesson(page: Page, base_url: str, name: str) -> None:
    page.goto(f"{base_url}/learn?lesson={name}")
    expect(page.get_by_role("heading", name=re.compile(re.escape(LESSONS[name])))).to_be_visible()
    expect(page.get_by_text("Try this")).to_be_visible()
    at_rest(page)


def metric(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def change(page: Page, label: str) -> str:
    return metric(page, label).inner_text()


def test_a_student_walks_through_all_lessons(page: Page, base_url: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{base_url}/learn")
    for name, title in LESSONS.items():
        expect(page.get_by_role("heading", name=re.compile(re.escape(title)))).to_be_visible()
        expect(page.get_by_text("Try this")).to_have_count(1)  # the lesson before is gone: its button must not be hit
        assert f"lesson={name}" in page.url
        if name != list(LESSONS)[-1]:  # a click while the page still runs may be lost with the button it hit
            at_rest(page)
            page.get_by_role("button", name=re.compile("^.*Next: ")).click()
    page.get_by_role("radio", name=re.compile("One pixel's test")).or_(
        page.get_by_role("button", name=re.compile("2 · One pixel's test"))
    ).first.click()
    expect(page.get_by_text("the model's secret").first).to_be_visible()
    assert [url for url in requests if not url.startswith((base_url, "data:", "blob:"))] == []


def test_the_picture_answers_clicks_keys_and_the_noise(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "plane")
    picture = page.get_by_role("application", name=re.compile("Regions of the base model"))
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": 0.1 * box["width"], "y": 0.1 * box["height"]})
    expect(metric(page, "Base model says")).to_have_text("B")
    expect(metric(page, "p of B")).to_be_visible()
    before = change(page, "p of B")
    picture.focus()
    for _ in range(3):
        picture.press("Shift+ArrowDown")
    expect(metric(page, "p of B")).not_to_have_text(before)
    radius = change(page, "Certified radius R")
    page.get_by_role("slider", name=re.compile("σ · noise")).press("ArrowRight")
    expect(metric(page, "Certified radius R")).not_to_have_text(radius)
    page.get_by_role("button", name=re.compile("On the sliver")).click()
    expect(metric(page, "Base model says")).to_have_text("C")
    expect(metric(page, "Smoothed model says")).to_have_text("A")


def test_a_tap_moves_the_point(page: Page, base_url: str) -> None:
    context = page.context.browser.new_context(has_touch=True, viewport={"width": 390, "height": 844})  # type: ignore[union-attr]
    phone = context.new_page()
    open_lesson(phone, base_url, "plane")
    picture = phone.get_by_role("application", name=re.compile("Regions of the base model"))
    picture.scroll_into_view_if_needed()
    picture.tap(position={"x": 30, "y": 30})
    expect(metric(phone, "Base model says")).to_have_text("B")
    context.close()


def test_one_pixel_is_drawn_again(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "pixel")
    expect(metric(page, "Needed")).to_have_text("53 hits")
    page.get_by_role("button", name=re.compile("Draw again")).click()
    expect(page.get_by_text("Seed 1", exact=True)).to_have_count(0)
    page.get_by_role("slider", name=re.compile("n · draws")).press("ArrowRight")
    expect(metric(page, "Needed")).not_to_have_text("53 hits")


def test_more_traps_fewer_certificates(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "pixels")
    before = change(page, "Holm")
    page.get_by_role("slider", name=re.compile("Pixels that are traps")).press("End")
    expect(metric(page, "Holm")).not_to_have_text(before)
    page.get_by_role("slider", name=re.compile("Walk down to rank")).press("End")
    expect(page.get_by_text(re.compile(r"Rank 50: p-value"))).to_be_visible()


def test_the_radius_follows_sigma(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "dimension")
    expect(metric(page, "l2 radius R")).to_have_text("0.168")
    page.get_by_role("slider", name=re.compile("σ · noise")).press("ArrowRight")
    expect(metric(page, "l2 radius R")).to_have_text("0.202")  # .3 * ppf(.75) = .20235


def test_a_fault_is_measured_and_seen(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "faults")
    expect(page.get_by_text("The promise is broken.")).to_be_visible()
    expect(metric(page, "Pictures")).to_have_text("300")
    page.get_by_role("button", name=re.compile("Certify 2,000 more")).click()
    expect(metric(page, "Pictures")).to_have_text("2,300")
    at_rest(page)


def test_three_discs_follow_the_point_and_the_slope(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "lipschitz")
    before, smoothing = change(page, "Lipschitz disc"), change(page, "Smoothing disc")
    page.get_by_role("slider", name=re.compile("slope of the scores")).press("ArrowRight")
    expect(metric(page, "Lipschitz disc")).not_to_have_text(before)
    expect(metric(page, "Smoothing disc")).to_have_text(smoothing)
    picture = page.get_by_role("application", name=re.compile("three discs"))
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": 0.1 * box["width"], "y": 0.1 * box["height"]})
    expect(metric(page, "p of B")).to_be_visible()
    expect(metric(page, "Smoothing disc")).not_to_have_text(smoothing)


def test_one_size_is_spent_in_six_ways(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "changes")
    expect(page.get_by_text("of the answers changed.")).to_have_count(6)
    before = change(page, "Changed answers")
    page.get_by_role("slider", name=re.compile("l2 size")).press("End")
    expect(page.get_by_text(re.compile("At size 60:"))).to_be_visible()
    expect(metric(page, "Changed answers")).not_to_have_text(before)
    page.get_by_text(re.compile("Somebody doubles")).click()
    expect(page.get_by_text("not necessary")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", list(LESSONS))
def test_narrow_screens_do_not_scroll_sideways(page: Page, base_url: str, scheme: str, name: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    open_lesson(page, base_url, name)
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def test_a_patch_slides_and_a_window_always_hides_it(page: Page, base_url: str) -> None:
    open_lesson(page, base_url, "patches")
    place = page.get_by_role("slider", name="Where the patch begins")
    for key in ("Home", "End", "ArrowLeft"):
        place.press(key)
        at_rest(page)
        expect(page.locator(".strip tr.hides")).not_to_have_count(0)
        expect(metric(page, "Changed unnoticed")).to_have_text("0")
    page.get_by_text("all cells (the fault)").click()
    expect(page.get_by_text("speaks through the window")).to_be_visible()
    at_rest(page)
    page.get_by_role("button", name=re.compile("Try all patches")).click()
    expect(page.get_by_text("cells have another answer, and no alarm sounds")).to_be_visible()
    expect(metric(page, "Changed unnoticed")).not_to_have_text("0")
