"""Which attack and which loss were the strongest at a budget: what an attempt takes that leaves them open."""

import math

MEASURED = ((math.inf, "sapgd", "js"),)
"""Up to which l2 budget, on an image of `ENTRIES` values, which attack with which loss flipped most of an undefended
model. Source: tried on three images of CamVid val; `python -m engine audit-losses` makes the table over more."""

ENTRIES = 320 * 240 * 3


def strongest(budget: float, entries: int) -> tuple[str, str]:
    """Attack and loss that flipped most at this l2 budget, for an image of so many values.

    The table is of one working size; at others the same change of each value counts.

    >>> strongest(1.16, 320 * 240 * 3)
    ('sapgd', 'js')
    >>> strongest(0.5, 640 * 480 * 3) == strongest(0.25, 320 * 240 * 3)  # a quarter of the pixels
    True
    """
    as_measured = budget * math.sqrt(ENTRIES / entries)
    return next((attack, loss) for limit, attack, loss in MEASURED if as_measured <= limit)
