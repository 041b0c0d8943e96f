"""The app as people meet it: a real server process and a real Chromium, driven by Playwright.

Where no Chromium is installed these tests are skipped with a reason, unless CERTISCOPE_REQUIRE_BROWSER is set.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from engine.models import zoo
from tests.browser.viewing import SCRIPT
from tests.material.tiny_models import publish_part_model

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The same app with another folder of models: Streamlit runs the pages in this same process.
_WITH_MODELS = (
    "import sys; from pathlib import Path; from engine.models import zoo; zoo.FOLDER = Path(sys.argv.pop(1)); "
    "from streamlit.web.cli import main; main()"
)
PATIENCE_MS = 90_000  # a limit against hanging, not a claim about speed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CERTISCOPE_REQUIRE_BROWSER"):
            pytest.fail("browser tests are required here, but no Chromium is installed")
        pytest.skip("no Chromium is installed; the browser tests need one (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def base_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    with served(["-m", "streamlit"], tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def viewer_url(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    with served(["-c", SCRIPT], tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with a tiny one of shapes in it, whose answers tests may rely on."""
    folder = tmp_path_factory.mktemp("assets") / "models"
    shutil.copytree(zoo.FOLDER, folder)
    publish_part_model(folder)
    return folder


@pytest.fixture(scope="session")
def shapes_url(chromium: str, models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001
    """The one other server: models are found when a process starts."""
    with served(["-c", _WITH_MODELS, str(models)], tmp_path_factory.mktemp("server")) as url:
        yield url


@contextmanager
def served(streamlit: list[str], folder: Path) -> Iterator[str]:
    """The app's address while it is served by `python STREAMLIT run app/main.py`; no error may be logged."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log.txt"
    command = [sys.executable, *streamlit, "run", "app/main.py", "--server.headless=true"]
    command += [f"--server.port={port}", "--server.address=127.0.0.1"]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_healthy(url, server, log)
        yield url
        assert not _faults(log.read_text()), f"the server logged an error:\n{_faults(log.read_text())[0][-3000:]}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _faults(log: str) -> list[str]:
    """The tracebacks in it, without Streamlit's own about closing a connection that the browser closed already."""
    _, *tracebacks = log.split("Traceback (most recent call last):")
    return [one for one in tracebacks if "starlette_websocket.py" not in one]


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            assert server.poll() is None, f"the server stopped:\n{log.read_text()[-3000:]}"
            time.sleep(0.2)
    raise AssertionError("the server did not become healthy")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context.new_page()
    context.close()
