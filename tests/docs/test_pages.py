"""What the pages refer to exists: links into the app, sections of the method, namespaces, files."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.docs.running import ROOT, blocks, run_script

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
APP = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "app").rglob("*.py"))
LINKS = sorted(set(re.findall(r"\(http://localhost:8501/([^)]*)\)", "\n".join(p.read_text("utf-8") for p in PAGES))))


def test_there_are_links_into_the_app() -> None:
    assert len(LINKS) > 8


@pytest.mark.parametrize("link", LINKS)
def test_a_link_into_the_app_names_what_is_there(link: str) -> None:
    parts = urlsplit(link)
    if parts.path:
        assert f'url_path="{parts.path}"' in APP
    for name, value in parse_qsl(parts.query, strict_parsing=bool(parts.query)):
        assert f'"{name}"' in APP, f"no control is named {name}"
        if not re.fullmatch(r"[0-9.]+", value) and name not in ("sample", "undefended", "certified", "segmenter"):
            assert f'"{value}"' in APP or value in {"free", "fixed", "single", "Chair", "base"}


def test_every_parameter_that_is_listed_is_a_control() -> None:
    table = (DOCS / "teaching.md").read_text(encoding="utf-8").split("## Links")[1].split("##")[0]
    rows = [row.split("|") for row in table.splitlines() if row.startswith("| `/")]
    assert len(rows) == 11
    for _, page, names, _ in rows:
        assert f'url_path="{page.strip(" `/")}"' in APP
        for name in re.findall(r"`(\w+)`", names.split(":")[0]):
            assert f'"{name}"' in APP, f"{page}: {name}"


def test_the_sections_of_the_method_that_code_cites_are_there() -> None:
    method = (DOCS / "method.md").read_text(encoding="utf-8")
    numbers = re.findall(r"^## (\d+)\. .* \{ #section-(\d+) \}$", method, flags=re.MULTILINE)
    assert numbers == [(str(n), str(n)) for n in range(1, 16)]
    cited = set()
    for folder in ("engine", "app", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            cited |= set(re.findall(r"METHOD,? section (\d+)", path.read_text(encoding="utf-8")))
    assert cited
    assert cited <= {number for number, _ in numbers}


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("\nnav:\n")[1]
    listed = set(re.findall(r"[\w./-]+\.md", menu))
    written = {path.relative_to(DOCS).as_posix() for path in PAGES}
    made = {name for name in listed if name.startswith("api/")} | {"commands.md"}
    assert listed - made == written
    source = (DOCS / "_build" / "api_pages.py").read_text(encoding="utf-8")
    assert {f"api/{name}.md" for name in re.findall(r'^    "(engine[\w.]*)",$', source, re.MULTILINE)} == made - {
        "commands.md"
    }


def test_no_page_names_a_machine() -> None:
    for path in [*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        assert not re.search(r"/(work|tmp|home|opt|root)/", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_what_a_beginner_types_works(page: str, tmp_path: Path) -> None:
    text = "\n".join(block.text for block in blocks(ROOT / page) if block.language == "python")
    assert "engine.certify(model, image, engine.Settings(" in text
    data = (ROOT / "assets" / "samples" / "images" / "street-104.jpg").read_bytes()
    (tmp_path / "street.jpg").write_bytes(data)
    done = run_script(text.replace("size=320", "size=96"), tmp_path)  # small, to be quick
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(tmp_path.glob("*.npz"))
