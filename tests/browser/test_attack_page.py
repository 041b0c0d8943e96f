"""The Attack page in a real browser: an uploaded image, attacked to the verdict, and what can be taken away."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.driving import download, upload

ATTACKED_MS = 300_000  # seconds of work, but other tests may hold all cores
SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "street-104.jpg"


def test_an_uploaded_image_is_attacked_to_its_verdict(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/attack?source=Upload&budget_share=1")
    expect(page.get_by_text("Upload a street photograph")).to_be_visible()
    upload(page, SAMPLE)
    button = page.get_by_role("button", name="Attack", exact=True)
    expect(button).to_be_enabled()
    button.click()
    expect(
        page.get_by_text(re.compile(r"^0 of [\d,]+ certified pixels were flipped \([\d,]+ now abstain\)"))
    ).to_be_visible(timeout=ATTACKED_MS)
    expect(page.get_by_text(re.compile(r"The undefended model changed its answer at \d+\.\d%"))).to_be_visible()
    for title in ("Clean image", "Attacked image", "Undefended, attacked", "Certified, attacked", "Flip map"):
        expect(page.get_by_role("img", name=title, exact=True).first).to_be_visible()
    saved = tmp_path / "attacked.npy"
    download(page, "Attacked image, exactly", saved)
    assert np.load(saved, allow_pickle=False).shape == (240, 320, 3)
