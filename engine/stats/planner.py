"""What a run can reach, known before it is started."""

from __future__ import annotations

import math

from engine.errors import InvalidSetting


def smallest_useful_n(tau: float, alpha: float, components: int) -> int:
    """The fewest draws with which any component at all can be certified among `components`.

    A component on which all n draws agree has p-value tau**n, and the first step of Bonferroni and of Holm needs
    tau**n <= alpha / components. Raises InvalidSetting for tau outside (0, 1), alpha outside (0, 1) or components < 1.
    """
    if not 0.0 < tau < 1.0 or not 0.0 < alpha < 1.0 or components < 1:
        raise InvalidSetting(f"need tau and alpha in (0, 1) and components >= 1, got {tau}, {alpha}, {components}")
    n = max(1, math.ceil((math.log(alpha) - math.log(components)) / math.log(tau)) - 1)
    while tau**n * components > alpha:
        n += 1
    return n
