"""Checks a certificate against everything it claims, on any machine that has the project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.certificates import Certificate, decide
from engine.certify import segcertify
from engine.config import Settings
from engine.device import choose_compute
from engine.errors import EngineError
from engine.models.zoo import checked_bytes, load_model, model_info
from engine.stats.binomial import lower_tail_table
from engine.types import Cancel, Image, Progress, never, unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One claim and whether it held; `detail` is a sentence."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All checks that were made."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)


def verify(
    certificate: Certificate,
    *,
    image: Image | None = None,
    resample: bool = False,
    seed: int | None = None,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Verification:
    """Recompute every decision from the counts and check the hashes of weights and, if given, of the working image.

    With `resample` the image is certified anew: with the recorded seed (default) all counts must agree; with another
    `seed` it is an independent replication, which fails if fresh draws contradict a certified component at the
    certificate's own alpha. Raises EngineError kinds only for what stops the checking itself.
    """
    checks = list(_internal(certificate))
    checks.append(_weights(certificate))
    if image is not None:
        same = image.sha256 == certificate.provenance.input_sha256
        detail = "the working image is the one certified" if same else "this is not the image that was certified"
        checks.append(Check(name="input", passed=same, detail=detail))
    if resample:
        if image is None:
            checks.append(Check(name="resample", passed=False, detail="resampling needs the image; give it as well"))
        elif all(check.passed for check in checks):
            checks.append(_resample(certificate, image, seed, progress, cancelled))
        else:
            detail = "not sampled, since an earlier check failed"
            checks.append(Check(name="resample", passed=False, detail=detail))
    return Verification(checks=tuple(checks))


def _internal(certificate: Certificate) -> Iterator[Check]:
    settings = certificate.settings
    sums = certificate.votes.sum(axis=0, dtype=np.int64)
    winners = np.argmax(certificate.votes, axis=0)
    selected = np.array_equal(winners, certificate.top) and bool((sums == settings.n0).all())
    yield Check(
        name="selection",
        passed=selected,
        detail=f"every class under test has the most of the {settings.n0} votes"
        if selected
        else f"the classes under test do not follow from {settings.n0} votes a pixel",
    )
    decision = decide(settings, certificate.top, certificate.hits)
    wrong = int(np.count_nonzero(decision.labels != certificate.labels))
    same = wrong == 0 and decision.cutoff == certificate.cutoff
    yield Check(
        name="decisions",
        passed=same,
        detail=f"all {certificate.labels.size:,} decisions follow from the counts"
        if same
        else f"{wrong:,} decisions do not follow from the counts",
    )
    exact = abs(decision.radius - certificate.radius) <= 1e-12 * max(1.0, decision.radius)
    detail = f"the radius is {decision.radius:.6g}" + ("" if exact else f", not {certificate.radius:.6g} as recorded")
    yield Check(name="radius", passed=exact, detail=detail)


def _weights(certificate: Certificate) -> Check:
    name, recorded = certificate.provenance.model, certificate.provenance.weights_sha256
    try:
        info = model_info(name)
        checked_bytes(name)
    except EngineError as error:
        return Check(name="weights", passed=False, detail=str(error))
    if info.weights_sha256 != recorded:
        detail = f"the certificate was made with other weights of {name} (sha256 {recorded[:12]}...)"
        return Check(name="weights", passed=False, detail=detail)
    if info.labels.classes != certificate.provenance.classes:
        return Check(name="weights", passed=False, detail=f"the recorded classes are not those of {name}")
    return Check(name="weights", passed=True, detail=f"the weights of {name} are the ones recorded")


def _resample(certificate: Certificate, image: Image, seed: int | None, progress: Progress, cancelled: Cancel) -> Check:
    recorded = certificate.provenance
    compute = choose_compute(recorded.device, recorded.precision)
    settings = certificate.settings if seed is None else replace(certificate.settings, seed=seed)
    again = segcertify(load_model(recorded.model, compute), image, settings, progress=progress, cancelled=cancelled)
    if settings.seed != certificate.settings.seed:
        return _replication(certificate, again)
    different = int(np.count_nonzero((again.hits != certificate.hits) | (again.top != certificate.top)))
    detail = (
        f"all {again.hits.size:,} counts agree"
        if different == 0
        else f"{different:,} of {again.hits.size:,} counts differ; made with torch {recorded.versions.get('torch')}, "
        f"checked with torch {again.provenance.versions['torch']}"
    )
    return Check(name="resample", passed=different == 0, detail=detail)


def _replication(certificate: Certificate, again: Certificate) -> Check:
    """Do fresh draws contradict a certified component?

    Where the fresh run tested the same class, its hits k must not be improbably few: P(Bin(n, tau) <= k) >= alpha / N.
    Where its selection chose another class, that class must not be certified: both cannot exceed tau >= 1/2.
    """
    contradicted = contradictions(certificate, again.top, again.hits, again.settings) | (
        certificate.certified & again.certified & (again.labels != certificate.labels)
    )
    count = int(np.count_nonzero(contradicted))
    held = int(np.count_nonzero(certificate.certified & (again.labels == certificate.labels)))
    total = certificate.certified_count
    detail = f"{held:,} of {total:,} certified pixels were certified again from fresh draws, {count:,} contradicted"
    return Check(name="replication", passed=count == 0, detail=detail)


def contradictions(
    certificate: Certificate, top: NDArray[np.uint8], hits: NDArray[np.int32], fresh: Settings
) -> NDArray[np.bool_]:
    """Certified components whose fresh hits reject p >= tau at alpha / N (Bonferroni), bool (H, W)."""
    tail = lower_tail_table(fresh.n, certificate.settings.tau)[hits]
    few = tail * certificate.certified_count < certificate.settings.alpha
    return certificate.certified & (top == certificate.labels) & few
