"""Pages that show one of several things, in a real browser: what is left is gone before the next is there."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import engine
from app.lessons import LESSONS
from app.words.audits import AUDITS
from tests.browser.driving import at_rest

# Counts headings, buttons, labels and bold words by their text before every frame, and keeps the highest counts.
_WATCH = """() => {
  window.peaks = {};
  window.counts = () => {
    const found = {};
    for (const e of document.querySelectorAll("[data-testid=stMain] :is(h1, h2, h3, button, label, strong)")) {
      const words = e.textContent.trim(), text = `${e.tagName}: ${words}`;
      if (words) found[text] = (found[text] ?? 0) + 1;
    }
    return found;
  };
  const look = () => {
    for (const [text, count] of Object.entries(window.counts()))
      window.peaks[text] = Math.max(window.peaks[text] ?? 0, count);
    requestAnimationFrame(look);
  };
  look();
}"""

# The address of a page, and what is chosen there with the words by which it is known; the first is there at first.
_PAGES = {
    "results": [(table.label, table.title) for table in engine.papers.paper_tables.values()]
    + [(AUDITS[name].label, AUDITS[name].title) for name in engine.papers.audit_records()],
    "experiments": [(entry.label, entry.title) for entry in engine.papers.experiments.values()],
    "learn": [
        (f"{number} · {lesson.title}", f"{number} · {lesson.title}") for number, lesson in enumerate(LESSONS, start=1)
    ],
    "attack": [("Images", "Undefended model"), ("Shapes", "What may be done")],
}


@pytest.mark.parametrize("path", _PAGES)
def test_nothing_stands_there_twice(page: Page, base_url: str, path: str) -> None:
    choices = _PAGES[path]
    page.goto(f"{base_url}/{path}")
    _wait_for(page, choices[0][1])
    page.evaluate(_WATCH)
    doubled: dict[str, list[str]] = {}
    for label, words in [*choices[1:], choices[0]]:
        before = page.evaluate("window.counts()")
        page.evaluate("window.peaks = {}")
        page.get_by_role("radio", name=label, exact=True).click()
        _wait_for(page, words)
        after, peaks = page.evaluate("[window.counts(), window.peaks]")
        assert sum(peaks.values()) > 10
        if found := [text for text, most in peaks.items() if most > max(1, before.get(text, 0), after.get(text, 0))]:
            doubled[label] = found
    assert doubled == {}


def _wait_for(page: Page, words: str) -> None:
    """Until a heading or a control of this name is there, which the choices themselves are not, and all else too."""
    known = page.locator("h2, h3, [data-testid=stWidgetLabel]").filter(has_text=words)
    expect(known).to_have_count(1)
    at_rest(page)
