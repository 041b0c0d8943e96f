"""The sentences beside a result: what is guaranteed, with what probability, against what. Plain text and HTML-safe."""

from __future__ import annotations

import math

import engine


def guarantee(certificate: engine.Certificate) -> str:
    """The certificate as one sentence."""
    settings, count = certificate.settings, certificate.certified_count
    if count == 0:
        return "Nothing is certified: under these settings no pixel could be shown to be safe."
    sure = _percent(1.0 - settings.alpha)
    if certificate.radius == 0.0:
        return (
            f"With probability at least {sure}, the smoothed class of all {count:,} coloured pixels was found, but "
            "with τ = 0.5 the radius is 0: nothing is promised about changed images."
        )
    return (
        f"With probability at least {sure}, none of the {count:,} coloured pixels can be flipped to another class by "
        f"any change of this image of l2 size up to {certificate.radius:.3g}."
    )


def radius_in_plain_terms(radius: float, components: int) -> str:
    """What an l2 budget of that size can buy an adversary."""
    one = radius / math.sqrt(3.0)
    everywhere = radius / math.sqrt(3.0 * components)
    single = f"by {one * 255.0:.0f} of 255 grey levels" if one <= 1.0 else "from black to white and more"
    return (
        f"A budget of {radius:.3g} can change one pixel {single}, or every one of the {components:,} pixels by "
        f"{everywhere * 255.0:.2g} levels, or anything between: the squares of all changes over pixels and channels "
        f"add up to at most {radius:.3g}²."
    )


def fine_print(certificate: engine.Certificate) -> str:
    """What the certificate is about, and what it is not."""
    recorded = certificate.provenance
    height, width = certificate.labels.shape
    return (
        f"It holds for the working image of {width}×{height} pixels (the source has {recorded.source_size[0]}×"
        f"{recorded.source_size[1]}) and for {recorded.model} under noise of σ = {certificate.settings.sigma:g}, "
        f"computed in {recorded.precision}. On a changed image the smoothed model may abstain there; it cannot "
        "answer another class. White pixels are promised nothing. A certified class need not be the right one."
    )


def useful_n(settings: engine.Settings, components: int) -> str:
    """Whether n is large enough to certify anything."""
    needed = engine.smallest_useful_n(settings.tau, settings.alpha, components)
    if settings.n < needed:
        return f"n = {settings.n} certifies nothing here: at least {needed} draws are needed"
    return f"{needed} (fewer draws certify nothing here)"


def duration(seconds: float) -> str:
    """A length of time, for people."""
    if seconds < 1.0:
        return "1 s"
    if seconds < 90.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.0f} min"


def _percent(share: float) -> str:
    """A probability as a percentage, rounded down, so that it is never overstated."""
    digits = max(1, math.ceil(-math.log10(max(1.0 - share, 1e-12))) - 1)
    floored = math.floor(share * 100.0 * 10**digits + 1e-9) / 10**digits
    return f"{floored:.{digits}f}".rstrip("0").rstrip(".") + " %"
