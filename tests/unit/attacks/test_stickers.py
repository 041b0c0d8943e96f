"""Stickers: contents, places, and contents that are optimised, on models whose worst sticker is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.attacks import Enough, Step, StickerSettings, contents, optimise_sticker, place_sticker, worst_place
from engine.attacks.patches.optimise import random_place
from engine.core import Cancelled, Compute, InvalidInput, InvalidSetting, UnknownName
from engine.inputs import Image
from engine.inputs.labels import CAMVID
from engine.models import BaseModel, ModelInfo
from engine.patches import PatchSettings, Window
from tests.material.pictures import plain_image


class Spots(nn.Module):
    """Class 1 at every pixel the more, the brighter red and the darker green are in one spot, rows and columns of which
    are given; remembers how many pictures it was asked about at a time."""

    def __init__(self, rows: slice, columns: slice) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        self.asked: list[int] = []

    def forward(self, images: Tensor) -> Tensor:
        self.asked.append(len(images))
        spot = images[:, :, self.rows, self.columns].mean(dim=(2, 3))
        gain = (spot[:, 0] - spot[:, 1] - 0.5)[:, None, None, None] * 10.0
        logits = torch.zeros(len(images), 11, *images.shape[2:])
        return torch.cat([logits[:, :1], logits[:, 1:2] + gain, logits[:, 2:] - 9.0], dim=1)


def model_of(network: nn.Module, compute: Compute) -> BaseModel:
    info = ModelInfo(name="spots", title="Spots", labels=CAMVID, trained_sigma=0.0, weights_sha256="", card="")
    return BaseModel(info=info, network=network.eval(), compute=compute)


IMAGE = plain_image(32, 40)
CLEAN = np.zeros((32, 40), dtype=np.uint8)


@pytest.mark.parametrize("name", contents)
def test_contents_are_pictures_that_a_seed_decides(name: str) -> None:
    for size in (1, 7, 32, 100):
        one, again, other = (contents[name].make(size, seed) for seed in (3, 3, 4))
        assert one.shape == (size, size, 3)
        assert one.dtype == np.float32
        assert 0.0 <= one.min() <= one.max() <= 1.0
        assert np.array_equal(one, again)
        assert not np.array_equal(one, other)
    assert len(np.unique(contents[name].make(32, 0))) > 1


def test_a_sticker_lies_where_it_was_put() -> None:
    content = contents["checkerboard"].make(8, 0)
    after = place_sticker(IMAGE, content, x=5, y=11)
    assert np.array_equal(after.pixels[11:19, 5:13], content)
    rest = np.ones(IMAGE.shape, dtype=bool)
    rest[11:19, 5:13] = False
    assert np.array_equal(after.pixels[rest], IMAGE.pixels[rest])
    assert after.sha256 != IMAGE.sha256
    assert after.source_sha256 == IMAGE.source_sha256


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, -1), (33, 0), (0, 25)])
def test_a_sticker_over_the_border_is_refused(x: int, y: int, compute: Compute) -> None:
    with pytest.raises(InvalidSetting, match="does not lie within a picture of 40x32"):
        place_sticker(IMAGE, np.ones((8, 8, 3)), x=x, y=y)
    model = model_of(Spots(slice(0, 1), slice(0, 1)), compute)
    with pytest.raises(InvalidSetting, match="does not lie within"):
        optimise_sticker(model, IMAGE, StickerSettings(size=8), x=x, y=y, answers=CLEAN)


def test_a_content_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must lie in"):
        place_sticker(IMAGE, np.full((8, 8, 3), 1.5), x=0, y=0)


@pytest.mark.parametrize("attack", ["pgd", "apgd", "sapgd"])
def test_the_worst_content_is_found(attack: str, compute: Compute) -> None:
    # Class 1 wins only where the spot's red exceeds its green by more than a half: from grey, both have to move.
    model = model_of(Spots(slice(10, 14), slice(20, 24)), compute)
    settings = StickerSettings(size=8, attack=attack, loss="ce", steps=12)
    found = optimise_sticker(model, IMAGE, settings, x=18, y=8, answers=CLEAN)
    assert found.share == 1.0
    after = model.predict(torch.from_numpy(place_sticker(IMAGE, found.content, x=18, y=8).pixels.copy())[None])
    assert bool((after == 1).all())
    spot = found.content[2:6, 2:6].mean(axis=(0, 1))
    assert spot[0] - spot[1] > 0.5
    again = optimise_sticker(model, IMAGE, settings, x=18, y=8, answers=CLEAN)
    assert np.array_equal(again.content, found.content)


def test_who_watches_may_end_the_search_with_what_it_has(compute: Compute) -> None:
    model, told = model_of(Spots(slice(10, 14), slice(20, 24)), compute), []

    def watch(step: Step) -> None:
        told.append(step.number)
        if len(told) == 3:
            raise Enough

    settings = StickerSettings(size=8, loss="ce", steps=40)
    found = optimise_sticker(model, IMAGE, settings, x=18, y=8, answers=CLEAN, watch=watch)
    assert told == [0, 1, 2]
    assert found.content.shape == (8, 8, 3)


def test_what_is_out_of_reach_is_not_moved(compute: Compute) -> None:
    model = model_of(Spots(slice(10, 14), slice(20, 24)), compute)
    settings = StickerSettings(size=8, loss="ce", steps=4)
    assert optimise_sticker(model, IMAGE, settings, x=0, y=0, answers=CLEAN).share == 0.0


def test_pixels_under_the_sticker_do_not_count_unless_asked(compute: Compute) -> None:
    class Own(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            gain = (images[:, :1] - 0.6) * 10.0
            return torch.cat([torch.zeros_like(gain), gain, torch.full_like(gain, -99.0).expand(-1, 9, -1, -1)], dim=1)

    model, settings = model_of(Own(), compute), StickerSettings(size=8, loss="ce", steps=5)
    assert optimise_sticker(model, IMAGE, settings, x=3, y=3, answers=CLEAN).share == 0.0
    everywhere = np.ones(IMAGE.shape, dtype=bool)
    found = optimise_sticker(model, IMAGE, settings, x=3, y=3, answers=CLEAN, mask=everywhere)
    assert found.share == pytest.approx(64 / 1280)


def test_the_worst_place_is_where_the_model_looks(compute: Compute) -> None:
    model = model_of(Spots(slice(24, 32), slice(32, 40)), compute)
    settings = StickerSettings(size=8, loss="ce", steps=10)
    steps: list[tuple[int, int]] = []
    found = worst_place(
        model, IMAGE, settings, answers=CLEAN, across=3, down=2, tries=4, progress=lambda *s: steps.append(s)
    )
    assert (found.x, found.y, found.share) == (32, 24, 1.0)
    assert steps[-1] == (7, 7)
    with pytest.raises(Cancelled):
        worst_place(model, IMAGE, settings, answers=CLEAN, cancelled=lambda: True)


def test_a_watched_model_is_asked_behind_windows_that_leave_the_sticker_open(compute: Compute) -> None:
    # Each look: the picture and 3 windows. The spot is all of the sticker, so every answer follows from what is on it;
    # were it hidden in some window, that answer would stay.
    network = Spots(slice(12, 20), slice(16, 24))
    watched = PatchSettings(patch=8, stride=8, size=64)
    places = watched.windows(32, 40)
    sticker = Window(top=12, left=16, bottom=20, right=24)
    touching = [one for one in places if one.top < 20 and one.bottom > 12 and one.left < 24 and one.right > 16]
    assert any(not one.contains(sticker) for one in touching)
    found = optimise_sticker(
        model_of(network, compute), IMAGE, StickerSettings(size=8, loss="ce", steps=10), x=16, y=12, answers=CLEAN,
        watched=watched, looks=3,
    )  # fmt: skip
    assert set(network.asked) == {4}
    assert found.share > 0.6


def test_random_places_fit_and_follow_from_the_seed() -> None:
    image: Image = IMAGE
    found = [random_place(image, 8, 5, f"patch {number}") for number in range(60)]
    assert found == [random_place(image, 8, 5, f"patch {number}") for number in range(60)]
    assert len(set(found)) > 30
    assert all(0 <= x <= 32 and 0 <= y <= 24 for x, y in found)


def test_settings_out_of_bounds() -> None:
    with pytest.raises(InvalidSetting, match="at least 1 pixel"):
        StickerSettings(size=0)
    with pytest.raises(InvalidSetting, match="steps"):
        StickerSettings(steps=0)
    with pytest.raises(UnknownName):
        StickerSettings(loss="no-such")
