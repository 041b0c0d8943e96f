"""What was checked of a saved certificate, and whether it held."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One claim and whether it held; `detail` is a sentence."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """All checks that were made, and what was not checked and is only the certificate's word.

    certificate: whether what was checked is one at all; the selection of a correction that certifies nothing is none.
    """

    checks: tuple[Check, ...]
    on_trust: tuple[str, ...]
    certificate: bool

    @property
    def consistent(self) -> bool:
        """Whether every check passed, whatever follows from that."""
        return all(check.passed for check in self.checks)

    @property
    def passed(self) -> bool:
        """Whether this is a certificate and every check passed."""
        return self.certificate and self.consistent
