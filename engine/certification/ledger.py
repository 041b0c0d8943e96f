"""Several certificates in one report: what they promise together, and what that costs in alpha."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine.certification.certificates import Certificate
from engine.certification.pipeline import LiveView
from engine.certification.provenance import Provenance
from engine.certification.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One certificate in the ledger.

    key: names the draws and the level they were spent at; tau is left out where it is free. alpha: what it may fail
    with. tolerated: its error budget. certified: components certified. promise: whether it is a certificate at all.
    assumes: whether it needs an assumption on the dependence between components. noise: names the random draws alone,
    by what keys them: the noise of a smaller input, or of another family or sigma, is made of the same random numbers.
    """

    key: str
    name: str
    alpha: float
    tolerated: int
    certified: int
    promise: bool
    assumes: bool
    noise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Certificates that are shown together. By the union bound they all hold with probability 1 - `alpha`.

    Whoever makes many certificates and shows the best of them has to count all of them. Source: METHOD section 3.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> ledger = Ledger().with_certificate(certificate, "street").with_certificate(certificate, "once more")
    >>> len(ledger.entries), ledger.alpha == certificate.settings.alpha  # the same draws count once
    (1, True)
    """

    entries: tuple[Entry, ...] = ()

    @property
    def alpha(self) -> float:
        """The sum over all entries that promise something, at most 1; in decimals, so that 3 x 0.001 is 0.003."""
        spent = sum((Decimal(repr(entry.alpha)) for entry in self.entries if entry.promise), start=Decimal(0))
        return float(min(spent, Decimal(1)))

    @property
    def reused(self) -> int:
        """Entries whose noise an earlier entry had shown already; their settings may have been chosen after a look.

        The union bound covers them only if all settings were fixed before the first draw, which nobody can check.
        """
        return len(self.entries) - len({entry.noise for entry in self.entries})

    @property
    def tolerated(self) -> int:
        """False certificates that the entries' budgets allow in all."""
        return sum(entry.tolerated for entry in self.entries if entry.promise)

    def with_certificate(self, certificate: Certificate, name: str) -> Ledger:
        """One more; the same draws at the same level count once, whatever tau they are read at, where tau is free."""
        return self._with(_entry(certificate.settings, certificate.provenance, name, certificate.certified))

    def with_look(self, view: LiveView, name: str) -> Ledger:
        """A run that was looked at and given up: dropping the poor runs keeps the best, so its alpha is spent too."""
        return self._with(_entry(view.settings, view.provenance, name, np.zeros(view.hits.shape, dtype=bool)))

    def _with(self, entry: Entry) -> Ledger:
        if all(known.key != entry.key for known in self.entries):
            return Ledger(entries=(*self.entries, entry))
        newest = (entry if known.key == entry.key and entry.certified else known for known in self.entries)
        return Ledger(entries=tuple(newest))


def ledger_of(certificates: Iterable[tuple[str, Certificate]]) -> Ledger:
    """The ledger of named certificates.

    >>> import engine
    >>> certificate = engine.Certificate.load(engine.core.assets.ASSETS / "samples" / "example.npz")
    >>> ledger_of([("street", certificate)]).alpha == certificate.settings.alpha
    True
    """
    made = Ledger()
    for name, certificate in certificates:
        made = made.with_certificate(certificate, name)
    return made


def _entry(settings: Settings, recorded: Provenance, name: str, certified: NDArray[np.bool_]) -> Entry:
    values = settings.as_dict()
    if settings.testing.tau_free:
        del values["tau"]
    if settings.testing.anytime:
        del values["n"]  # all its moments hold together
    noise = [str(settings.seed), settings.stream, recorded.device]
    parts = [*noise, recorded.input_sha256, recorded.model, recorded.weights_sha256, recorded.precision]
    parts += [f"{name}={value}" for name, value in values.items()]
    procedure = settings.procedure
    return Entry(
        key="|".join(parts),
        name=name,
        alpha=settings.alpha,
        tolerated=settings.tolerated(certified.size),
        certified=int(np.count_nonzero(certified)),
        promise=procedure.certifies,
        assumes=procedure.assumes,
        noise="|".join(noise),
    )
