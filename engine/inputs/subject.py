"""What flows through the engine: frozen, validated on construction, cheap to pass around."""

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Kind = Literal["image", "cloud"]
KINDS: dict[Kind, str] = {"image": "images", "cloud": "point clouds"}
"""What can be segmented, and its plural for people."""


class Subject(Protocol):
    """What a certificate is about, an image or a point cloud: *N components, each of which gets one decision.

    values: float32 (*N, C), float64 for turned clouds, what noise is added to. shape: *N, (H, W) or (P,). sha256: of
    what is segmented. source_sha256: of the bytes that were read. source_size: (width, height) of the file's image, or
    how many (points, triangles) the file's shape has.
    """

    @property
    def kind(self) -> Kind: ...
    @property
    def values(self) -> NDArray[np.floating]: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def sha256(self) -> str: ...
    @property
    def source_sha256(self) -> str: ...
    @property
    def source_size(self) -> tuple[int, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """A validated working image: what noise is added to and what a certificate is about.

    pixels: float32 (H, W, 3) in [0, 1], read-only. sha256: of these pixels with their shape. source_sha256: of the
    bytes that were read. source_size: (width, height) before reduction, after EXIF rotation.
    """

    pixels: NDArray[np.float32]
    sha256: str
    source_sha256: str
    source_size: tuple[int, int]

    @property
    def kind(self) -> Kind:
        return "image"

    @property
    def values(self) -> NDArray[np.float32]:
        return self.pixels

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def components(self) -> int:
        """Number of pixels: each gets one decision."""
        return self.height * self.width

    def as_uint8(self) -> NDArray[np.uint8]:
        """The pixels for display, uint8 (H, W, 3)."""
        return np.rint(self.pixels * 255.0).astype(np.uint8)
