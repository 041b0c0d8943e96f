"""region: what a certificate would cover, in one line."""

from __future__ import annotations

import pytest

from tests.material.commands import refused, run


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    code, (row,), _ = run(capsys, "region", *arguments)
    assert code == 0
    return row


def test_one_amount(capsys: pytest.CaptureFixture[str]) -> None:
    # METHOD, section 12: Rayleigh's interval at tau .75, whatever sigma.
    row = told(capsys, "--family", "gamma-rayleigh", "--sigma", "1", "--tau", "0.75")
    assert row["low"] == {"gamma": pytest.approx(0.6442, abs=1e-4)}
    assert row["high"] == {"gamma": pytest.approx(1.4142, abs=1e-4)}
    assert row["sentence"] == "gamma between 0.645 and 1.41"
    assert row["strength"] is None
    assert "contains" not in row


def test_amounts_together(capsys: pytest.CaptureFixture[str]) -> None:
    # ppf(.75) = .67449: .2 of it for brightness, .25 of it beside.
    start = ["--family", "brightness", "--sigma", "0.25", "--tau", "0.75"]
    row = told(capsys, *start, "--contains", "brightness=0.1,l2=0.1")  # (.1 / .1349)^2 + (.1 / .1686)^2 = .90
    assert row["high"] == {"brightness": pytest.approx(0.134898, abs=1e-6), "l2": pytest.approx(0.168622, abs=1e-6)}
    assert (row["strength"], row["contains"]) == (0.2, True)
    wider = told(capsys, *start, "--strength", "0.1", "--contains", "brightness=0.1,l2=0.1")
    assert (wider["strength"], wider["contains"]) == (0.1, False)


def test_what_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    start = ["region", "--sigma", "0.25", "--tau", "0.75"]
    assert "takes no second" in refused(capsys, *start, "--family", "l2", "--strength", "0.1")
    assert "NAME=VALUE" in refused(capsys, *start, "--family", "l2", "--contains", "l2")
    assert "not by 'fog'" in refused(capsys, *start, "--family", "l2", "--contains", "fog=1")
    assert "unknown perturbation family" in refused(capsys, *start, "--family", "fog")
