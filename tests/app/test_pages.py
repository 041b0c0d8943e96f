"""The pages as scripts, without a browser: they run clean with defaults and with whatever stands in a URL."""

from __future__ import annotations

import pytest

import engine
from app.runs.queue import State
from app.words.numbers import measured, share
from tests.app.watching import SCREENS, ended, job_of, open_page


def test_every_screen_runs_clean() -> None:
    names = sorted(path.stem for path in SCREENS.glob("*.py") if path.stem != "__init__")
    assert {"home", "certify"} <= set(names)
    for name in names:
        if name == "home":  # its page link needs the page table of main.py, which the browser tests start
            continue
        assert not open_page(name).exception, name


def test_radius_and_smallest_n_are_shown_before_the_run() -> None:
    # sigma * ppf(tau) = 0.25 * 0.6744898 = 0.1686; ln(0.001 / 76800) / ln(0.75) = 63.2 -> 64 draws.
    metrics = {metric.label: metric.value for metric in open_page("certify", mode="fixed").metric}
    assert metrics["Radius R = σ·ppf(τ)"] == "0.168"  # 0.16862 rounded down
    assert metrics["Smallest useful n"] == "64"
    assert metrics["Pixels"] == "76,800"


@pytest.mark.parametrize(
    "query",
    [
        {"tau": "0.2"},
        {"tau": "nan"},
        {"sigma": "-1"},
        {"n": "999999999999999999999"},
        {"size": "1e9"},
        {"alpha": "0"},
        {"seed": "-5"},
        {"correction": "<script>"},
        {"model": "../../etc/passwd"},
        {"sample": "nope"},
        {"source": "Nowhere"},
        {"source": ""},
        {"mode": "never"},
        {"mode": ""},
        {"mode": "free", "bound": "holm"},
        {"mode": "anytime", "correction": "fdr-bh"},
        {"patience": "-1"},
        {"target": "nan"},
        {"mode": "fixed", "correction": "k-step-down", "budget": "1.5"},
        {"scene": "-1", "source": "Render"},
        {"photo": "../secret", "source": "Photographs"},
        {"split": "..", "item": "..", "source": "Dataset"},
        {"job": "not-a-job"},
    ],
    ids=str,
)
def test_hostile_urls_never_break_the_page(query: dict[str, str]) -> None:
    assert not open_page("certify", **query).exception


def test_tau_outside_its_bound_is_explained_and_cannot_run() -> None:
    test = open_page("certify")
    test.number_input(key="tau").set_value(1.0).run()
    assert any("tau must lie in [0.5, 1)" in error.value for error in test.error)
    (button,) = [button for button in test.button if button.label == "Certify"]
    assert button.disabled


def test_run_to_a_result_with_ground_truth() -> None:
    test = open_page("certify", size="128", n0="4", n="80")
    (button,) = [button for button in test.button if button.label == "Certify"]
    button.click().run()
    job = ended(job_of(test, "certify"))
    assert job.state is State.DONE
    test.run()
    metrics = {metric.label: metric.value for metric in test.metric}
    certificate = job.result.certificate
    assert metrics["Certified"] == share(certificate.certified_count, certificate.labels.size)
    scores = engine.evaluation.score(certificate.labels, job.result.request.truth, 11)
    assert metrics["Certified and correct"] == measured(scores.accuracy)
    assert any(block.value.startswith("street-noise25, ") for block in test.caption)
    assert not test.exception


@pytest.mark.parametrize(
    ("screen", "query"),
    [("certify", "job"), ("attack", "run"), ("denoise", "run"), ("experiments", "run")],
)
def test_a_run_that_is_gone_is_said_to_be(screen: str, query: str) -> None:
    test = open_page(screen, **{query: "of-another-server"})
    assert not test.exception
    assert any("no longer on this server" in box.value for box in test.info)
    assert query not in test.query_params
    assert not any("no longer on this server" in box.value for box in test.run().info)  # said once
