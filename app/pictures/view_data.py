"""What a viewer shows: layers, the panes they are seen in, and the certificates that some of them are computed from."""

import base64
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

import engine
from app.pictures import overlay
from app.pictures.packed import SMALLEST_P, Packed, packed

What = Literal["certified", "radius", "share", "p_value"]
"""What of a certificate a layer shows; all of it is computed in the browser."""

Shape = tuple[int, int]
"""Rows and columns."""

MOST_PANES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One picture that may be chosen in a pane; made by the functions of this module.

    name: unique, shown in menus. shape: None for what is computed from a certificate. content: for the browser.
    """

    name: str
    shape: Shape | None
    content: Packed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """A pane: its title, the layer it begins with, and a line below it."""

    title: str
    layer: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """All that a viewer needs. Raises ValueError where names or sizes do not fit together.

    panes: 1 to 4, synchronised. space: of classes; layers may bring another. truth: the layer that holds the ground
    truth, which is read out everywhere. below: the picture that other layers are laid over; by default the first.
    certificates: as `packed_certificate` makes them, by the names that layers use; what is said in a sentence is said
    of the first. budget: the size of change that a slider begins at, in the unit of the radius; None for no slider.
    caption: stands under an exported picture. open: what a pixel without a class is called; by default it abstains.
    """

    panes: tuple[Pane, ...]
    layers: tuple[Layer, ...]
    space: engine.inputs.LabelSpace
    certificates: Mapping[str, Packed] = field(default_factory=dict)
    truth: str | None = None
    below: str | None = None
    caption: str = ""
    budget: float | None = None
    open: str = "abstains"

    def __post_init__(self) -> None:
        names = [layer.name for layer in self.layers]
        if not 1 <= len(self.panes) <= MOST_PANES:
            raise ValueError(f"a viewer has 1 to {MOST_PANES} panes, got {len(self.panes)}")
        if len(set(names)) < len(names):
            raise ValueError(f"layers need names of their own, got {names}")
        wanted = {*(pane.layer for pane in self.panes), *(one for one in (self.truth, self.below) if one is not None)}
        if unknown := wanted - set(names):
            raise ValueError(f"there is no layer {sorted(unknown)}; there are {names}")
        used = {layer.content["certificate"] for layer in self.layers if "certificate" in layer.content}
        if unknown := used - set(self.certificates):
            raise ValueError(f"there is no certificate {sorted(unknown)}; there are {sorted(self.certificates)}")
        if len(sizes := set(self._shapes())) != 1:
            raise ValueError(f"all layers and certificates of a viewer have one size, got {sorted(sizes)}")

    def _shapes(self) -> Iterator[Shape]:
        yield from (layer.shape for layer in self.layers if layer.shape is not None)
        yield from ((shape[0], shape[1]) for shape in (one["top"]["shape"] for one in self.certificates.values()))

    @property
    def shape(self) -> Shape:
        """Rows and columns of every layer."""
        return next(self._shapes())

    def as_data(self) -> dict[str, Any]:
        """The view as JSON takes it, with a hash that changes when anything in it does."""
        below = next((layer.name for layer in self.layers if layer.content["kind"] == "picture"), None)
        data = {
            "height": self.shape[0],
            "width": self.shape[1],
            "panes": [{"title": pane.title, "layer": pane.layer, "caption": pane.caption} for pane in self.panes],
            "layers": [{"name": layer.name, **layer.content} for layer in self.layers],
            "space": {**_space(self.space), "open": self.open},
            "certificates": dict(self.certificates),
            "truth": self.truth,
            "below": self.below or below,
            "caption": self.caption,
            "budget": self.budget,
            "scale": overlay.scale_colours().tolist(),
            "p_floor": overlay.P_VALUE_FLOOR,
            "smallest_p": SMALLEST_P,
        }
        return {**data, "hash": hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()}


def picture_layer(name: str, picture: NDArray[np.uint8] | bytes) -> Layer:
    """A picture, uint8 (H, W, 3) or a PNG file of ours.

    >>> picture_layer("Input", engine.export.png(np.zeros((2, 3, 3), dtype=np.uint8))).shape
    (2, 3)
    """
    png = picture if isinstance(picture, bytes) else engine.export.png(picture)
    with Pillow.open(io.BytesIO(png)) as opened:
        width, height = opened.size
    return Layer(
        name=name, shape=(height, width), content={"kind": "picture", "png": base64.b64encode(png).decode()}
    )  # fmt: skip


def classes_layer(name: str, labels: NDArray[np.integer], space: engine.inputs.LabelSpace | None = None) -> Layer:
    """A map of classes (H, W), with ABSTAIN and VOID; `space` where it is another than the view's.

    Raises ValueError for what is no map.

    >>> classes_layer("Base", np.zeros((2, 3), dtype=np.uint8)).shape
    (2, 3)
    """
    if labels.ndim != 2:
        raise ValueError(f"a map of classes has two dimensions, got {labels.shape}")
    content = {"kind": "classes", "labels": packed(labels.astype(np.int16))}
    return Layer(
        name=name, shape=(labels.shape[0], labels.shape[1]),
        content=content if space is None else {**content, "space": _space(space)},
    )  # fmt: skip


def certificate_layer(name: str, what: What, certificate: str) -> Layer:
    """What the browser computes from the certificate of that name in the view."""
    return Layer(name=name, shape=None, content={"kind": what, "certificate": certificate})


def _space(space: engine.inputs.LabelSpace) -> Packed:
    return {"name": space.name, "classes": list(space.classes), "palette": [list(colour) for colour in space.palette]}
