"""The words for what is certified: pixels of images, or points of shapes. Everything else asks here."""

from collections.abc import Mapping
from dataclasses import dataclass

import engine

Kind = str
"""That of an input or a certificate, "image" or "cloud"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One: a component, many: several of them. input, inputs: what they are part of. label: what each is given.

    white: how an abstention is drawn. option: of `python -m engine verify`, which names the input's file.
    """

    one: str
    many: str
    input: str
    inputs: str
    label: str
    labels: str
    white: str
    option: str


PIXELS = Vocabulary(
    one="pixel", many="pixels", input="image", inputs="images", label="class", labels="classes",
    white="White with a hatch", option="--image IMAGE",
)  # fmt: skip
POINTS = Vocabulary(
    one="point", many="points", input="shape", inputs="shapes", label="part", labels="parts", white="Hollow",
    option="--shape FILE",
)  # fmt: skip

VOCABULARIES: Mapping[Kind, Vocabulary] = {"image": PIXELS, "cloud": POINTS}


def words_for(certificate: engine.Certificate) -> Vocabulary:
    """The words for what a certificate is about."""
    return VOCABULARIES[certificate.kind]
