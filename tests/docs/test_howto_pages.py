"""The how-to pages: their files are put into the registries, and what they show is run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.docs.running import ROOT, blocks, run_contract, run_script, script_of, write_files

PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))
SAMPLE = ROOT / "assets" / "samples" / "images" / "street-104.jpg"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture in it, as the pages assume."""
    shutil.copy(SAMPLE, tmp_path / "street.jpg")
    return tmp_path


def test_there_are_pages_with_code() -> None:
    assert [page.stem for page in PAGES] == ["correction", "family", "model", "page"]
    assert all(script_of(page).strip() for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_works(page: Path, folder: Path) -> None:
    assert write_files(page, folder)
    done = run_script(script_of(page), folder)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize(
    ("page", "contract", "name"),
    [
        ("correction", "tests/contracts/test_corrections_contract.py", "hochberg"),
        ("family", "tests/contracts/test_families_contract.py", "rotation-laplace"),
    ],
)
def test_the_contract_takes_the_new_entry(page: str, contract: str, name: str, folder: Path) -> None:
    source = ROOT / "docs" / "howto" / f"{page}.md"
    write_files(source, folder)
    command = f"python -m pytest {contract} -k {name}\n"
    assert command in [block.text for block in blocks(source)]  # what the page says is what is done here
    done = run_contract(contract, name, folder)
    assert done.returncode == 0, done.stdout[-3000:]
    passed = int(done.stdout.split(" passed")[0].split()[-1])
    assert passed >= 5


def test_without_its_file_a_page_fails(folder: Path) -> None:
    # Else the tests above could pass with an entry that was never found.
    done = run_script(script_of(ROOT / "docs" / "howto" / "correction.md"), folder)
    assert done.returncode == 1
    assert "unknown correction 'hochberg'" in done.stderr
