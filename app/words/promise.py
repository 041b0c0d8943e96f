"""What is guaranteed by a certificate, with what probability, and what is left open."""

import engine
from app.words.kinds import Vocabulary, words_for
from app.words.numbers import percent, sure
from app.words.radius import told

_DEPENDENCE = "independent or positively dependent"


def is_promise(settings: engine.Settings) -> bool:
    """Whether what is selected under these settings is a certificate; the false discovery rate makes none."""
    return settings.procedure.certifies


def passed(settings: engine.Settings) -> str:
    """What components that pass are called: certified, or only selected."""
    return "Certified" if is_promise(settings) else "Selected"


def kind_of(settings: engine.Settings) -> str:
    """What a result is: a certificate, or only a selection. In small letters the name of its file."""
    return "Certificate" if is_promise(settings) else "Selection"


def reserved(certificate: engine.Certificate) -> str:
    """What the word "certified" leaves open, to stand right behind it: a space and brackets, or empty if nothing."""
    settings, many = certificate.settings, words_for(certificate).many
    if not is_promise(settings):
        return " (no certificate)"
    parts = []
    if certificate.tolerated:
        parts.append(f"up to {certificate.tolerated:,} of these {many} may be false")
    if settings.procedure.assumes:
        parts.append(f"if the {many} are {_DEPENDENCE}")
    return f" ({', '.join(parts)})" if parts else ""


def reservations(settings: engine.Settings, components: int, words: Vocabulary) -> str:
    """What a statement about single certified components leaves open, as a sentence; empty if nothing."""
    if not is_promise(settings):
        return f"No certificate: only a mean share of errors is bounded, nothing about single {words.many}."
    parts = []
    if tolerated := settings.tolerated(components):
        parts.append(
            f"for all but at most {tolerated:,} of the certified {words.many}, which the error budget tolerates"
        )
    if settings.procedure.assumes:
        parts.append(_assumed(words.many))
    return f"This holds {' and '.join(parts)}." if parts else ""


def left_open(certificate: engine.Certificate) -> str:
    """The same of a certificate."""
    return reservations(certificate.settings, certificate.labels.size, words_for(certificate))


def guarantee(certificate: engine.Certificate) -> str:
    """The certificate of an image or a shape as one sentence."""
    if nothing := without_promise(certificate):
        return nothing
    settings, words = certificate.settings, words_for(certificate)
    count, tolerated = f"{certificate.certified_count:,} coloured {words.many}", certificate.tolerated
    begin = f"{surely(settings, words)}, "
    if certificate.kind == "cloud":
        who = f"more than {tolerated:,} of the {count}" if tolerated else f"any of the {count}"
        return f"{begin}no {told(certificate.region, 'cloud')} makes the smoothed model call {who} another part."
    height, width = certificate.labels.shape
    who = f"at most {tolerated:,} of the {count}" if tolerated else f"none of the {count}"
    allowed = f"{told(certificate.region, certificate.kind)} of this {width}×{height} image"
    return f"{begin}{who} of the smoothed model can be flipped to another class by any {allowed}."


def without_promise(certificate: engine.Certificate) -> str:
    """Why nothing is promised about changed inputs, as a sentence; empty if something is."""
    settings, count, tolerated = certificate.settings, certificate.selected_count, certificate.tolerated
    words, procedure = words_for(certificate), settings.procedure
    if not procedure.certifies:
        assumed = f"{_assumed(words.many)}, " if procedure.assumes else ""
        return (
            f"No robustness certificate: {assumed}{count:,} {words.many} were selected so that on average at most "
            f"{percent(settings.alpha)} of the selected are false. Nothing is promised about any single one."
        )
    if count == 0:
        return f"Nothing is certified: under these settings no {words.one} could be shown to be safe."
    if tolerated >= count:
        return f"Nothing is promised: the error budget of {tolerated:,} covers all {count:,} coloured {words.many}."
    if certificate.radius <= 0.0:
        found = (
            f"all but {tolerated:,} of the {count:,} coloured" if tolerated else f"all {count:,} coloured {words.many}"
        )
        return (
            f"{surely(settings, words)}, the smoothed {words.label} of {found} was found, but "
            f"with τ = 0.5 the radius is 0: nothing is promised about changed {words.inputs}."
        )
    return ""


def surely(settings: engine.Settings, words: Vocabulary) -> str:
    """How sure a certificate is, to begin a sentence: what is assumed, and the probability."""
    assumed = f"{_assumed(words.many)}, " if settings.procedure.assumes else ""
    return _capital(f"{assumed}with probability at least {sure(settings.alpha)}")


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
    chance = sure(ledger.alpha) if ledger.alpha < 1.0 else "0 %"
    but = (
        f", but for at most {ledger.tolerated:,} pixels or points that their error budgets tolerate"
        if ledger.tolerated
        else ""
    )
    assumes = any(entry.assumes for entry in ledger.entries if entry.promise)
    assumed = f"{_assumed('pixels and points')}, " if assumes else ""
    begin = _capital(f"{assumed}with probability at least {chance}")
    return f"{begin}, all {promising} certificates hold at once{but}."


def _assumed(many: str) -> str:
    return f"if the {many} are {_DEPENDENCE}, which nobody has checked"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
