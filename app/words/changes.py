"""What the page of everyday changes says: of the band, of both answers, and of pictures as cameras save them."""

from collections.abc import Mapping
from typing import Any

import engine
from app.words.amounts import interval
from app.words.promise import without_promise
from engine.changes import Change
from engine.perturbations import Family

_TITLES = {
    "brightness": "Brightness",
    "contrast-brightness": "Contrast and brightness",
    "gamma": "Gamma",
    "gamma-rayleigh": "Gamma (Rayleigh)",
    "blur": "Blur",
}
_NOTHING = "nothing is promised here"


def title_of(family: Family) -> str:
    """A family's name in a menu, without what its noise is."""
    return _TITLES.get(family.name, family.title)


def told_bands(settings: engine.Settings) -> list[str]:
    """How far each amount may go alone, one for each slider."""
    bounds = settings.region.bounds
    change = settings.noise.change
    alone = ", alone" if len(change.parameters) > 1 else ""
    return [f"{interval(one, bounds[one.name])}{alone}" for one in change.parameters]


def would_cover(settings: engine.Settings) -> str:
    """What a certificate under these settings is going to be about, before there is one."""
    return f"**Certify** finds the pixels that no {settings.region.sentence} can flip."


def phrases(
    change: Change, certificate: engine.Certificate | None, *, undefended: str, certified: str
) -> Mapping[str, Any]:
    """What is said in the browser, with the gaps {share} and {change}.

    inside, left: whether the change that is shown lies in the region. outside: over a certified answer that is not
    about it. wait: over none. promise: of one that is; empty if nothing is promised anywhere.
    """
    green = "green band" if len(change.parameters) == 1 else "green region"
    promised = certificate is not None and not without_promise(certificate)
    count = certificate.certified_count if certificate is not None else 0
    promise = f"{count:,} of {certificate.labels.size:,} pixels." if certificate is not None and promised else ""
    stands = "None of its certified classes can be flipped by this change:"
    return {
        "titles": {"changed": "Changed picture", "undefended": f"Undefended: {undefended}",
                   "certified": f"Certified: {certified}, smoothed"},
        "inside": f"Inside the {green}",
        "left": f"Outside the {green}: {_NOTHING}",
        "within": f"inside the {green}",
        "beyond": "outside, where nothing is promised",
        "outside": _NOTHING[0].upper() + _NOTHING[1:],
        "wait": f"Press Certify: the answer that stands all over the {green} appears here",
        "stands": stands,
        "promise": promise,
        "flipped": "{share} of its pixels changed class",
        "clipped": "{share} of its values lie beyond black or white; shown clipped",
        "strip": "{change} in steps that grow outwards, the undefended answers, and the share of them that changed",
        "back": "Unchanged",
        "abstains": "abstains: nothing is promised",
    }  # fmt: skip
