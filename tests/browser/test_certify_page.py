"""The Certify page in a real browser: upload, run, cancel, run again, download, verify; and what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import engine
from engine.cli import main
from tests.browser.driving import at_rest, download, upload
from tests.material.bad_images import BAD_INPUTS

SAMPLE = Path(__file__).resolve().parents[2] / "assets" / "samples" / "images" / "street-104.jpg"
SMALL = "size=128&n0=5&n=80"


def open_upload(page: Page, base_url: str, query: str) -> None:
    page.goto(f"{base_url}/certify?source=Upload&{query}")
    expect(page.get_by_text("Upload a street photograph")).to_be_visible()


def press_certify(page: Page) -> None:
    button = page.get_by_test_id("stMain").get_by_role("button", name="Certify")
    expect(button).to_be_enabled()
    button.click()


def set_number(page: Page, label: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=label)
    field.fill(value)
    field.press("Enter")


def test_upload_cancel_run_download_verify(page: Page, base_url: str, tmp_path: Path) -> None:
    open_upload(page, base_url, "size=128&n0=5&n=100000&seed=0")
    upload(page, SAMPLE)
    press_certify(page)
    expect(page.get_by_text(re.compile(r"Draw [\d,]+ of 100,005"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The run was cancelled; nothing was certified.")).to_be_visible()

    set_number(page, "n · test draws", "80")
    press_certify(page)
    expect(page.get_by_text("Certificate for street-104.jpg")).to_be_visible()
    expect(page.get_by_text(re.compile("With probability at least 99.9 %, none of the"))).to_be_visible()
    saved = tmp_path / "certificate.npz"
    download(page, "Certificate", saved)
    certificate = engine.Certificate.load(saved)
    assert certificate.settings == engine.Settings(size=128, n0=5, n=80, mode="free", correction="bonferroni")
    assert f"none of the {certificate.certified_count:,} coloured pixels" in page.get_by_test_id("stMain").inner_text()
    assert main(["verify", str(saved), "--image", str(SAMPLE), "--resample"]) == 0


def test_changed_settings_mark_the_result_as_old(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    press_certify(page)
    expect(page.get_by_text("Take it with you")).to_be_visible()
    old = page.get_by_text("This result belongs to the settings and image it was made with")
    expect(old).to_have_count(0)
    set_number(page, "σ · noise", "0.3")
    expect(old).to_be_visible()
    set_number(page, "σ · noise", "0.25")
    expect(old).to_have_count(0)


def test_reload_finds_the_run_again(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    press_certify(page)
    expect(page.get_by_text("Take it with you")).to_be_visible()
    assert "job=" in page.url
    page.reload()
    expect(page.get_by_text("Take it with you")).to_be_visible()


def test_deep_link_sets_the_controls(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/certify?mode=fixed&sigma=0.5&tau=0.9&n=20&correction=bonferroni&sample=street-107")
    expect(page.get_by_role("spinbutton", name="σ · noise")).to_have_value("0.5")
    expect(page.get_by_text("0.64", exact=True)).to_be_visible()  # 0.5 * ppf(0.9) = 0.64078, rounded down
    expect(
        page.get_by_text("n raised from 20 to 300: with fewer than 173 draws nothing can be certified")
    ).to_be_visible()
    expect(page.get_by_text("Divides alpha evenly over all components.")).to_be_visible()


@pytest.mark.parametrize("path", ["/", f"/certify?{SMALL}"])
def test_nothing_is_fetched_from_outside(page: Page, base_url: str, path: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(base_url + path)
    at_rest(page)
    expect(page.locator("h1").first).to_be_visible()
    assert requests
    assert [url for url in requests if not url.startswith((base_url, "data:", "blob:"))] == []


def test_slider_answers_the_keyboard(page: Page, base_url: str) -> None:
    page.goto(base_url)
    slider = page.get_by_role("slider", name=re.compile("Share of Input shown over Certified"))
    slider.focus()
    slider.press("End")
    assert page.locator(".clip").evaluate("e => e.style.clipPath") == "inset(0px 0% 0px 0px)"
    slider.press("Home")
    assert page.locator(".clip").evaluate("e => e.style.clipPath") == "inset(0px 100% 0px 0px)"


def test_report_is_self_contained(page: Page, base_url: str, tmp_path: Path) -> None:
    page.goto(f"{base_url}/certify?{SMALL}")
    press_certify(page)
    path = tmp_path / "report.html"
    download(page, "Report", path)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    expect(page.get_by_text("With probability at least 99.9 %")).to_be_visible()
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    widths = page.locator("img").evaluate_all("images => images.map(image => image.naturalWidth)")
    assert len(widths) == 7
    assert min(widths) >= 640


UPLOADABLE = [bad for bad in BAD_INPUTS if len(bad.make()) <= engine.inputs.MAX_BYTES]


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bad")
    for number, bad in enumerate(UPLOADABLE):
        (folder / str(number)).mkdir()
        (folder / str(number) / f"bad-{number}.png").write_bytes(bad.make())
    return folder


def test_bad_uploads_get_one_sentence_each(page: Page, base_url: str, bad_files: Path) -> None:
    assert len(UPLOADABLE) >= 11
    open_upload(page, base_url, "n=80")
    for number, bad in enumerate(UPLOADABLE):
        (file,) = (bad_files / str(number)).iterdir()
        upload(page, file)
        alert = page.get_by_test_id("stAlert").filter(has_text=f"{file.name}:")
        expect(alert).to_have_count(1)
        expect(alert).to_contain_text(re.compile(re.escape(bad.words), re.IGNORECASE))
        assert "Traceback" not in page.content(), bad.name
        expect(page.get_by_test_id("stMain").get_by_role("button", name="Certify")).to_be_disabled()
    upload(page, SAMPLE)
    expect(page.get_by_test_id("stMain").get_by_role("button", name="Certify")).to_be_enabled()


def test_too_large_upload_is_refused(page: Page, base_url: str, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(engine.inputs.MAX_BYTES + 1))
    open_upload(page, base_url, SMALL)
    upload(page, large)
    expect(page.get_by_text(re.compile("File must be 20.*MB or smaller"))).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/certify?" + SMALL])
def test_narrow_screens_do_not_scroll_sideways(page: Page, base_url: str, scheme: str, path: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base_url + path)
    if "certify" in path:
        press_certify(page)
        expect(page.get_by_text("Take it with you")).to_be_visible()
    else:
        expect(page.get_by_text("Answer for all pixels at once.")).to_be_visible()
    main_area = page.get_by_test_id("stMain")
    assert main_area.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    background = page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    red = int(np.array(re.findall(r"\d+", background))[0])
    assert (red < 60) == (scheme == "dark")
