"""A selection at a false discovery rate on the page and in what is taken away: no radius, and never "certified"."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.runs import certify as run
from app.runs.requests import Outcome, Request
from app.views.report import picture_report, record
from tests.app.balls import made, outcome_of
from tests.app.watching import ended, job_of, open_page

HOLDS = {"mode": "fixed", "size": "64", "n0": "4", "n": "80"}
SELECTS = {**HOLDS, "correction": "fdr-by"}
TOLD = re.compile(r"certified|certificate\.npz|radius|\bR\b", re.IGNORECASE)


def shown(test: AppTest) -> set[str]:
    """All that can be read on a page, but for the account of all runs."""
    assert not test.exception
    kinds = ("markdown", "caption", "success", "info", "warning", "subheader", "html", "button", "download_button")
    found = [element for kind in kinds for element in test.get(kind)]
    found += [element for metric in test.metric for element in (metric.label, metric.value)]
    found += [column for table in test.dataframe if "Pixels" in table.value for column in table.value.columns]
    return {str(getattr(element, "value", None) or getattr(element, "proto", element)) for element in found}


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Titles and names of what can be downloaded from a result."""
    found: list[str] = []
    monkeypatch.setattr(
        "app.views.result.show_downloads",
        lambda offered: found.extend(word for title, (name, *_) in offered.items() for word in (title, name)),
    )
    return found


def results(**query: str) -> str:
    """What a run adds to the page."""
    test = open_page("certify", **query)
    before = shown(test)
    next(button for button in test.button if button.label == "Certify").click().run()
    ended(job_of(test, "certify"))
    return "\n".join(shown(test.run()) - before)


def told_of(text: str) -> str:
    """Less what says that it is none, styles and pictures."""
    return re.sub(r'No robustness certificate|No certificate|border-radius|data:image/png;base64,[^"]*', "", text)


def test_the_page_of_a_selection(files: list[str]) -> None:
    told = results(**SELECTS)
    for word in ("Selection for", "Selected", "verify selection.npz", "What this selection means"):
        assert word in told
    assert files[:4] == ["Selection", "selection.npz", "Selected picture", "selected.png"]
    assert not TOLD.search(told_of(told)), TOLD.search(told)


def test_the_same_words_are_found_of_a_certificate(files: list[str]) -> None:
    """So the test above looks where they would be."""
    told = results(**HOLDS)
    for word in ("Certificate for", "Certified", "Smallest radius", "verify certificate.npz", "What the radius means"):
        assert word in told
    assert files[:4] == ["Certificate", "certificate.npz", "Certified picture", "certified.png"]


def test_no_radius_is_told_before_the_run() -> None:
    metrics = {metric.label: metric.value for metric in open_page("certify", **SELECTS).metric}
    assert metrics["Radius"] == "–"
    assert not any("R =" in label for label in metrics)


@pytest.mark.parametrize("family", ["l2", "so3"])
def test_the_record_of_a_shape(compute: engine.core.Compute, family: str) -> None:
    selection = made(compute, correction="fdr-by", family=family, sigma=0.1)
    told = json.loads(record(outcome_of(selection), selection))
    assert told["certificate"] is False
    assert told["selected"] == selection.selected_count > 0
    assert sum(row["selected"] for row in told["parts"]) == told["selected"]
    assert not TOLD.search(told_of(json.dumps(told)))
    holds = made(compute, family=family, sigma=0.1)
    told = json.loads(record(outcome_of(holds), holds))
    assert (told["certificate"], told["radius"], told["certified"]) == (True, holds.radius, holds.certified_count)
    assert ("angle_published_not_proved" in told) == (family == "so3")


def test_the_report_of_an_image(street_image: engine.inputs.Image) -> None:
    settings = engine.Settings(sigma=0.02, tau=0.6, n0=3, n=40, alpha=0.2, correction="fdr-by", size=64)
    request = Request(
        name="it", model="street-noise25", subject=street_image, truth=None, settings=settings,
        stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip
    outcome = ended(run.submit(request, page="certify")).result
    assert isinstance(outcome, Outcome)
    page = picture_report(outcome, outcome.certificate).decode()
    assert "verify selection.npz" in page
    assert not TOLD.search(told_of(page))
