"""What one would do without SegCertify: Cohen's procedures, and their two direct extensions to many components.

Pure functions on counts. A bound above 1/2 gives the l2 radius sigma * ppf(bound) under Gaussian noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from engine.core.errors import InvalidSetting
from engine.inputs.labels import ABSTAIN
from engine.stats.binomial import lower_bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallCertificate:
    """A promise about the whole output at once.

    p_lower: lower confidence bound of the probability that decides; the certificate exists if it exceeds 1/2.
    """

    p_lower: float

    @property
    def certified(self) -> bool:
        return self.p_lower > 0.5

    def radius(self, sigma: float) -> float:
        """The l2 radius, sigma * ppf(p_lower); 0 for an abstention. Source: Cohen et al. 2019, Theorem 1."""
        return sigma * float(stats.norm.ppf(self.p_lower)) if self.certified else 0.0


def cohen_predict(counts: NDArray[np.int64], alpha: float) -> int:
    """The smoothed class of one component, or ABSTAIN; another class than the true one with probability <= alpha.

    counts: int64 (classes,), votes of one set of draws. The two leading classes are compared by an exact two-sided
    binomial test at 1/2; at ties the smallest class ids lead. Raises InvalidSetting. Source: Cohen et al. 2019,
    PREDICT; Hung and Fithian 2019.
    """
    _check_alpha(alpha)
    if counts.ndim != 1 or counts.size < 2 or counts.min() < 0:
        raise InvalidSetting("counts must hold the votes of at least two classes, none negative")
    leading = np.argsort(-counts, kind="stable")[:2]
    first, second = (int(count) for count in counts[leading])
    both_tails = min(1.0, 2.0 * float(stats.binom.cdf(second, first + second, 0.5)))
    return int(leading[0]) if both_tails <= alpha else ABSTAIN


def cohen_certify(hits: int, draws: int, alpha: float) -> OverallCertificate:
    """CERTIFY of one component: `hits` of `draws` fresh draws gave the class that earlier ones had chosen.

    Raises InvalidSetting. Source: Cohen et al. 2019, CERTIFY; Fischer et al. 2021, Algorithm 1.
    """
    return indiv_class(np.array([hits], dtype=np.int64), draws, alpha)


def indiv_class(hits: NDArray[np.int64], draws: int, alpha: float) -> OverallCertificate:
    """CERTIFY for each of N components at alpha / N: the smallest bound decides, one abstention abstains for all.

    hits: int64, any shape, N values in [0, draws]. Raises InvalidSetting. Source: Fischer et al. 2021, section 4.
    """
    return OverallCertificate(p_lower=float(_bounds(hits, draws, alpha).min()))


def indiv_class_thresholded(hits: NDArray[np.int64], draws: int, alpha: float, tau: float) -> NDArray[np.bool_]:
    """The same bounds, compared with tau component by component: bool like `hits`, whether each is certified.

    What is left of IndivClass once single components may abstain; it decides as SegCertify with Bonferroni does, and
    its radius is sigma * ppf(tau). Raises InvalidSetting. Source: Fischer et al. 2021, sections 5 and 6.1.
    """
    if not 0.5 <= tau < 1.0:
        raise InvalidSetting(f"tau must lie in [0.5, 1), got {tau}")
    return np.asarray(_bounds(hits, draws, alpha) > tau)


def joint_class(
    selection: NDArray[np.integer], estimation: NDArray[np.integer], alpha: float
) -> tuple[OverallCertificate, NDArray[np.integer]]:
    """CERTIFY with the whole output as one class: a draw counts only if every component agrees.

    selection: integers (n0, N), outputs of the draws that choose; estimation: (n, N), fresh ones. Returns the
    certificate and the chosen output (N,); at ties the smallest in dictionary order. Raises InvalidSetting.
    Source: Fischer et al. 2021, section 4.
    """
    if selection.ndim != 2 or estimation.ndim != 2 or selection.shape[1] != estimation.shape[1]:
        raise InvalidSetting("selection and estimation must be (draws, components) with the same components")
    outputs, votes = np.unique(selection, axis=0, return_counts=True)
    chosen = outputs[np.argmax(votes)]
    hits = int((estimation == chosen).all(axis=1).sum())
    return cohen_certify(hits, len(estimation), alpha), chosen


def _bounds(hits: NDArray[np.int64], draws: int, alpha: float) -> NDArray[np.float64]:
    _check_alpha(alpha)
    if hits.size == 0 or hits.min() < 0 or hits.max() > draws:
        raise InvalidSetting(f"hits must lie in [0, {draws}], at least one component")
    return lower_bounds(hits, draws, alpha / hits.size)


def _check_alpha(alpha: float) -> None:
    if not 0.0 < alpha < 1.0:
        raise InvalidSetting(f"alpha must lie in (0, 1), got {alpha}")
