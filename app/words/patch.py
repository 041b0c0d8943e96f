"""Sentences about patches: what is promised, what it cost, and what a sticker did."""

import numpy as np
from numpy.typing import NDArray

from app.words.numbers import share, share_up
from engine.patches import Answers, PatchCertificate

NEW, BEFORE = "alarm, new with the sticker", "alarm, also without it"
"""Why a pixel of the certified model's answer is not coloured by its class."""


def side(certificate: PatchCertificate) -> str:
    """The certified size."""
    return f"{certificate.settings.patch}×{certificate.settings.patch}"


def promise(certificate: PatchCertificate) -> str:
    """What is promised about the clean picture, in one sentence."""
    count, total = certificate.certified_count, certificate.answers.size
    if not count:
        return (
            "Nothing is promised: at every pixel some window changes the answer, so that an alarm sounds everywhere, "
            "patch or no patch."
        )
    return (
        f"{share(count, total)} of all pixels cannot be changed unnoticed by any {side(certificate)} patch anywhere, "
        "whatever is on it."
    )


def meaning(certificate: PatchCertificate) -> str:
    """What the promise says, what it leaves open, and for what model it holds; for Markdown."""
    recorded, count, total = certificate.provenance, certificate.certified_count, certificate.answers.size
    threads = "1 thread" if recorded.threads == 1 else f"{recorded.threads} threads"
    held = (
        f"At each of these {count:,} pixels, on any picture that differs from this one only in a square of "
        f"{side(certificate)} pixels, **either the model answers as on the clean picture, or an alarm sounds there**. "
        "There are no draws in it, so there is no probability and no α. "
        if count
        else ""
    )
    return (
        f"{held}An alarm sounds at a pixel when the answer behind some window differs from that on the whole picture. "
        f"At the other {share_up(total - count, total)} of the pixels it sounds on the clean picture already, and "
        "nothing is promised. Unnoticed is all that this is about: that the answer is *right* is not promised, and an "
        f"alarm does not say what is there. It holds for {recorded.model} as computed here ({recorded.device}, "
        f"{recorded.precision}, {threads}, one picture a pass)."
    )


def cost(certificate: PatchCertificate) -> str:
    """How often the model was asked, and how long that took."""
    passes, settings = certificate.passes, certificate.settings
    window = settings.patch + settings.stride - 1
    return (
        f"{certificate.provenance.model}, {passes} windows of at most {window}×{window} pixels, each hidden once: "
        f"{passes} passes, and 2 of the whole picture; {certificate.provenance.seconds:.1f} s. To watch a "
        "picture costs as much."
    )


def fell(before: NDArray[np.uint8], after: NDArray[np.uint8], outside: NDArray[np.bool_], model: str) -> str:
    """How much of the undefended model's answer a sticker changed where it does not lie."""
    changed = share(int(((before != after) & outside).sum()), int(outside.sum()))
    return f"Without defence, {model} changed its answer at {changed} of the pixels outside the sticker."


def unnoticed(certificate: PatchCertificate, response: Answers) -> int:
    """How many certified pixels have another answer and no alarm."""
    changed = response.plain != certificate.answers
    return int((certificate.certified & changed & ~response.alarm).sum())


def stood(certificate: PatchCertificate, response: Answers, size: int) -> str:
    """What became of the certified pixels under a sticker of so many pixels a side."""
    certified, count = certificate.certified, certificate.certified_count
    begin = (
        ""
        if size <= certificate.settings.patch
        else f"The sticker is larger than {side(certificate)} pixels, so nothing is promised about it. "
    )
    if not count:
        return f"{begin}No pixel was certified, so nothing was promised."
    changed = unnoticed(certificate, response)
    rung = int((certified & response.alarm).sum())
    return (
        f"{begin}Of the {count:,} certified pixels {changed:,} changed unnoticed: at {rung:,} the alarm sounds, at "
        f"{count - rung - changed:,} the answer is that on the clean picture."
    )
