"""The street model's certificate of a small picture, which attacks are held against."""

from __future__ import annotations

import pytest

from engine.certification import Certificate, Settings, certify
from engine.inputs import Image
from engine.models import BaseModel


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(sigma=0.25, n0=5, n=60, alpha=0.05, tau=0.6, size=64)


@pytest.fixture(scope="module")
def clean(street: BaseModel, street_image: Image, settings: Settings) -> Certificate:
    return certify(street, street_image, settings)
