"""What tests in the browser do over and over: wait until a page is at rest, bring a file, take one away."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def at_rest(page: Page) -> None:
    """Wait until the page's script has ended; before, what is clicked or linked may be about to be replaced."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def upload(page: Page, path: Path) -> None:
    """Choose a file once the page is at rest, as a person would: during a rerun the uploader is being replaced."""
    at_rest(page)
    page.locator("input[type=file]").set_input_files(path)


def download(page: Page, button: str, path: Path) -> None:
    """Press a download button by its whole name, as it shows once the page is at rest: a rerun renews the links."""
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    at_rest(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button, exact=True).click()
    waiting.value.save_as(path)


def settled(viewer: Locator) -> None:
    """Wait until what was chosen is drawn: two frames."""
    viewer.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
