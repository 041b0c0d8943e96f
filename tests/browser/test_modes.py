"""Modes on the Certify page in a real browser: tau moved after the run, a run stopped by hand, a promise outgrown."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

import engine
from engine.cli import main
from tests.browser.driving import download
from tests.browser.test_certify_page import press_certify, set_number

SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "images" / "street-92.jpg"
SMALL = "size=128&n0=5&n=120&patience=0"
DONE = "Take it with you"


def certified_pixels(page: Page) -> int:
    """The count in the sentence."""
    sentence = page.get_by_text(re.compile(r"none of the [\d,]+ coloured pixels")).first.inner_text()
    found = re.search(r"none of the ([\d,]+) coloured", sentence)
    assert found is not None
    return int(found[1].replace(",", ""))


def test_tau_moves_after_a_free_run(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    press_certify(page)
    expect(page.get_by_text(DONE)).to_be_visible()
    before = certified_pixels(page)
    slider = page.get_by_role("slider", name=re.compile("free to move"))
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    expect(page.get_by_text("τ = 0.81").first).to_be_visible()
    assert certified_pixels(page) < before
    expect(page.get_by_text(re.compile("does not cover the new settings"))).to_have_count(0)
    download(page, "Certificate", tmp_path / "certificate.npz")
    saved = engine.Certificate.load(tmp_path / "certificate.npz")
    assert (saved.settings.mode, round(saved.settings.tau, 6)) == ("free", 0.81)
    assert saved.certified_count == certified_pixels(page)
    assert main(["verify", str(tmp_path / "certificate.npz"), "--image", str(SAMPLE), "--resample"]) == 0


def test_stop_here_keeps_a_certificate(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?size=128&n0=5&n=100000&patience=0")
    press_certify(page)
    expect(page.get_by_text(re.compile("a certificate already"))).to_be_visible()
    expect(page.get_by_role("slider", name=re.compile("moved at any moment"))).to_be_visible()
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_text(DONE)).to_be_visible()
    draws = page.get_by_test_id("stMetric").filter(has_text="Draws")
    assert 1 <= int(re.sub(r"\D", "", draws.inner_text())) < 100_000


def test_a_fixed_promise_does_not_cover_another_tau(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?mode=fixed&{SMALL}")
    expect(page.get_by_text("The paper's SegCertify.")).to_be_visible()
    press_certify(page)
    expect(page.get_by_text(DONE)).to_be_visible()
    expect(page.get_by_role("slider", name=re.compile("free to move"))).to_have_count(0)
    set_number(page, "τ · threshold", "0.8")
    expect(page.get_by_text(re.compile("does not cover the new settings"))).to_be_visible()
    page.get_by_role("button", name="Use the free mode next time").click()
    expect(page.get_by_text("Free: stop when you like, any τ.")).to_be_visible()


def test_a_clicked_pixel_tells_its_story(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    press_certify(page)
    expect(page.get_by_text(DONE)).to_be_visible()
    picture = page.get_by_role("application", name=re.compile("Certified picture"))
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.1})
    expect(page.get_by_text(re.compile(r"Pixel \(9, 64\)"))).to_be_visible()  # 10 % of 96 rows, half of 128 columns
    expect(page.get_by_text(re.compile(r"of 5 selection draws"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"for rank [\d,]+ of 12,288"))).to_be_visible()
    picture.press("ArrowDown")
    expect(page.get_by_text(re.compile(r"Pixel \(10, 64\)"))).to_be_visible()


def test_two_runs_stand_in_the_ledger(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    for number in (1, 2):
        press_certify(page)
        expect(page.get_by_text(DONE)).to_be_visible()
        entry = page.get_by_text(re.compile(f"α ledger: {number} run"))
        expect(entry).to_be_visible()
    entry.click()
    expect(page.get_by_text("With probability at least 99.8 %, all 2 certificates hold at once.")).to_be_visible()


def test_the_planner_answers_before_the_run(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?mode=anytime&n=100")
    page.get_by_text("Planner: what can such a run certify?").click()
    expect(page.get_by_text(re.compile(r"what share of the 76,800 pixels would 100 draws certify"))).to_be_visible()
    expect(page.get_by_text("Best here: Holm")).to_be_visible()


def test_fdr_is_called_no_certificate(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?mode=fixed&correction=fdr-bh&{SMALL}")
    expect(page.get_by_text(re.compile("promises nothing about single pixels"))).to_be_visible()
    press_certify(page)
    expect(page.get_by_text(re.compile("No robustness certificate"))).to_be_visible()
