"""Do fresh draws contradict the counts of a certificate? Tests that an honest certificate seldom fails.

Recorded and fresh draws of an honest certificate are exchangeable, so that which of both halves a hit fell into is
chance. Counts that were made larger afterwards are found component by component where they were moved far, and where
many were moved a little, by the totals of single draws. Source: METHOD, section 11.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.certification.certificates import Certificate
from engine.core.rng import Streams
from engine.stats.anytime import anytime_lower_bounds
from engine.stats.binomial import lower_tail_table, upper_bounds

LEVEL = 0.001
"""An honest certificate fails a replication with probability at most this and alpha."""
EACH = LEVEL / 3.0
"""What each of the three tests may fail with."""
MORE_DRAWS = 10
"""Of a run that was stopped, so many times as many draws are made."""
_PERMUTATIONS = 9_999
_UNLIKELY = 3.0  # standard deviations: nearer, no probability is small enough to matter


def fresh_draws(certificate: Certificate) -> int:
    """How many draws a replication makes."""
    return certificate.draws * (MORE_DRAWS if certificate.settings.testing.anytime else 1)


def contradicted(certificate: Certificate, hits: NDArray[np.int32], draws: int) -> NDArray[np.bool_]:
    """Certified components whose probability is not above tau, as fresh hits, int32 (*N), of `draws` say; bool (*N).

    Where P(Bin(draws, tau) <= hits) is below EACH over the number of certified components; tau is lowered by what the
    drawn noise may be off by.
    """
    tail = lower_tail_table(draws, certificate.settings.tau - certificate.misplaced)[hits]
    return certificate.certified & (tail * certificate.certified_count < EACH)


def overcounted(certificate: Certificate, hits: NDArray[np.int32], draws: int) -> NDArray[np.bool_]:
    """Components with more recorded hits than fresh ones, int32 (*N), of `draws` agree with; bool (*N).

    At fixed n: of all hits in both halves, the recorded half has a hypergeometric share; flagged where as many or more
    have probability below EACH / N. Of a run that may have stopped when it suited, the recorded number of draws depends
    on the counts; flagged where the recorded lower bound, valid at any stop, exceeds the upper bound from the fresh
    draws, each at EACH / 2N.
    """
    level = EACH / hits.size
    pairs, place = np.unique(
        np.stack([certificate.hits.ravel(), hits.ravel()]).astype(np.int64), axis=1, return_inverse=True
    )
    recorded, fresh = pairs
    if certificate.settings.testing.anytime:
        low = anytime_lower_bounds(recorded, certificate.draws, level / 2.0)
        flagged = low > upper_bounds(fresh, draws, level / 2.0)
    else:
        flagged = _larger_half(recorded, fresh, draws) < level
    return np.asarray(flagged[place.ravel()].reshape(hits.shape))


def totals_p_value(certificate: Certificate, totals: NDArray[np.int32]) -> float:
    """The p-value of the recorded totals of draws being no larger than fresh ones, int32 (draws,), but by chance.

    By permutations of all draws, both halves together; at fixed n only. Exact: the permutations are random, the order
    of the draws under test is one of them.
    """
    both = np.concatenate([certificate.totals, totals]).astype(np.float64)
    half, dice = len(certificate.totals), Streams(0, "permutations 0").generator()
    recorded = both[:half].sum()
    as_large = sum(dice.permutation(both)[:half].sum() >= recorded for _ in range(_PERMUTATIONS))
    return (1.0 + float(as_large)) / (1.0 + _PERMUTATIONS)


def _larger_half(recorded: NDArray[np.int64], fresh: NDArray[np.int64], draws: int) -> NDArray[np.float64]:
    """P(one half of 2 draws has at least `recorded` of recorded + fresh hits), or 1 where it cannot be small."""
    hits = recorded + fresh
    share = hits / (2.0 * draws)
    deviation = np.sqrt(draws * share * (1.0 - share) * draws / max(1.0, 2.0 * draws - 1.0))
    found = np.ones(len(hits))
    far = recorded - 0.5 * hits > _UNLIKELY * deviation
    found[far] = stats.hypergeom.sf(recorded[far] - 1, 2 * draws, hits[far], draws)
    return found
