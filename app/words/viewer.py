"""What the viewer says of one certificate, as sentences with gaps that it fills: it may say no more than these."""

from collections.abc import Mapping

import engine
from app.words.kinds import words_for
from app.words.promise import is_promise, left_open, passed, surely


def phrases(certificate: engine.Certificate) -> Mapping[str, str]:
    """All sentences by name, the same for every tau. Gaps: {count}, {all}, {size}, {class}, {tau}.

    stay: how many pixels are promised at a size; none, covered: where nothing is; found: where the size is 0. norm: of
    that size. selected: the decision on a pixel that passed, alone and taken_along: what is added; thin, passed_over:
    why one abstains. p_value: what a p-value means. left_open: what the promise leaves open.
    """
    settings, words = certificate.settings, words_for(certificate)
    promise, tolerated, norm = is_promise(settings), certificate.tolerated, settings.noise.norm
    but = f"all but {tolerated:,} of " if tolerated else ""
    change = f"by any change of {norm} size up to {{size}}"
    if not promise:
        stay = "{count} of {all} pixels are selected. No robustness certificate: nothing is promised about changes."
    elif tolerated:
        stay = (
            f"of {{count}} coloured pixels of {{all}}, at most {tolerated:,} can be flipped to another class {change}."
        )
    else:
        stay = f"{{count}} of {{all}} pixels cannot be flipped to another class {change}."
    return {
        "outcome": passed(settings),
        "norm": norm,
        "stay": f"{surely(settings, words)}, {stay}" if promise else stay,
        "none": f"Nothing is promised: no pixel is {passed(settings).lower()} at {norm} size {{size}}.",
        "covered": f"Nothing is promised: the error budget of {tolerated:,} covers all {{count}} coloured pixels.",
        "found": (
            f"{surely(settings, words)}, the smoothed class of {but}{{count}} of {{all}} pixels was found; "
            "nothing is promised about changes."
        ),
        "selected": "certified as {class}" if promise else "selected as {class}",
        "alone": "" if promise else "nothing is promised about it alone",
        "thin": "the evidence for {class} is too thin",
        "passed_over": "an earlier rank failed, and the procedure stops there",
        "taken_along": "a later rank passes and takes this one along",
        "p_value": (
            "a bound on the chance that such evidence ever shows up, were its share only τ = {tau}"
            if settings.testing.anytime
            else "how likely so many hits are, were its share only τ = {tau}"
        ),
        "left_open": left_open(certificate),
    }  # fmt: skip
