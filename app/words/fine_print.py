"""What a certificate is about and what it is not, by which settings it was made, and what each point's text says."""

import math
from collections.abc import Set

import engine
from app.words.amounts import strengths
from app.words.kinds import PIXELS, Vocabulary, words_for
from app.words.promise import is_promise, kind_of, left_open, reserved
from app.words.radius import up_to
from engine.perturbations import Amounts

_OF_THE_TEST = {"tau", "alpha", "correction", "budget", "mode"}


def fine_print(certificate: engine.Certificate) -> str:
    """What the certificate is about, and what it is not."""
    recorded, settings, words = certificate.provenance, certificate.settings, words_for(certificate)
    noise = _noise(settings) if words is PIXELS else ""
    if words is PIXELS:
        height, width = certificate.labels.shape
        working = f"the working image of {width}×{height} pixels"
        origin = f"{working} (the source has {recorded.source_size[0]}×{recorded.source_size[1]})"
    else:
        points, faces = recorded.source_size
        working = f"a working cloud of {certificate.labels.size:,} points"
        source = f"{points:,} vertices and {faces:,} triangles" if faces else f"{points:,} points"
        origin = (
            f"the working cloud of {certificate.labels.size:,} points, centred and of radius 1 (the file has {source}; "
            "a changed shape is not centred or scaled anew)"
        )
    if not is_promise(settings):
        return (
            f"A selection on {working}, for {recorded.model}{noise}. It promises nothing about any single {words.one} "
            "or about attacks."
        )
    under = noise or " under this noise"
    charged = math.ceil(1e5 * certificate.misplaced) / 1e5
    return (
        f"It holds for {origin} and for {recorded.model}{under}, computed in {recorded.precision}; it holds "
        f"{settings.testing.promise}. The {words.label} that the smoothed model names is what cannot be "
        f"{'flipped' if words is PIXELS else 'changed'}; a run of SegCertify on a changed {words.input} may abstain "
        f"there. {'White' if words is PIXELS else 'Hollow'} {words.many} are promised nothing. A certified "
        f"{words.label} need not be the right one. Each certificate stands alone: whoever makes many and keeps the "
        f"best adds up their α. The model sees every value rounded to a multiple of 2⁻¹⁶, and that computed noise "
        f"may round otherwise than ideal noise is charged to τ: at most {charged:.5f} is added to it. "
        f"{left_open(certificate)}".rstrip()
    )


def _noise(settings: engine.Settings) -> str:
    """Under what noise an image's certificate holds."""
    if isinstance(settings.noise.measure, Amounts):
        return f" under random changes ({settings.noise.title}: {strengths(settings)})"
    return f" under noise of σ = {settings.sigma:g}"


def settings_line(certificate: engine.Certificate) -> str:
    """The model and all settings that made it, on one line."""
    s, shape = certificate.settings, certificate.kind == "cloud"
    amounts = isinstance(s.noise.measure, Amounts)
    family = f"{s.noise.title}, " if shape or amounts else ""
    sigma = (f"{strengths(s)}, " if amounts else f"σ = {s.sigma!r}, ") if s.noise.scaled else ""
    budget = f" with error budget b = {certificate.tolerated:,}" if certificate.tolerated else ""
    stream = f" ({s.stream})" if s.stream else ""
    size = f"{certificate.labels.size:,} points" if shape else f"working size {s.size}"
    return (
        f"{certificate.provenance.model}, {family}{s.testing.label} mode, {sigma}τ = {s.tau!r}, n₀ = {s.n0}, "
        f"n = {s.n}, α = {s.alpha!r}, {s.procedure.title}{budget}, seed {s.seed}{stream}, {size}, "
        f"{certificate.provenance.seconds_sampling:.1f} s"
    )


def stale(certificate: engine.Certificate, changed: Set[str] | None, *, same_input: bool, same_seed: bool) -> str:
    """Why a result is not what the page asks for now.

    changed: the settings that differ, None where no input is chosen. same_seed: a new run would draw the same noise.
    """
    words, line = words_for(certificate), settings_line(certificate)
    if changed is None:
        return (
            f"The {words.input} of this result is not chosen on this page now. Choose it, or another one, to "
            "certify it."
        )
    if same_input and changed and changed <= _OF_THE_TEST:
        names = ", ".join({"tau": "τ", "alpha": "α"}.get(name, name) for name in sorted(changed))
        text = (
            f"This {kind_of(certificate.settings).lower()} is for the settings fixed before its draws ({line}). You "
            f"have changed {names} since: **it does not cover the new settings**, and reading its draws again under "
            "them would void α. Press "
            "**Certify** for new draws" + (", or use a mode that leaves τ free." if "tau" in changed else ".")
        )
    else:
        text = (
            f"This result belongs to the settings and {words.input} it was made with, not to the ones above: {line}. "
            "Press **Certify** for a new one."
        )
    if same_seed:
        text += (
            " It would use the same seed and so the same noise: settings that were chosen after looking at this result "
            "are not covered by α then. Clear the seed for fresh noise."
        )
    return text


def hover_texts(certificate: engine.Certificate, space: engine.inputs.LabelSpace) -> list[str]:
    """One text for each point: the part under test, votes, hits, decision with radius."""
    votes, top, settings = certificate.votes, certificate.top, certificate.settings
    promise = is_promise(settings)
    if settings.testing.tau_free and promise:
        radii = dict(zip(certificate.hits.tolist(), certificate.radius_map().tolist(), strict=True))
        own = {hits: up_to(settings, radius) for hits, radius in radii.items()}
    else:
        own = {}
    known, but = f"certified {up_to(settings, certificate.radius)}" if promise else "selected", reserved(certificate)
    texts = []
    for point, (part, hits, sure) in enumerate(
        zip(top.tolist(), certificate.hits.tolist(), certificate.selected.tolist(), strict=True)
    ):
        if own:
            reached = own[hits]
            decision = f"{'certified' if sure else 'abstains at this τ, but certified'} {reached}" if reached else ""
        else:
            decision = known if sure else ""
        texts.append(
            f"<b>{space.classes[part]}</b><br>votes: {votes[part, point]} of {settings.n0} selection draws<br>"
            f"hits: {hits} of {certificate.draws} test draws ({100.0 * hits / certificate.draws:.1f} %, an estimate)"
            f"<br>{f'{decision}{but}' if decision else 'abstains: nothing is promised'}"
        )
    return texts


def so_far(view: engine.certification.LiveView, words: Vocabulary) -> str:
    """What is said of a look that is no certificate."""
    faded = ", faded where they vary" if words is PIXELS else ""
    return (
        f"Leading {words.labels} after {view.draws:,} draws{faded}: an estimate, not a certificate. Tests with a fixed "
        "number of draws must not be looked at before the last one."
    )
