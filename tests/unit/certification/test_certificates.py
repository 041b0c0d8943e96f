"""Certificates: decisions and round trips. Expected decisions are worked out by hand from p-value tables."""

from __future__ import annotations

import io
import json
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import numpy as np
import pytest

from engine.certification import Certificate, Settings
from engine.certification.certificates import decide
from engine.core.errors import InvalidSetting
from engine.inputs import ABSTAIN
from engine.stats import p_value_table

ARRAYS = ("labels", "top", "votes", "hits", "totals")


def test_what_the_coin_model_gets(coin_cert: Certificate) -> None:
    # p = 0.97 against tau = 0.6 with n = 60 is certified, heads with p = 0.35 is not, nor is tails with 0.65 among 384
    # (reaching the cut-off of about 50 hits has a chance of less than 0.001 a pixel).
    assert (coin_cert.labels[:, :12] == 1).all()
    assert (coin_cert.labels[:, 12:] == ABSTAIN).mean() > 0.98
    assert coin_cert.certified_count == int((coin_cert.labels != ABSTAIN).sum())
    assert coin_cert.certified_fraction == coin_cert.certified_count / 384
    assert coin_cert.radius == pytest.approx(0.25 * 0.2533471031357997, rel=1e-12)  # qnorm(0.6)
    assert (coin_cert.votes.sum(axis=0) == 20).all()
    np.testing.assert_array_equal(coin_cert.p_values(), p_value_table(60, 0.6 + coin_cert.misplaced)[coin_cert.hits])
    assert coin_cert.labels.dtype == np.int16
    assert coin_cert.hits.dtype == np.int32


def test_decide_by_hand() -> None:
    # n = 3, tau = 1/2: p = 1, 7/8, 1/2, 1/8, and a trace more, for what the drawn noise may be off by. Four pixels,
    # alpha = 1/2, Bonferroni level 1/8: none passes; at n = 4, with p = 1/16 for four hits, four hits do.
    settings = Settings(n=3, tau=0.5, alpha=0.5, correction="bonferroni", n0=1)
    top, hits = np.array([[4, 5], [6, 7]], dtype=np.uint8), np.array([[3, 2], [1, 3]], dtype=np.int32)
    assert decide(settings, top, hits, 3).cutoff == 4
    settings = replace(settings, n=4)
    made = decide(settings, top, hits + 1, 4)
    assert made.cutoff == 4
    np.testing.assert_array_equal(made.labels, [[4, ABSTAIN], [ABSTAIN, 7]])
    assert made.radius == 0.0


def test_decide_by_hand_with_holm() -> None:
    # n = 4: p = 5/16 for three hits. Three pixels with four: 1/16 <= alpha / 4 takes all three, then 5/16 <= alpha / 1
    # passes for the last.
    settings = Settings(n=4, tau=0.5, alpha=0.5, correction="holm", n0=1)
    made = decide(settings, np.zeros((2, 2), dtype=np.uint8), np.array([[4, 4], [4, 3]], dtype=np.int32), 4)
    assert made.cutoff == 3
    assert (made.labels == 0).all()


@pytest.mark.parametrize(("budget", "cutoff"), [(0, 4), (1, 4), (2, 3), (6, 3), (7, 3), (8, 2)])
def test_decide_by_hand_with_a_budget(budget: int, cutoff: int) -> None:
    # n = 3 as above, alpha = 1/4: levels (b + 1)/16 = 1/16, 1/8, 3/16, 7/16, 1/2, 9/16; those equal to 1/8 and 1/2 no
    # longer admit them, for the trace that is added.
    settings = Settings(n=3, tau=0.5, alpha=0.25, correction="k-single-step", n0=1, budget=budget)
    hits = np.array([[3, 2], [1, 3]], dtype=np.int32)
    assert decide(settings, np.zeros((2, 2), dtype=np.uint8), hits, 3).cutoff == cutoff


def test_nothing_passes_with_too_few_draws() -> None:
    settings = Settings(n=3, tau=0.75, alpha=0.01)
    made = decide(settings, np.zeros((4, 4), dtype=np.uint8), np.full((4, 4), 3, dtype=np.int32), 3)
    assert made.cutoff == 4
    assert (made.labels == ABSTAIN).all()


@pytest.mark.parametrize("through", ["bytes", "path"])
def test_round_trip(coin_cert: Certificate, tmp_path: Path, through: str) -> None:
    coin_cert.save(tmp_path / "c.npz")
    again = Certificate.load(coin_cert.to_bytes() if through == "bytes" else tmp_path / "c.npz")
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(again, name), getattr(coin_cert, name))
        assert getattr(again, name).dtype == getattr(coin_cert, name).dtype
    for field in fields(Certificate):
        if field.name not in ARRAYS:
            assert getattr(again, field.name) == getattr(coin_cert, field.name)


def test_numpy_reads_it_without_pickle(coin_cert: Certificate) -> None:
    with np.load(io.BytesIO(coin_cert.to_bytes()), allow_pickle=False) as stored:
        assert set(stored.files) == {"record", *ARRAYS}
        record = json.loads(str(stored["record"]))
        np.testing.assert_array_equal(stored["hits"], coin_cert.hits)
    assert record["settings"] == coin_cert.settings.as_dict()
    assert record["cutoff"] == coin_cert.cutoff
    assert record["provenance"]["input_sha256"] == coin_cert.provenance.input_sha256


def test_provenance_says_where_it_comes_from(coin_cert: Certificate) -> None:
    made = coin_cert.provenance
    assert made.model == "toy-coin"
    assert made.classes == ("tails", "heads")
    assert made.source_size == (24, 16)
    assert (made.device, made.precision) == ("cpu", "fp32")
    assert {"certiscope", "python", "torch", "numpy"} <= set(made.versions)
    assert made.seconds_sampling > 0
    assert made.created.endswith("+00:00")


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("loaded", [False, True])
def test_arrays_are_read_only(coin_cert: Certificate, name: str, loaded: bool) -> None:
    certificate = Certificate.load(coin_cert.to_bytes()) if loaded else coin_cert
    with pytest.raises(ValueError, match="read-only"):
        getattr(certificate, name)[...] = 0


def test_frozen(coin_cert: Certificate) -> None:
    with pytest.raises(FrozenInstanceError):
        coin_cert.cutoff = 0  # type: ignore[misc]


def test_an_image_has_no_certificate_against_rotations(coin_cert: Certificate) -> None:
    assert coin_cert.kind == "image"
    with pytest.raises(InvalidSetting, match="family so3 perturbs point clouds, not images"):
        replace(coin_cert, settings=replace(coin_cert.settings, family="so3"))
