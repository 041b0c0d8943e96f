"""Small browser components: each a Python file, and beside it the HTML, CSS and JavaScript of the same name."""

import base64
from pathlib import Path
from typing import Any

import streamlit as st


def component(name: str) -> Any:
    """The component whose three files have that name."""
    html, css, js = (
        (Path(__file__).parent / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    return st.components.v2.component(f"certiscope_{name}", html=html, css=css, js=js)


def data_url(png: bytes) -> str:
    """A PNG file as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
