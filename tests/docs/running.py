"""Runs the code that people read: the blocks of a page, or an example, in a process of its own. No test in here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)

# Folders of a page's own files are put behind the packages of the same name: there a registry finds them, as it would
# find a file in the checkout. By the import system itself, since registries may be filled while the engine is imported.
_BEHIND = """
import pathlib, sys
from importlib.machinery import PathFinder

class _Behind:
    @staticmethod
    def find_spec(name, path=None, target=None):
        spec = PathFinder.find_spec(name, path, target)
        folder = pathlib.Path.cwd().joinpath(*name.split("."))
        if name.partition(".")[0] == "engine" and spec and spec.submodule_search_locations and folder.is_dir():
            spec.submodule_search_locations.append(str(folder))
        return spec

sys.meta_path.insert(0, _Behind)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of a page. title: the file it stands for, or empty."""

    language: str
    title: str
    text: str


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a Markdown page, in order."""
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(language=language, title=title, text=text) for language, title, text in found]


def write_files(page: Path, folder: Path) -> list[str]:
    """Write every block with a title into `folder`; returns the titles."""
    titled = [block for block in blocks(page) if block.title]
    for block in titled:
        target = folder / block.title
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
    return [block.title for block in titled]


def script_of(page: Path) -> str:
    """The Python blocks without a title, one after the other, as a reader would type them."""
    return "\n".join(block.text for block in blocks(page) if block.language == "python" and not block.title)


def run_script(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python in `folder`, whose own engine/ files join the engine's packages."""
    script = folder / "typed.py"  # a file, since TorchScript compiles from source
    script.write_text(f"{_BEHIND}{text}", encoding="utf-8")
    return _run([str(script)], folder)


def run_example(path: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of `examples/` in `folder`."""
    started = f"sys.argv = {[str(path), *arguments]!r}\nrunpy.run_path({str(path)!r}, run_name='__main__')"
    return _run(["-c", f"import runpy, sys\n{started}"], folder)


def run_contract(tests: str, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a contract's tests of one entry, with the files of `folder` in the registries."""
    (folder / "behind.py").write_text(_BEHIND, encoding="utf-8")
    arguments = ["-p", "behind", "--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-n", "0"]
    return _run(["-m", "pytest", *arguments, str(ROOT / tests), "-k", name, "-rN"], folder)


def _run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    here = os.pathsep.join([str(ROOT), str(folder)])
    environment = {**os.environ, "PYTHONPATH": here, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8",
        check=False, timeout=300,
    )  # fmt: skip
