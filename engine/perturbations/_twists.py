"""How exactly shapes are twisted."""

from engine.perturbations._together import FARTHEST, NORMAL, NORMAL_TIMES, misplaced_together
from engine.perturbations.base import REACH


def twists_misplaced(twist: float, turn: float, components: int) -> float:
    """Bounds how often a shape twisted and turned by Gaussian amounts lies in other cells of the grid than ideally.

    Deviations `twist` of the rate a and `turn` of the angle t; points within REACH = 2 of the centre, which twisting
    keeps. In half digits:

    - A position moves by at most |z| r <= 2 with a, and by 2 with t. Before it is normalised, a normal moves by at most
      3 with a and 1 with t, and its length is at least 1 / (1 + 2 |a|), the Jacobian's norm being at most 1 + 2 |a|. So
      everything moves by at most 3 (1 + 2 |a|) a unit of a or t.
    - Beside the errors of a and t, rounding adds at most 24 (1 + 2 |a|)^2 to each coordinate, and for the rounding of
      a z + t 3 (1 + 2 |a|) |t|.
    - A shape that was twisted before, by at most FARTHEST deviations, has errors of that size already. The draw passes
      errors of positions to positions as they are, for z has none, and to normals at most 3 (1 + 2 |a|)^2 times.
    """
    grown, far = (1.0 + 2.0 * twist) ** 2, 1.0 + 2.0 * FARTHEST * twist
    moved = 3.0 * (NORMAL + 2.0 * NORMAL_TIMES * twist) * twist + 3.0 * (NORMAL + 1.0) * turn * (1.0 + 2.0 * twist)
    before = 24.0 * far**2 + 3.0 * far * FARTHEST * turn
    return misplaced_together(6.0 * components, moved + 24.0 * grown + 3.0 * grown * before, REACH)
