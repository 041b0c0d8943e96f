"""A surface cut along the lines where one part becomes another, so that no triangle belongs to two."""

import numpy as np
from numpy.typing import NDArray

from engine.synthetic.shapes._curves import Array
from engine.synthetic.shapes._solids import Solid

_NEAR = 0.12  # no cut comes nearer to a corner than this share of the edge: it would leave slivers


def cut(solid: Solid, distances: Array) -> tuple[Solid, NDArray[np.uint8]]:
    """The solid with the triangles between parts cut up, and the part of each face.

    distances: (parts, V), how far each vertex lies from each part; a point belongs to the nearest.
    """
    vertices, faces = solid.vertices, solid.faces
    owner = distances.argmin(axis=0)
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    edges = np.unique(edges[owner[edges[:, 0]] != owner[edges[:, 1]]], axis=0)
    first, second = edges.T
    at_first = distances[owner[first], first] - distances[owner[second], first]
    at_second = distances[owner[first], second] - distances[owner[second], second]
    share = np.clip(at_first / np.minimum(at_first - at_second, -1e-12), _NEAR, 1 - _NEAR)[:, None]
    points = vertices[first] + share * (vertices[second] - vertices[first])
    number = {(int(a), int(b)): len(vertices) + row for row, (a, b) in enumerate(edges)}

    whole = (owner[faces] == owner[faces[:, :1]]).all(axis=1)
    cut_faces: list[tuple[int, int, int]] = []
    labels: list[int] = []
    middles: list[Array] = []
    for face in faces[~whole].tolist():
        parts = [int(owner[corner]) for corner in face]
        on = [number.get((min(a, b), max(a, b)), -1) for a, b in zip(face, face[1:] + face[:1], strict=True)]
        if -1 in on:  # two corners lie in one part: the third is cut off
            lone = (on.index(-1) + 2) % 3
            a, b, c = (face[(lone + step) % 3] for step in range(3))
            ab, ca = on[lone], on[(lone + 2) % 3]
            cut_faces += [(a, ab, ca), (ab, b, c), (ab, c, ca)]
            labels += [parts[lone], parts[(lone + 1) % 3], parts[(lone + 1) % 3]]
            continue
        middle = len(vertices) + len(edges) + len(middles)
        middles.append(vertices[face].mean(axis=0))
        for step in range(3):
            cut_faces += [(face[step], on[step], middle), (on[step - 1], face[step], middle)]
            labels += [parts[step], parts[step]]
    all_faces = np.concatenate([faces[whole], np.array(cut_faces, dtype=np.int64).reshape(-1, 3)])
    all_vertices = np.concatenate([vertices, points, np.array(middles).reshape(-1, 3)])
    owners = np.concatenate([owner[faces[whole, 0]], np.array(labels, dtype=np.int64)]).astype(np.uint8)
    return Solid(vertices=all_vertices, faces=all_faces), owners
