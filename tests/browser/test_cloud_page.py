"""The Point cloud page in a real browser: a mesh is uploaded, certified, turned by hand, and the promise read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import engine
from engine.cli import main
from engine.models import zoo
from tests.browser.driving import at_rest, download, upload
from tests.material.cloud_files import CUBE, CUBE_TRIANGLES, off
from tests.material.tiny_models import forget_models

_CERTIFIED_MS = 300_000  # a second of work, but other tests may hold all cores
_SMALL = "shape_points=128&shape_n0=3&shape_n=60&sigma_l2=0.02&family=l2&mode=fixed"
_EYES = """() => [...document.querySelectorAll('.st-key-cloud_views .js-plotly-plot')]
  .map((chart) => chart._fullLayout.scene._scene.getCamera().eye)"""


def certify(page: Page) -> None:
    button = page.get_by_test_id("stMain").get_by_role("button", name="Certify", exact=True)
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("Take it with you")).to_be_visible(timeout=_CERTIFIED_MS)


def test_a_mesh_is_uploaded_certified_and_turned(
    page: Page, shapes_url: str, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = tmp_path / "cube.off"
    mesh.write_bytes(off(CUBE, faces=CUBE_TRIANGLES))
    page.goto(f"{shapes_url}/cloud?shapes=Upload&{_SMALL}")
    expect(page.get_by_role("heading", name="Certify a point cloud")).to_be_visible()
    upload(page, mesh)
    expect(page.get_by_text("128 points; its parts are not known.")).to_be_visible()
    certify(page)
    sentence = page.get_by_text(re.compile("^With probability at least 99.9 %, no shift of the points of l2 size"))
    expect(sentence).to_contain_text("0.0134 makes the smoothed model call any of the")  # 0.02 * 0.67449

    views = page.locator(".st-key-cloud_views .js-plotly-plot")
    expect(views).to_have_count(2)  # the truth is not known
    at_rest(page)
    views.first.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({_EYES})().length === 2")
    page.wait_for_timeout(1000)  # the link looks for charts a few times a second
    before = page.evaluate(_EYES)
    box = views.first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 150
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 6):
        page.mouse.move(x + 15 * step, y + 5 * step)
        page.wait_for_timeout(50)
    page.mouse.up()
    page.wait_for_function(
        f"old => (now => Math.hypot(now.x - old.x, now.y - old.y, now.z - old.z) > 0.3)(({_EYES})()[0])",
        arg=before[0],
    )
    page.wait_for_timeout(500)
    first, second = page.evaluate(_EYES)
    assert all(abs(first[axis] - second[axis]) < 1e-6 for axis in "xyz")  # one was dragged, both have turned
    page.get_by_role("button", name="View: front").click()
    page.wait_for_function(f"() => ({_EYES})().every((eye) => Math.abs(eye.y) < 1e-6 && eye.x > 1)")

    saved = tmp_path / "certificate.npz"
    download(page, "Certificate", saved)
    certificate = engine.Certificate.load(saved)
    assert certificate.kind == "cloud"
    expect(sentence).to_contain_text(f"{certificate.certified_count:,} coloured points another part")
    monkeypatch.setattr(zoo, "FOLDER", models)
    forget_models()
    try:
        assert main(["verify", str(saved), "--shape", str(mesh), "--resample"]) == 0
    finally:
        monkeypatch.undo()
        forget_models()


def test_a_sample_is_certified_by_the_model_that_ships(page: Page, base_url: str) -> None:
    page.goto(f"{base_url}/cloud?kind=Chair&shape=2&family=so3&mode=fixed&shape_points=256&shape_n0=5&shape_n=80")
    at_rest(page)
    certify(page)
    told = page.get_by_text(re.compile("^With probability at least 99.9 %, no rotation about any axis by up to 9.76 "))
    count = re.search(r"any of the (\d+) coloured points another part", told.inner_text())
    assert count is not None
    assert int(count[1]) > 128  # of 256; with 2,048 points and 150 draws 92 % were


def test_a_sample_is_found_again_after_a_reload_on_a_narrow_screen(page: Page, shapes_url: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{shapes_url}/cloud?kind=Cup&{_SMALL}")
    expect(page.get_by_text("coloured by the labels it came with")).to_be_visible()
    certify(page)
    page.reload()
    expect(page.get_by_text("Take it with you")).to_be_visible()
    views = page.locator(".st-key-cloud_views .js-plotly-plot")
    expect(views).to_have_count(3)
    for number in range(3):  # one under the other, and none wider than the screen
        box = views.nth(number).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390


def test_an_uploaded_mesh_is_attacked_to_the_verdict(page: Page, shapes_url: str, tmp_path: Path) -> None:
    mesh = tmp_path / "cube.off"
    mesh.write_bytes(off(CUBE, faces=CUBE_TRIANGLES))
    page.goto(f"{shapes_url}/attack?attack_on=Shapes&shapes=Upload&{_SMALL.replace('sigma_l2', 'sigma_so3')}")
    expect(page.get_by_role("heading", name="Attack it")).to_be_visible()
    upload(page, mesh)
    expect(page.get_by_text("128 points; its parts are not known.")).to_be_visible()
    at_rest(page)
    page.get_by_test_id("stMain").get_by_role("button", name="Attack", exact=True).click()
    stood = page.get_by_text(re.compile(r"^Of its 128 points \d+ were certified; 0 of them were flipped,"))
    expect(stood).to_be_visible(timeout=_CERTIFIED_MS)
    expect(page.get_by_text("The undefended model changed its answer at")).to_be_visible()
    expect(page.locator(".st-key-attacked_views .js-plotly-plot")).to_have_count(6)
    expect(page.get_by_text("α ledger")).to_be_visible()
