"""The viewer on a page that is nothing but the viewer, driven as a hand would. No test in here."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Locator, Page, expect

import engine
from tests.browser.driving import at_rest, settled

SCRIPT = (
    "import sys; sys.argv = ['tests/material/viewer_script.py' if one == 'app/main.py' else one for one in sys.argv]; "
    "from streamlit.web.cli import main; main()"
)
CLEAN, ATTACKED = "Certified, clean", "Certified"


def opened(page: Page, url: str, view: str) -> Locator:
    """The viewer of that view, once its pictures are there."""
    page.goto(f"{url}/?view={view}")
    viewer = page.locator(".viewer[data-ready]")
    expect(viewer).to_be_visible()
    at_rest(page)
    return viewer


def labels(viewer: Locator, layer: str) -> np.ndarray:
    """The classes of a layer as the browser decides them, (H, W)."""
    found, width = viewer.evaluate("(e, name) => [e.viewer.labels(name), e.viewer.data.width]", layer)
    return np.array(found).reshape(-1, width)


def pixels(viewer: Locator, layer: str) -> np.ndarray:
    """The colours of a layer as they are painted, with opacity, (H, W, 4)."""
    found, width = viewer.evaluate(
        """(e, name) => { const one = e.viewer.data.layers[name].canvas;
             return [[...one.getContext('2d').getImageData(0, 0, one.width, one.height).data], one.width]; }""",
        layer,
    )  # fmt: skip
    return np.array(found, dtype=np.uint8).reshape(-1, width, 4)


def move(viewer: Locator, slider: str, value: float) -> None:
    """Move a slider as a hand does, to the exact place."""
    viewer.locator(f".{slider} input").evaluate(
        """(range, value) => { range.value = value; range.dispatchEvent(new Event('input', { bubbles: true }));
             range.dispatchEvent(new Event('change', { bubbles: true })); }""",
        value,
    )  # fmt: skip
    settled(viewer)


def budget(viewer: Locator) -> float:
    return float(viewer.evaluate("e => e.viewer.state.budget"))


def click(viewer: Locator, pane: int, row: int, column: int) -> None:
    """Click the middle of a pixel of the 64x48 views."""
    canvas = viewer.locator("canvas").nth(pane)
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": (column + 0.5) * box["width"] / 64, "y": (row + 0.5) * box["height"] / 48})


def expected(certificate: engine.Certificate, size: float) -> np.ndarray:
    """What the engine certifies, of that only what has the radius; a selection has none, whatever the size."""
    settings = certificate.settings
    if not settings.procedure.certifies:
        return certificate.labels
    radii = certificate.radius_map() if settings.testing.tau_free else certificate.certified * certificate.radius
    return np.where(radii >= size, certificate.labels, engine.inputs.ABSTAIN)
