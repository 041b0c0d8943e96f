"""Leaving a page in the middle of its run and coming back, in a real browser: by the menu, and by Back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.driving import at_rest
from tests.browser.test_certify_page import press_certify

LONG = "size=128&n0=5&n=100000&mode=fixed"


def begin(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?{LONG}")
    press_certify(page)
    expect(page.get_by_text(re.compile(r"Draw [\d,]+ of 100,005"))).to_be_visible()


def go_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def cancel(page: Page) -> None:
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The run was cancelled; nothing was certified.")).to_be_visible()


def test_a_run_by_link_is_there_when_one_comes_back(page: Page, base_url: str) -> None:
    begin(page, base_url)
    page.reload()  # a session of its own, which knows the run from its address only
    expect(page.get_by_text(re.compile(r"Draw [\d,]+ of 100,005"))).to_be_visible()
    go_to(page, "Learn")
    expect(page.get_by_role("heading", name="How a pixel gets a promise")).to_be_visible()
    at_rest(page)
    assert "job=" not in page.url
    go_to(page, "Certify")
    expect(page.get_by_text(re.compile(r"Draw [\d,]+ of 100,005"))).to_be_visible()
    assert "job=" in page.url
    cancel(page)


def test_back_finds_the_run_and_leaves_no_other_page_s_words(page: Page, base_url: str) -> None:
    begin(page, base_url)
    go_to(page, "Attack")
    expect(page.get_by_role("heading", name="Attack it")).to_be_visible()
    at_rest(page)
    page.go_back()
    expect(page.get_by_role("heading", name="Certify an image")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Draw [\d,]+ of 100,005"))).to_be_visible()
    at_rest(page)
    assert not re.search(r"[?&](victim|shape_victim|shape_attack|run)=", page.url)
    assert "job=" in page.url
    cancel(page)
