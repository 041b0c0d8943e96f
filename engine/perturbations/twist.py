"""Twists of a shape about its z axis, certified by a random twist."""

from engine.changes import changes
from engine.perturbations._together import changed_by, gaussian_span, normals
from engine.perturbations._twists import twists_misplaced
from engine.perturbations.base import REACH, Amounts, Family

CHANGE = changes["twist"]

FAMILY = Family(
    name="twist",
    title="Twist about the z axis",
    unit="rate of the twist about the z axis, in radians a unit of length; the farthest point of a shape is at 1",
    assumes="one twist of the whole shape about the z axis: a point at height z turns by a z, where a is Gaussian of "
    "standard deviation sigma; normals move along, and nothing is centred again",
    source="Cohen et al. 2019, Theorem 1, on rates of twists about one axis, which add",
    inputs=("cloud",),
    perturb=changed_by(CHANGE, lambda sigma, source, device: sigma * normals(1, source, device)),
    region=gaussian_span(CHANGE.parameters[0]),
    measure=Amounts(change=CHANGE),
    misplaced=lambda sigma, components: twists_misplaced(sigma, 0.0, components),
    shared=True,
    farthest=REACH,
)
