"""The bundled images: street scenes with their truth, and the one whose certificate comes along."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image as Pillow

import engine

SAMPLES = Path(__file__).resolve().parents[2] / "assets" / "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A bundled sample with its certificate, made by `python -m engine certify` with the bundled model."""

    image: engine.inputs.Image
    certificate: engine.Certificate


@st.cache_resource
def example() -> Example:
    """The example of the home page."""
    certificate = engine.Certificate.load(SAMPLES / "example.npz")
    data = (SAMPLES / sample_table()[0]["image"]).read_bytes()
    return Example(image=engine.inputs.decode_image(data, size=certificate.settings.size), certificate=certificate)


@st.cache_data(max_entries=1)
def sample_table() -> list[dict[str, str]]:
    """The samples' names, titles and files."""
    rows: list[dict[str, str]] = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
    return rows


@st.cache_data(max_entries=16)
def sample_file(image: str, labels: str) -> tuple[bytes, NDArray[np.uint8]]:
    """A sample's file as bytes, and its truth, uint8 (H, W)."""
    with Pillow.open(SAMPLES / labels) as file:
        return (SAMPLES / image).read_bytes(), np.asarray(file)
