"""The sentences beside a result: what is guaranteed, with what probability, against what. Plain text and HTML-safe."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, Decimal

import engine
from engine.core import floored

_MARKDOWN = set("\\`*_{}[]()<>#+-!|~$:&^=.")


def is_promise(settings: engine.Settings) -> bool:
    """Whether what is selected under these settings is a certificate; the false discovery rate makes none."""
    return settings.procedure.certifies


def passed(settings: engine.Settings) -> str:
    """What pixels that pass are called: certified, or only selected."""
    return "Certified" if is_promise(settings) else "Selected"


def reservations(settings: engine.Settings, components: int, many: str = "pixels") -> str:
    """What a statement about single certified pixels leaves open, as a sentence; empty if nothing."""
    if not is_promise(settings):
        return f"No certificate: only a mean share of errors is bounded, nothing about single {many}."
    parts = []
    if tolerated := settings.tolerated(components):
        parts.append(f"for all but at most {tolerated:,} of the certified {many}, which the error budget tolerates")
    if settings.procedure.assumes:
        parts.append(_assumed(many))
    return f"This holds {' and '.join(parts)}." if parts else ""


def guarantee(certificate: engine.Certificate) -> str:
    """The certificate of an image as one sentence."""
    if nothing := without_promise(certificate, "pixels", "images"):
        return nothing
    count, tolerated = certificate.certified_count, certificate.tolerated
    height, width = certificate.labels.shape
    who = f"none of the {count:,} coloured pixels" if not tolerated else (
        f"at most {tolerated:,} of the {count:,} coloured pixels"
    )  # fmt: skip
    return (
        f"{surely(certificate.settings, 'pixels')}, {who} of the smoothed model can be "
        f"flipped to another class by any change of this {width}×{height} image of l2 size up to "
        f"{floored(certificate.radius)}."
    )


def without_promise(certificate: engine.Certificate, many: str, inputs: str) -> str:
    """Why nothing is promised about changed inputs, as a sentence; empty if something is."""
    settings, count, tolerated = certificate.settings, certificate.certified_count, certificate.tolerated
    procedure = settings.procedure
    if not procedure.certifies:
        assumed = f"{_assumed(many)}, " if procedure.assumes else ""
        return (
            f"No robustness certificate: {assumed}{count:,} {many} were selected so that on average at most "
            f"{_percent(settings.alpha)} of the selected are false. Nothing is promised about any single one."
        )
    if count == 0:
        return f"Nothing is certified: under these settings no {many.removesuffix('s')} could be shown to be safe."
    if tolerated >= count:
        return f"Nothing is promised: the error budget of {tolerated:,} covers all {count:,} coloured {many}."
    if certificate.radius == 0.0:
        found = (
            f"all {count:,} coloured {many}" if not tolerated else f"all but {tolerated:,} of the {count:,} coloured"
        )
        return (
            f"{surely(settings, many)}, the smoothed class of {found} was found, but "
            f"with τ = 0.5 the radius is 0: nothing is promised about changed {inputs}."
        )
    return ""


def surely(settings: engine.Settings, many: str) -> str:
    """How sure a certificate is, to begin a sentence: what is assumed, and the probability."""
    assumed = f"{_assumed(many)}, " if settings.procedure.assumes else ""
    return _capital(f"{assumed}with probability at least {_sure(settings.alpha)}")


def joint(ledger: engine.certification.Ledger) -> str:
    """What all certificates of a ledger promise together."""
    promising = sum(entry.promise for entry in ledger.entries)
    if promising == 0:
        return "No certificate yet."
    if ledger.reused:
        return (
            f"{ledger.reused} of these certificates were made from noise that another one had shown already (the same "
            "seed, other settings). Nothing is promised for all together, unless all their settings were fixed before "
            "the first look. Clear the seed for fresh noise."
        )
    sure = _sure(ledger.alpha) if ledger.alpha < 1.0 else "0 %"
    but = (
        f", but for at most {ledger.tolerated:,} pixels or points that their error budgets tolerate"
        if ledger.tolerated
        else ""
    )
    assumed = (
        f"{_assumed('pixels and points')}, " if any(entry.assumes for entry in ledger.entries if entry.promise) else ""
    )
    return f"{_capital(f'{assumed}with probability at least {sure}')}, all {promising} certificates hold at once{but}."


def radius_in_plain_terms(radius: float, components: int) -> str:
    """What an l2 budget of that size can buy an adversary."""
    one = radius / math.sqrt(3.0)
    everywhere = radius / math.sqrt(3.0 * components)
    single = f"by {floored(one * 255.0)} of 255 grey levels" if one <= 1.0 else "from black to white and more"
    shown = floored(radius)
    return (
        f"A budget of {shown} can change one pixel {single}, or every one of the {components:,} pixels by "
        f"{floored(everywhere * 255.0, 2)} levels, or anything between: the squares of all changes over pixels "
        f"and channels add up to at most {shown}²."
    )


def fine_print(certificate: engine.Certificate) -> str:
    """What the certificate is about, and what it is not."""
    recorded = certificate.provenance
    height, width = certificate.labels.shape
    if not is_promise(certificate.settings):
        return (
            f"A selection on the working image of {width}×{height} pixels, for {recorded.model} under noise of "
            f"σ = {certificate.settings.sigma:g}. It promises nothing about any single pixel or about attacks."
        )
    return (
        f"It holds for the working image of {width}×{height} pixels (the source has {recorded.source_size[0]}×"
        f"{recorded.source_size[1]}) and for {recorded.model} under noise of σ = {certificate.settings.sigma:g}, "
        f"computed in {recorded.precision}; it holds {certificate.settings.testing.promise}. The class of "
        "the smoothed model is what cannot be flipped; a run of SegCertify on a changed image may abstain there. White "
        "pixels are promised nothing. A certified class need not be the right one. Each certificate stands alone: "
        "whoever makes many and keeps the best adds up their α."
    )


def duration(seconds: float) -> str:
    """A length of time, for people."""
    if seconds < 1.0:
        return "1 s"
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    if seconds < 5400.0:
        return f"{seconds / 60.0:.0f} min"
    return f"{seconds / 3600.0:.1f} h"


def plain(name: str, most: int = 80) -> str:
    """A name from outside, such as an uploaded file's, for a Markdown text: letter by letter, and not too long."""
    shown = name if len(name) <= most else f"{name[: most - 1]}…"
    return "".join(f"\\{letter}" if letter in _MARKDOWN else letter for letter in shown if letter.isprintable())


def share(part: int, whole: int) -> str:
    """A share in percent with one digit, rounded down, so that 100 % means all."""
    return "–" if whole == 0 else f"{1000 * part // whole / 10:.1f} %"


def share_up(part: int, whole: int) -> str:
    """A share in percent with one digit, rounded up: the other side of `share`."""
    return f"{-(-1000 * part // whole) / 10:.1f} %"


def _assumed(many: str) -> str:
    return f"if the {many} are independent or positively dependent, which nobody has checked"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _percent(value: float) -> str:
    return f"{(100 * Decimal(repr(value))).normalize():f} %"


def _sure(alpha: float) -> str:
    """1 - alpha as a percentage, rounded down two digits behind alpha's first."""
    percent = 100 * (1 - Decimal(repr(alpha)))
    digits = max(0, -Decimal(repr(alpha)).adjusted() - 1)
    return f"{percent.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN).normalize():f} %"
