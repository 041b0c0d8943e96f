"""audit-changes: what breaks a promise is found and counted, and only that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.audits.attacks.cases import Case, Cases
from engine.audits.changes import ChangeAudit, ChangePlan, audit_changes
from engine.certification import Settings
from engine.core import Compute, InvalidSetting
from engine.core.journal import Journal
from engine.inputs import Image
from engine.inputs.images import image_from_array
from engine.inputs.labels import LabelSpace
from engine.models import BaseModel, ModelInfo

SETTINGS = Settings(family="gamma", sigma=0.3, tau=0.75, n0=5, n=80, alpha=0.05, size=64)  # 0.817 to 1.22
PLAN = ChangePlan(passes=6, edge=2, random=2, n=20)
SIDE = 16


class Above(nn.Module):
    """Class 1 where a value exceeds `level`."""

    def __init__(self, level: float) -> None:
        super().__init__()
        self.level = level

    def forward(self, values: Tensor) -> Tensor:
        margin = values[:, 0] - self.level
        return torch.stack([-margin, margin], dim=1)


def model_of(compute: Compute, level: float) -> BaseModel:
    labels = LabelSpace(name="two", classes=("low", "high"), palette=((0, 0, 0), (255, 255, 255)))
    info = ModelInfo(
        name="above", title="Above", labels=labels, weights_sha256="0" * 64, trained_sigma=0.0, card="", denoised=False
    )
    return BaseModel(info=info, network=Above(level), compute=compute)


@pytest.fixture(scope="module")
def grey() -> Image:
    return image_from_array(np.full((SIDE, SIDE, 3), 0.5, dtype=np.float32))


def cases(compute: Compute, image: Image, undefended: float, certified: float) -> Cases:
    case = Case(
        name="grey", subject=image, truth=np.ones(image.shape, dtype=np.uint8),
        undefended=model_of(compute, undefended), certified=model_of(compute, certified),
    )  # fmt: skip
    return Cases(kind="image", names=("grey",), read=lambda _: case)


def test_a_promise_that_is_kept(compute: Compute, grey: Image) -> None:
    """Under gamma 1.22 grey is .43: a model with its edge at .45 falls, one with its edge at .2 never does; its answer
    is certified, and outside the region, at gamma 1.5, it is still the same."""
    made = audit_changes(cases(compute, grey, 0.45, 0.2), SETTINGS, PLAN)
    told = made.as_dict()
    assert made.violations == 0
    assert told["certified_fraction"] == 1.0
    assert told["inside"]["changes"] == 2 + 2 + 2  # both searches, the edge, the inside
    assert told["outside"]["changes"] == 2
    assert told["inside"]["base_flipped"] == 1.0  # the worst gamma inside was found
    assert made.certified == 6 * SIDE * SIDE == told["inside"]["certified_pixels_changed"]
    assert [row.how for row in made.rows] == ["base", "smoothed", "edge", "edge", "random", "random", "edge", "edge"]
    region = SETTINGS.region
    for row in made.rows:
        assert region.contains(row.amounts) == row.inside


def test_outside_nothing_is_a_violation(compute: Compute, grey: Image) -> None:
    """The edge at .33 is met at gamma 1.6: under noise of .3 class 1 has the probability .94. At 6 times the extent,
    gamma 3.4, it has .007."""
    made = audit_changes(cases(compute, grey, 0.45, 0.33), SETTINGS, replace(PLAN, factor=6.0))
    assert made.violations == 0
    assert made.as_dict()["outside"]["violations"] == SIDE * SIDE


def test_a_broken_promise_is_counted(compute: Compute, grey: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region that is claimed six times too wide: class 1 is certified, and inside class 0 is."""
    noise = type(SETTINGS).noise.fget(SETTINGS)  # type: ignore[attr-defined]

    def wide(*, sigma: float, tau: float, floor: float = 0.5) -> Any:
        return noise.region(sigma=6 * sigma, tau=tau, floor=floor)

    monkeypatch.setattr(Settings, "noise", property(lambda _: replace(noise, region=wide)))
    made = audit_changes(cases(compute, grey, 0.45, 0.33), SETTINGS, PLAN)
    assert made.violations >= 2 * SIDE * SIDE  # by the search on the smoothed model, and on the edge
    assert {row.how for row in made.rows if row.violations and row.inside} >= {"smoothed", "edge"}


def test_what_is_done_is_kept(compute: Compute, grey: Image, tmp_path: Path) -> None:
    once = cases(compute, grey, 0.45, 0.2)
    with Journal(tmp_path / "kept") as journal:
        made = audit_changes(once, SETTINGS, PLAN, journal=journal)
    deaf = replace(once, read=lambda _: pytest.fail("read again"))
    with Journal(tmp_path / "kept") as journal:
        assert audit_changes(deaf, SETTINGS, PLAN, journal=journal) == made
    assert isinstance(made, ChangeAudit)


def test_what_is_refused(compute: Compute, grey: Image) -> None:
    once = cases(compute, grey, 0.45, 0.2)
    with pytest.raises(InvalidSetting, match="not about one known change"):
        audit_changes(once, replace(SETTINGS, family="l2"), PLAN)
    with pytest.raises(InvalidSetting, match="nothing can be certified"):
        audit_changes(once, replace(SETTINGS, n=5), PLAN)
    with pytest.raises(InvalidSetting, match="can show no majority"):
        audit_changes(once, SETTINGS, replace(PLAN, n=3))
    with pytest.raises(InvalidSetting, match="a factor above 1"):
        ChangePlan(factor=1.0)
