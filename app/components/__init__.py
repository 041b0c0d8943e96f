"""Small browser components: each a Python file, and beside it the HTML, CSS and JavaScript of the same name.

A large one has a folder of that name instead, whose files of a kind are joined in the order of their names.
"""

import base64
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str) -> Any:
    """The component of that name."""
    html, css, js = (_joined(name, kind) for kind in ("html", "css", "js"))
    return st.components.v2.component(f"certiscope_{name}", html=html, css=css, js=js)


def _joined(name: str, kind: str) -> str:
    folder = _HERE / name
    files = sorted(folder.glob(f"*.{kind}")) if folder.is_dir() else [_HERE / f"{name}.{kind}"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def data_url(png: bytes) -> str:
    """A PNG file as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
