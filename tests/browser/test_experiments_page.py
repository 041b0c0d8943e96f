"""The Experiments page in a real browser: choose, recompute, watch, cancel, read the table, take the data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import engine
from tests.browser.driving import download

RECOMPUTED_MS = 240_000  # seconds of work, but other tests may hold all cores


def open_page(page: Page, base_url: str, label: str) -> None:
    page.goto(f"{base_url}/experiments?experiment={label.replace(' ', '+')}")
    expect(page.get_by_role("heading", name="Experiments", exact=True)).to_be_visible()


def test_choose_recompute_and_read(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/experiments")
    expect(page.get_by_role("heading", name="One bad component among 100")).to_be_visible()
    page.get_by_role("radio", name="Fig. 6b").click()
    expect(page.get_by_role("heading", name="Error budgets at α = 0.001")).to_be_visible()
    expect(page.get_by_text("Comes with Certiscope, made by")).to_be_visible()
    assert "experiment=Fig" in page.url

    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("5")
    seed.press("Enter")
    page.get_by_role("button", name="Recompute here").click()
    expect(page.get_by_text("Recomputed on this server")).to_be_visible(timeout=RECOMPUTED_MS)
    expect(page.get_by_text("--seed 5 --quality draft")).to_be_visible()
    expect(page.locator(".js-plotly-plot .scatterlayer path.js-line")).to_have_count(4)
    expect(page.locator(".js-plotly-plot .legend").get_by_text("b = 1 % of N")).to_be_visible()

    table = page.get_by_role("table", name="Published and measured")
    expect(table.get_by_role("row")).to_have_count(5)
    expect(table.get_by_role("row", name="A budget of 1 % of N helps greatly.")).to_contain_text("yes")

    saved = tmp_path / "result.json"
    download(page, "Everything (JSON)", saved)
    result = engine.papers.ExperimentResult.from_dict(json.loads(saved.read_text()))
    assert (result.name, result.seed, result.quality) == ("figure-6b", 5, engine.papers.Quality.DRAFT)


def test_reload_finds_the_recomputation_again(page: Page, base_url: str) -> None:
    open_page(page, base_url, "Fig. 6a")
    page.get_by_role("button", name="Recompute here").click()
    expect(page.get_by_text("Recomputed on this server")).to_be_visible(timeout=RECOMPUTED_MS)
    assert "run=" in page.url
    page.reload()
    expect(page.get_by_text("Recomputed on this server")).to_be_visible()


def test_a_long_run_shows_progress_and_can_be_cancelled(page: Page, base_url: str) -> None:
    open_page(page, base_url, "Which draws?")
    page.get_by_role("radio", name="600").click()
    page.get_by_role("button", name="Recompute here").click()
    expect(page.get_by_text("of 404")).to_be_visible()
    expect(page.get_by_role("button", name="Recompute here")).to_be_disabled()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The recomputation was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Recompute here")).to_be_enabled()
    expect(page.get_by_text("Comes with Certiscope")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_screens_do_not_scroll_sideways(page: Page, base_url: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    open_page(page, base_url, "Fig. 2c")
    expect(page.get_by_role("table", name="Published and measured")).to_be_visible()
    expect(page.locator(".js-plotly-plot .scatterlayer path.js-line")).to_have_count(4)
    assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
