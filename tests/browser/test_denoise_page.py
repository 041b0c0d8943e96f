"""Denoise, Results and Models in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

import engine
from tests.browser.driving import download

CERTIFIED_MS = 300_000  # some seconds of work, but other tests may hold all cores


def test_noise_is_taken_away_and_both_are_certified(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/denoise")
    expect(page.get_by_role("heading", name="Denoise, then segment")).to_be_visible()
    for title in ("Original", "With noise, σ = 0.5", "Denoised"):
        expect(page.get_by_role("img", name=title, exact=True)).to_be_visible()
        expect(page.get_by_role("img", name=f"{title}: segmented")).to_be_visible()
    expect(page.get_by_text(re.compile(r"PSNR \d+\.\d dB: \d+\.\d dB more than the noisy image"))).to_be_visible()

    page.get_by_role("button", name="Certify both with n = 100").click()
    expect(page.get_by_text(re.compile(r"^SegCertify\. With probability at least 99\.9 %"))).to_be_visible(
        timeout=CERTIFIED_MS
    )
    expect(page.get_by_text(re.compile(r"^DenoiseCertify\. With probability at least 99\.9 %"))).to_be_visible()
    expect(page.get_by_text("α ledger: 2 runs seen this session")).to_be_visible()
    saved = tmp_path / "denoised.npz"
    download(page, "DenoiseCertify: certificate", saved)
    certificate = engine.Certificate.load(saved)
    assert certificate.provenance.model == "street-clean+single"
    assert engine.verify(certificate).passed

    page.reload()  # the address names the run
    expect(page.get_by_text(re.compile(r"^DenoiseCertify\. With probability"))).to_be_visible()


def test_a_denoiser_can_stand_before_any_model_on_the_certify_page(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?around=single&model=street-clean&size=64&n=80&mode=fixed")
    expect(page.get_by_role("heading", name="Certify an image")).to_be_visible()
    button = page.get_by_role("button", name="Certify", exact=True)
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_role("heading", name=re.compile("Certificate for"))).to_be_visible(timeout=CERTIFIED_MS)
    expect(page.get_by_text(re.compile(r"^street-clean\+single, "))).to_be_visible()
    assert "around=single" in page.url


def test_results_stand_apart_from_what_was_published(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/results")
    expect(page.get_by_role("heading", name="DenoiseCertify, Table 1: trained with noise, or denoised")).to_be_visible()
    page.get_by_role("radio", name="Holm and Bonferroni").click()
    expect(page.get_by_role("heading", name="SegCertify, Table 4: Bonferroni minus Holm")).to_be_visible()
    for side in ("This project", "As published"):
        expect(page.get_by_role("heading", name=side)).to_be_visible()


def test_models_have_cards_and_others_can_be_had(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/models")
    page.get_by_role("radio", name="street-clean").click()
    expect(page.get_by_role("heading", name="street-clean", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="segformer-b0-cityscapes-1024")).to_be_visible()
