"""The Experiments page as a script: bundled charts at once, recomputing, cancelling, downloads, hostile URLs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.pictures.experiments import chart
from app.runs.queue import Job, State
from app.views.experiments import points_csv
from app.views.render import render
from tests.app.watching import ended, job_of, open_page

BUNDLED = Path(__file__).resolve().parents[2] / "assets" / "experiments"


def page(**query: str) -> AppTest:
    return open_page("experiments", **query)


def press(test: AppTest, label: str) -> None:
    (button,) = [button for button in test.button if button.label == label]
    button.click().run()


def findings(test: AppTest) -> str:
    (table,) = [block.proto.body for block in test.get("html") if "Published and measured" in block.proto.body]
    return str(table)


def bundled(name: str) -> engine.papers.ExperimentResult:
    return engine.papers.ExperimentResult.from_dict(json.loads((BUNDLED / f"{name}.json").read_text()))


def wait(test: AppTest) -> Job:
    job = ended(job_of(test, "experiments"))
    test.run()
    return job


@pytest.mark.parametrize("name", sorted(engine.papers.experiments))
def test_every_experiment_shows_its_bundled_result(name: str) -> None:
    entry = engine.papers.experiments[name]
    test = page(experiment=entry.label)
    assert not test.exception
    assert test.header[0].value == entry.title
    assert len(test.get("plotly_chart")) == 1
    assert any(f"python -m engine experiments {name} --seed 0" in caption.value for caption in test.caption)
    assert findings(test).count("<tr") == 1 + len(bundled(name).findings)


def test_recomputing_replaces_the_bundled_result_and_stays() -> None:
    test = page(experiment="Fig. 2a")
    test.number_input(key="experiment_seed").set_value(7).run()
    press(test, "Recompute here")
    job = wait(test)
    assert job.state is State.DONE
    assert (job.result.name, job.result.seed, job.result.quality) == ("figure-2a", 7, engine.papers.Quality.DRAFT)
    said = [caption.value for caption in test.caption]
    assert any("Recomputed on this server" in text and "--seed 7 --quality draft" in text for text in said)
    assert job.id in test.query_params["run"]
    test.segmented_control(key="experiment").set_value("Fig. 6a").run()
    assert any("Comes with Certiscope" in caption.value for caption in test.caption)
    test.segmented_control(key="experiment").set_value("Fig. 2a").run()
    assert any("Recomputed on this server" in caption.value for caption in test.caption)
    assert not test.exception


def test_cancelling_keeps_the_chart() -> None:
    test = page(experiment="Which draws?")
    test.segmented_control(key="repetitions").set_value(600).run()
    press(test, "Recompute here")
    press(test, "Cancel")
    assert wait(test).state is State.CANCELLED
    assert any("was cancelled" in info.value for info in test.info)
    assert any("Comes with Certiscope" in caption.value for caption in test.caption)
    assert not test.exception


def test_a_failed_recomputation_is_told_and_keeps_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> engine.papers.ExperimentResult:
        raise engine.core.InvalidSetting("no draws are left")

    failing = {name: replace(entry, run=fail) for name, entry in engine.papers.experiments.items()}
    monkeypatch.setattr(engine.papers, "experiments", failing)
    test = page(experiment="Fig. 2a")
    press(test, "Recompute here")
    assert wait(test).state is State.FAILED
    assert [error.value for error in test.error] == ["The recomputation was stopped: no draws are left."]
    assert any("Comes with Certiscope" in caption.value for caption in test.caption)
    assert not test.exception


@pytest.mark.parametrize(
    "query", [{"experiment": "<script>"}, {"experiment": "../x"}, {"run": "not-a-job"}, {"experiment": ""}], ids=str
)
def test_hostile_urls_show_the_first_experiment(query: dict[str, str]) -> None:
    test = page(**query)
    assert not test.exception
    assert test.header[0].value == engine.papers.experiments["figure-2a"].title


@pytest.mark.parametrize("name", sorted(engine.papers.experiments))
def test_the_csv_holds_every_point(name: str) -> None:
    result = bundled(name)
    rows = list(csv.reader(io.StringIO(points_csv(result))))
    assert rows[0] == ["series", "N" if result.x_log else "gamma", "mean", "drawn"]
    assert len(rows) == 1 + sum(series.x.size for series in result.series)
    first = result.series[0]
    assert [float(cell) for cell in rows[1][1:]] == pytest.approx([first.x[0], first.raw[0], first.y[0]])


@pytest.mark.parametrize("name", sorted(engine.papers.experiments))
def test_charts_name_their_axes_and_curves(name: str) -> None:
    entry, result = engine.papers.experiments[name], bundled(name)
    figure = chart(entry, result)
    assert [trace.name for trace in figure.data] == [series.name for series in result.series]
    assert figure.layout.xaxis.title.text == result.x_label
    assert figure.layout.yaxis.title.text == result.y_label
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == len(figure.data)
    assert len({trace.line.dash for trace in figure.data}) == len(figure.data)  # told apart without colours too


def test_findings_are_escaped() -> None:
    row = engine.papers.Finding(statement="<b>", published="a & b", measured="<script>", holds=False)
    shown = render("findings", findings=[row])
    assert "<script>" not in shown
    assert "&lt;b&gt;" in shown
