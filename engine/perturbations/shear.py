"""Shears of a shape along its x axis, certified by a random shear."""

from engine.changes import changes
from engine.perturbations._together import (
    FARTHEST,
    NORMAL,
    NORMAL_TIMES,
    changed_by,
    gaussian_span,
    misplaced_together,
    normals,
)
from engine.perturbations.base import Amounts, Family

CHANGE = changes["shear"]
WIDEST = 4.0
"""How far from the centre a point of a sheared shape may lie."""


def misplaced(sigma: float, components: int) -> float:
    """Bounds how often a shape lies in other cells of the grid than under an ideal shear.

    Points lie within WIDEST = 4 of the centre. In half digits: a position moves by at most 4 a unit of a; a normal,
    whose length before it is normalised is at least 1 / (1 + |a|), by at most 1 + |a|. Rounding adds at most
    8 (1 + |a|)^2 to each coordinate. A shape that was sheared before, by at most FARTHEST deviations, has such errors
    already; the draw passes those of positions on as they are, for z has none, and those of normals at most
    2 (1 + |a|)^2 times.
    """
    grown, far = (1.0 + sigma) ** 2, (1.0 + FARTHEST * sigma) ** 2
    error = WIDEST * (NORMAL + NORMAL_TIMES * sigma) * sigma + 8.0 * grown * (1.0 + 2.0 * far)
    return misplaced_together(6.0 * components, error, WIDEST * (1.0 + sigma))


FAMILY = Family(
    name="shear",
    title="Shear along the x axis",
    unit="shear: by how much x grows a unit of height z",
    assumes="one shear of the whole shape: x + a z in place of x, where a is Gaussian of standard deviation sigma; "
    "normals move along, and nothing is centred again",
    source="Cohen et al. 2019, Theorem 1, on shears along one axis, which add",
    inputs=("cloud",),
    perturb=changed_by(CHANGE, lambda sigma, source, device: sigma * normals(1, source, device)),
    region=gaussian_span(CHANGE.parameters[0]),
    measure=Amounts(change=CHANGE),
    misplaced=misplaced,
    shared=True,
    farthest=WIDEST,
)
