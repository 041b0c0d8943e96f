"""Runs that could certify nothing are refused before they are made; `certify` itself runs what it is told to run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.certification import Settings, certify, check_useful
from engine.core import InvalidSetting
from engine.inputs import Image
from engine.models import BaseModel
from engine.stats import smallest_useful_n

TIGHT = Settings(sigma=0.25, tau=0.9, n0=5, size=64)
PIXELS = 64 * 48


def test_what_the_drawn_noise_may_be_off_by_counts_too() -> None:
    high = replace(TIGHT, tau=0.999)
    least = smallest_useful_n(tau=high.tau_tested(PIXELS), alpha=0.001, components=PIXELS)
    assert least > smallest_useful_n(tau=0.999, alpha=0.001, components=PIXELS)
    check_useful(replace(high, n=least), PIXELS)
    with pytest.raises(InvalidSetting, match=f"n = {least} at the least"):
        check_useful(replace(high, n=least - 1), PIXELS)


def test_the_engine_refuses_no_run(street: BaseModel, street_image: Image) -> None:
    few = replace(TIGHT, n=3)
    with pytest.raises(InvalidSetting, match=r"nothing can be certified at tau 0\.9 among 3,072 components"):
        check_useful(few, PIXELS)
    assert certify(street, street_image, few).certified_count == 0


@pytest.mark.parametrize("tau", [0.99999, 1.0 - 1e-12])
def test_where_no_n_is_enough_another_tau_is_asked_for(tau: float) -> None:
    for ask in (TIGHT.smallest_useful_n, TIGHT.useful_n):
        assert ask(PIXELS) <= 100_000
    hopeless = replace(TIGHT, tau=tau)
    for ask in (hopeless.smallest_useful_n, hopeless.useful_n):
        with pytest.raises(InvalidSetting, match=r"no n in \[1, 100000\] certifies anything: choose a smaller tau"):
            ask(PIXELS)
