"""The site as `make docs` builds it: without a warning, and without anything that a reader's browser would fetch.

Needs requirements-docs.txt, which `make test` does not install: skipped without it, unless CERTISCOPE_REQUIRE_DOCS=1.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.running import ROOT

BUILDS = all(importlib.util.find_spec(name) for name in ("mkdocs", "material", "mkdocstrings"))
pytestmark = pytest.mark.skipif(
    not BUILDS and os.environ.get("CERTISCOPE_REQUIRE_DOCS") != "1", reason="needs requirements-docs.txt: make docs"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)],
        cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert "WARNING" not in done.stderr
    return target


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 25
    outside = re.compile(r'<(?:link|script|img|iframe|source)\b[^>]*\b(?:href|src)="?(?:https?:)?//[^"\s>]+')
    for page in pages:
        assert not outside.findall(page.read_text(encoding="utf-8")), page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")), style.name
    for script in site.rglob("*.js"):
        assert "unpkg.com" not in script.read_text(encoding="utf-8"), script.name


def test_docstrings_are_shown_letter_by_letter_and_cite_the_method(site: Path) -> None:
    page = (site / "api" / "engine.certification.html").read_text(encoding="utf-8")
    whole = (site / "api" / "engine.html").read_text(encoding="utf-8")
    assert "(*N)" in page + whole
    assert "method.html#section-1" in page + whole
    assert 'id="section-1"' in (site / "method.html").read_text(encoding="utf-8")


def test_commands_and_pictures_are_there(site: Path) -> None:
    commands = (site / "commands.html").read_text(encoding="utf-8")
    assert 'id="certify"' in commands
    assert "--correction" in commands
    assert (site / "screenshot.png").read_bytes() == (ROOT / "assets" / "screenshot.png").read_bytes()
