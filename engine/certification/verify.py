"""Checks a certificate against everything it claims, on any machine that has the project."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from engine.certification.certificates import Certificate
from engine.certification.decisions import decide
from engine.certification.pipeline import certify
from engine.certification.replication import EACH, contradicted, fresh_draws, overcounted, totals_p_value
from engine.certification.sampling import Sampler
from engine.core.device import choose_compute
from engine.core.errors import EngineError, InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.verification import Check, Verification
from engine.inputs.subject import Subject
from engine.models.catalogue import load_model, runs_code
from engine.models.recorded import weights_check

_NOUNS = {"image": "image", "cloud": "shape"}


def verify(
    certificate: Certificate,
    *,
    subject: Subject | None = None,
    resample: bool = False,
    seed: int | None = None,
    trust_models: bool = False,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Verification:
    """Recompute every decision from the counts and check the hashes of weights and, if given, of the image or cloud.

    The counts themselves are checked only with `resample`: with the recorded seed (default) all of them must agree;
    with another `seed` independent draws are made, and it fails if these contradict a certified class or the counts.
    The selection of an FDR procedure is checked alike, but is no certificate: it never passes.
    A configured model whose file runs code is not loaded to draw again, unless `trust_models`: the certificate and the
    configuration may come from whoever wrote that file.
    Raises InvalidSetting for `resample` without the subject, and EngineError kinds for what stops the checking itself.

    >>> import engine
    >>> samples = engine.core.assets.ASSETS / "samples"
    >>> certificate = Certificate.load(samples / "example.npz")
    >>> image = engine.read_image(samples / "images" / "street-92.jpg")
    >>> verify(certificate, subject=image).passed
    True
    >>> forged = replace(certificate, cutoff=certificate.cutoff - 1)
    >>> [check.name for check in verify(forged).checks if not check.passed]
    ['decisions']
    """
    if resample and subject is None:
        raise InvalidSetting(f"drawing again needs the {_NOUNS[certificate.kind]}; give it as well")
    recorded = certificate.provenance
    checks = [*_internal(certificate), weights_check(recorded.model, recorded.weights_sha256, recorded.classes)]
    if resample and not trust_models and checks[-1].passed and runs_code(recorded.model):
        raise InvalidSetting(
            f"drawing again would run the code in the file of {recorded.model}; say that you trust it "
            "(--trust-models), or leave out drawing again"
        )
    if subject is not None:
        checks.append(_input(certificate, subject))
    trusted = [
        "versions, times and date are only recorded",
        "that settings and seed were fixed before the draws, as far as the mode asks for it, and that no more "
        "certificates were made than are shown",
    ]
    if subject is None:
        trusted.insert(0, f"the {_NOUNS[certificate.kind]} was not given")
    if not resample:
        trusted.insert(0, "the counts were not drawn again")
    elif subject is not None and all(check.passed for check in checks):
        if seed is None or seed == certificate.settings.seed:
            checks.append(_repeat(certificate, subject, progress, cancelled))
        else:
            checks += _replicate(certificate, subject, seed, progress, cancelled)
    else:
        checks.append(Check(name="resample", passed=False, detail="not drawn again, since an earlier check failed"))
    certifies = certificate.settings.procedure.certifies
    return Verification(checks=tuple(checks), on_trust=tuple(trusted), certificate=certifies)


def _input(certificate: Certificate, subject: Subject) -> Check:
    recorded, noun = certificate.provenance, _NOUNS[certificate.kind]
    if subject.sha256 != recorded.input_sha256:
        return Check(name="input", passed=False, detail=f"this is not the {noun} that it was made of")
    same = subject.source_sha256 == recorded.source_sha256 and subject.source_size == recorded.source_size
    detail = (
        f"the {noun} is the one it was made of"
        if same
        else f"the working {noun} is right, but the recorded source is not"
    )
    return Check(name="input", passed=same, detail=detail)


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
        else f"the classes under test do not follow from {settings.n0} votes a component",
    )
    added = int(certificate.totals.sum()) == int(certificate.hits.sum(dtype=np.int64))
    how = "add up to the hits" if added else "do not add up to the hits"
    yield Check(name="totals", passed=added, detail=f"the counts of single draws {how}")
    decision = decide(settings, certificate.top, certificate.hits, certificate.draws)
    wrong = int(np.count_nonzero(decision.labels != certificate.labels))
    same = wrong == 0 and decision.cutoff == certificate.cutoff
    yield Check(
        name="decisions",
        passed=same,
        detail=f"all {certificate.labels.size:,} decisions follow from the counts"
        if same
        else f"{wrong:,} decisions do not follow from the counts",
    )
    exact = abs(decision.radius - certificate.radius) <= 1e-10 * max(1.0, decision.radius)
    detail = f"the radius is {decision.radius:.6g}" + ("" if exact else f", not {certificate.radius:.6g} as recorded")
    yield Check(name="radius", passed=exact, detail=detail)


def _repeat(certificate: Certificate, subject: Subject, progress: Progress, cancelled: Cancel) -> Check:
    """The same draws again, on the recorded device and precision: every count must agree."""
    recorded = certificate.provenance
    try:
        compute = choose_compute(recorded.device, recorded.precision)
    except EngineError as error:
        detail = f"the same draws cannot be repeated here ({error}); replicate with another seed instead"
        return Check(name="resample", passed=False, detail=detail)
    model = load_model(recorded.model, compute)
    same_draws = replace(certificate.settings, n=certificate.draws)
    again = certify(model, subject, same_draws, progress=progress, cancelled=cancelled)
    moved = (again.hits != certificate.hits) | (again.votes != certificate.votes).any(axis=0)
    different = int(np.count_nonzero(moved))
    if different == 0 and np.array_equal(again.totals, certificate.totals):
        return Check(name="resample", passed=True, detail=f"the counts of all {again.hits.size:,} components agree")
    what = f"counts of {different:,} of {again.hits.size:,} components" if different else "counts of single draws"
    detail = (
        f"{what} differ; they were made with torch "
        f"{recorded.versions.get('torch', 'unknown')} and checked with {again.provenance.versions['torch']}"
    )
    return Check(name="resample", passed=False, detail=detail)


def _replicate(
    certificate: Certificate, subject: Subject, seed: int, progress: Progress, cancelled: Cancel
) -> Iterator[Check]:
    """Independent draws in the recorded precision: do they contradict the promise, or the recorded counts?

    An honest certificate fails with probability at most `replication.LEVEL` + alpha.
    """
    if not certificate.settings.procedure.certifies:
        raise InvalidSetting("an FDR selection promises nothing about single components: there is nothing to replicate")
    recorded = certificate.provenance
    model = load_model(recorded.model, choose_compute("auto", recorded.precision))
    sampler = Sampler.of(model, subject, replace(certificate.settings, seed=seed))
    draws = fresh_draws(certificate)
    hits, totals = sampler.count(certificate.top, draws, progress=progress, cancelled=cancelled)
    count, total = int(np.count_nonzero(contradicted(certificate, hits, draws))), certificate.certified_count
    detail = f"{count:,} of {total:,} certified components are contradicted by {draws:,} fresh draws"
    if certificate.tolerated:
        detail += f", where the error budget tolerates {certificate.tolerated:,}"
    yield Check(name="replication", passed=count <= certificate.tolerated, detail=detail)
    count = int(np.count_nonzero(overcounted(certificate, hits, draws)))
    detail = f"{count:,} of {hits.size:,} components were recorded with more hits than fresh draws agree with"
    yield Check(name="replication of hits", passed=count == 0, detail=detail)
    if not certificate.settings.testing.anytime:
        chance = totals_p_value(certificate, totals)
        mean, again = float(certificate.totals.mean()), float(totals.mean())
        detail = f"a draw gave the class under test at {mean:,.1f} components on average, a fresh one at {again:,.1f}"
        passed = chance >= EACH
        yield Check(name="replication of draws", passed=passed, detail=detail + ("" if passed else ": too many"))
