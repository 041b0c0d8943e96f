"""What `mkdocs build` adds to the written pages: the commands, the API, and the pictures that lie in assets/."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = str(Path(__file__).resolve().parent)
for place in (str(ROOT), HERE):  # the engine of this checkout, and the modules beside this file
    if place not in sys.path:
        sys.path.insert(0, place)

from api_pages import api_pages  # noqa: E402
from commands_page import commands_page  # noqa: E402
from mkdocs.config.defaults import MkDocsConfig  # noqa: E402
from mkdocs.structure.files import File, Files  # noqa: E402

PICTURES = ("screenshot.png", "icon.png")
_ELSEWHERE = "https://unpkg.com/"


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that are written by programs."""
    for name, text in {"commands.md": commands_page(), **api_pages()}.items():
        files.append(File.generated(config, name, content=text))
    for name in PICTURES:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / "assets" / name)))
    return files


def on_post_build(*, config: MkDocsConfig, **_: Any) -> None:
    """The theme's script would fetch two helpers from another host, for diagrams and for search in opened files."""
    for script in Path(config.site_dir, "assets", "javascripts").rglob("*.js"):
        text = script.read_text(encoding="utf-8")
        if _ELSEWHERE in text:
            script.write_text(text.replace(_ELSEWHERE, "data:text/javascript,//"), encoding="utf-8")
