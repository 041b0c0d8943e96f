"""The verdict's sentences: in the attacker's own measure, with what was promised and what came of it, all counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.words.attack import kept, made_for, sentences
from engine.attacks import AttackResult, AttackSettings, Attempt, Duel, Found, Target, judge
from engine.inputs import ABSTAIN
from tests.material.pictures import coin_certificate, plain_image

WHOLE = (16, 24)
LEFT, RIGHT = (0.0, 0.0, 50.0, 100.0), (50.0, 0.0, 100.0, 100.0)


def duel_of(compute: engine.core.Compute, *, flipped: int = 0, away: int = 0, share: float = 1.0) -> Duel[Found]:
    """On 24x16 pixels: the undefended model finds class 1 in the left third, and 32 of its 128 pixels become class 0.

    The left half, 192 pixels, is certified as class 1; on the attacked picture `flipped` of the first column are
    certified as 0, and `away` of the second abstain.
    """
    certified = np.full(WHOLE, ABSTAIN, dtype=np.int16)
    certified[:, :12] = 1
    clean, labels = replace(coin_certificate(compute), labels=certified), certified.copy()
    labels[:flipped, 0], labels[:away, 1] = 0, ABSTAIN
    before = np.zeros(WHOLE, dtype=np.uint8)
    before[:, :8] = 1
    after = before.copy()
    after[:, :2] = 0
    size = share * clean.radius
    image = plain_image(*WHOLE)
    attacked = replace(clean, labels=labels)
    result = AttackResult(
        attack="pgd", settings=AttackSettings(budget=size), adversarial=image.pixels, norm=size, share=0.25,
        history=(), seconds=0.0,
    )  # fmt: skip
    return Duel(
        result=result, changed=image, before=before, after=after, clean=clean, attacked=attacked,
        verdict=judge(clean, attacked, {"l2": size}),
    )  # fmt: skip


@pytest.fixture(scope="module")
def duel(compute: engine.core.Compute) -> Duel[Found]:
    return duel_of(compute, away=5)


def test_of_the_whole_picture(duel: Duel[Found]) -> None:
    for target in (None, Target()):
        fell, stood = sentences(duel, target)
        assert fell == "The undefended model changed its answer at 8.3% of its pixels."  # 32 of 384
        assert stood == "Of its 384 pixels 192 were certified; 0 of them were flipped, 5 now abstain."


def test_of_one_class(duel: Duel[Found]) -> None:
    classes = duel.clean.provenance.classes
    fell, stood = sentences(duel, Target(only=1))
    assert fell == f"25.0% of {classes[1]} is gone: the undefended model found 128 pixels of it."
    assert stood == (
        "Of these 128 pixels 128 were certified; 0 of them were flipped, 5 now abstain. In the whole image 0 of 192 "
        "were flipped."
    )


def test_of_one_class_that_is_not_there(duel: Duel[Found]) -> None:
    nothing = replace(duel, before=np.zeros(WHOLE, dtype=np.uint8), after=np.zeros(WHOLE, dtype=np.uint8))
    fell, stood = sentences(nothing, Target(only=1))
    assert fell.startswith("0.0% of ")
    assert fell.endswith("found 0 pixels of it.")
    assert "Of these 0 pixels none was certified, so nothing was promised of them." in stood


def test_towards_a_class(duel: Duel[Found]) -> None:
    classes = duel.clean.provenance.classes
    fell, stood = sentences(duel, Target(towards=0))
    assert fell == f"25.0% of the pixels that were something else became {classes[0]} for the undefended model."
    assert stood.startswith("Of its 384 pixels 192 were certified")
    assert sentences(duel, Target(towards=1))[0].startswith("0.0% of the pixels that were something else became ")
    one = np.ones(WHOLE, dtype=np.uint8)
    assert sentences(replace(duel, before=one, after=one), Target(towards=1))[0].startswith("0.0% of")  # all are


def test_of_a_part(duel: Duel[Found]) -> None:
    fell, stood = sentences(duel, Target(region=LEFT))
    assert fell == "The undefended model changed its answer at 16.7% of the 192 pixels attacked."
    assert stood.startswith("Of these 192 pixels 192 were certified; 0 of them were flipped, 5 now abstain. In the ")
    fell, stood = sentences(duel, Target(region=RIGHT))
    assert fell == "The undefended model changed its answer at 0.0% of the 192 pixels attacked."
    assert stood.startswith("Of these 192 pixels none was certified, so nothing was promised of them. In the whole ")


def test_a_broken_promise_is_said_wherever_it_broke(compute: engine.core.Compute) -> None:
    broken = duel_of(compute, flipped=3, away=2)
    _, stood = sentences(broken)
    assert stood.startswith("Of its 384 pixels 192 were certified; 3 of them were flipped, 2 now abstain. Inside the ")
    assert stood.endswith("with probability 0.1 for each of the two certificates.")  # the coin's alpha
    _, stood = sentences(broken, Target(region=RIGHT))
    assert "none was certified" in stood
    assert "In the whole image 3 of 192 were flipped. Inside the radius that breaks the promise" in stood
    assert not kept(broken)


def test_outside_the_radius_nothing_was_promised(compute: engine.core.Compute) -> None:
    for flipped in (0, 7):
        beyond = duel_of(compute, flipped=flipped, share=1.5)
        _, stood = sentences(beyond)
        assert f"{flipped} of them were flipped" in stood
        assert "This attack is outside the certificate: its size" in stood
        assert stood.endswith("where nothing was promised and another attack may flip more.")
        assert "breaks the promise" not in stood
        assert not kept(beyond)


def test_what_nobody_has_checked_is_said_last(duel: Duel[Found]) -> None:
    clean = replace(duel.clean, settings=replace(duel.clean.settings, correction="sidak"))
    _, stood = sentences(replace(duel, clean=clean))
    assert stood.endswith("if the pixels are independent or positively dependent, which nobody has checked.")


@pytest.mark.parametrize("kind", ["image", "cloud"])
def test_whom_it_was_made_for(kind: str) -> None:
    what = {"image": "image", "cloud": "shape"}[kind]
    base, smoothed = (made_for(kind, Attempt(victim=victim)) for victim in ("base", "smoothed"))
    assert base == (
        f"**Direct** on the undefended model, for which this {what} was made; **transferred** to the certified one, "
        "which meets it second-hand."
    )
    assert smoothed == (
        f"**Direct** on the certified model, under noise, for which this {what} was made; **transferred** to the "
        "undefended one, which meets it second-hand."
    )


def _verdict_of(duel: object) -> None:
    from app.views.attack import show_verdict

    show_verdict(duel)  # type: ignore[arg-type]


def boxes(duel: Duel[Found]) -> dict[str, list[str]]:
    """What stands in boxes of each colour."""
    test = AppTest.from_function(_verdict_of, args=(duel,)).run()
    assert not test.exception
    kinds = {"error": test.error, "success": test.success, "warning": test.warning, "info": test.info}
    return {kind: [box.value for box in found] for kind, found in kinds.items() if found}


def test_colours_are_those_of_what_was_kept(duel: Duel[Found], compute: engine.core.Compute) -> None:
    assert set(boxes(duel)) == {"error", "success"}
    for other in (duel_of(compute, flipped=1), duel_of(compute, share=2.0)):
        assert set(boxes(other)) == {"error", "warning"}


def test_nothing_certified_is_neutral(duel: Duel[Found]) -> None:
    """0 of 0 flipped is no success, and no failure."""
    none = replace(duel.clean, labels=np.full(WHOLE, ABSTAIN, dtype=np.int16))
    empty = replace(duel, clean=none, attacked=none, verdict=judge(none, none, {}))
    assert sentences(empty)[1] == "Nothing was certified, so nothing was promised."
    shown = boxes(empty)
    assert set(shown) == {"error", "info"}
    assert "Nothing is certified" in shown["info"][0]
    assert not kept(empty)
