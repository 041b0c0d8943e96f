"""The price of freedom, on a tiny dataset: draws at which the anytime and the free mode catch up with the fixed n."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.certification import Settings, certify
from engine.core import InvalidSetting
from engine.evaluation.stopping import WITHIN, price
from engine.inputs import datasets, decode_image
from engine.models import BaseModel

SETTINGS = Settings(sigma=0.02, tau=0.6, n0=3, n=40, alpha=0.1, size=64, seed=5)


def test_the_draws_named_reach_the_share_less_two_points(street: BaseModel, camvid_root: Path) -> None:
    source = datasets["camvid"].open(camvid_root, "val")
    made = price(street, source, SETTINGS, limit=1)
    (row,) = made.images
    image = decode_image(source.items()[0].image_path.read_bytes(), size=64)
    assert row.fixed_share == certify(street, image, SETTINGS.fresh("example")).certified_fraction
    for mode, correction, draws in (("anytime", "holm", row.anytime), ("free", "bonferroni", row.free)):
        assert draws is not None
        for n, reaches in ((draws, True), (draws - 5, False)):
            settings = Settings(
                **{**SETTINGS.fresh("example").as_dict(), "mode": mode, "correction": correction, "n": n}
            )
            share = certify(street, image, settings).certified_fraction
            assert (share >= row.fixed_share - WITHIN) == reaches
    values = made.as_dict()
    assert values["anytime_ratio_median"] == row.anytime / 40
    assert values["free_ratio_largest"] == row.free / 40


@pytest.mark.parametrize("change", [{"mode": "anytime"}, {"n": 41}])
def test_settings_that_make_no_sense(street: BaseModel, camvid_root: Path, change: dict[str, object]) -> None:
    settings = Settings(**{**SETTINGS.as_dict(), **change})
    with pytest.raises(InvalidSetting, match="need mode fixed"):
        price(street, datasets["camvid"].open(camvid_root, "val"), settings)
