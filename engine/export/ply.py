"""Shapes for other programs as PLY: working clouds with a colour for every point, and labelled meshes."""

import numpy as np
from numpy.typing import NDArray

from engine.inputs.clouds.types import Cloud, Mesh
from engine.inputs.labels import LabelSpace

_WHITE = 255


def labels_ply(cloud: Cloud, labels: NDArray[np.integer], space: LabelSpace) -> bytes:
    """The cloud in the coordinates of its file, coloured by labels (P,); abstention and void are white.

    Binary little-endian PLY: x, y, z as float32, red, green, blue as uint8, predicted as int16: not "label", which
    readers of shapes, this project's too, would take for the truth.

    >>> from engine.inputs import cloud_from_arrays, decode_cloud, label_spaces
    >>> cloud = cloud_from_arrays(10 + np.random.default_rng(0).normal(size=(64, 3)))
    >>> data = labels_ply(cloud, np.zeros(64, dtype=int), label_spaces["camvid"])
    >>> np.allclose(decode_cloud(data, suffix=".ply", points=64).center, cloud.center)  # where it was
    True
    """
    named = (labels >= 0) & (labels < len(space))
    colours = np.full((len(labels), 3), _WHITE, dtype=np.uint8)
    colours[named] = space.colours()[labels[named]]
    rows = np.empty(len(labels), dtype=[("position", "<f4", 3), ("colour", "u1", 3), ("predicted", "<i2")])
    rows["position"] = cloud.points.astype(np.float64) * cloud.scale + np.asarray(cloud.center)
    rows["colour"], rows["predicted"] = colours, labels
    properties = [*(f"float {axis}" for axis in "xyz"), *(f"uchar {name}" for name in ("red", "green", "blue"))]
    lines = [
        "ply", "format binary_little_endian 1.0", f"element vertex {len(labels)}",
        *(f"property {name}" for name in [*properties, "short predicted"]), "end_header", "",
    ]  # fmt: skip
    return "\n".join(lines).encode() + rows.tobytes()


def shape_ply(shape: Mesh) -> bytes:
    """A mesh with labels as a binary PLY file with a label for every face, such as anybody could upload.

    >>> from engine.inputs import decode_cloud
    >>> from engine.synthetic import build_shape
    >>> decode_cloud(shape_ply(build_shape("Cup", seed=1)), suffix=".ply", points=64).labels.shape
    (64,)
    """
    assert shape.face_labels is not None
    header = (
        "ply", "format binary_little_endian 1.0",
        f"element vertex {len(shape.vertices)}", *(f"property float {axis}" for axis in "xyz"),
        f"element face {len(shape.faces)}", "property list uchar int vertex_indices", "property uchar label",
        "end_header", "",
    )  # fmt: skip
    rows = np.empty(len(shape.faces), dtype=[("count", "u1"), ("corners", "<i4", 3), ("label", "u1")])
    rows["count"], rows["corners"], rows["label"] = 3, shape.faces, shape.face_labels
    return "\n".join(header).encode() + shape.vertices.astype("<f4").tobytes() + rows.tobytes()
