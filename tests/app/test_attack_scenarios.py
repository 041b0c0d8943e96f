"""The Attack page's scenarios: shown without any work, taken over by the form, and gone on from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.forms.scenarios import values_of
from app.runs import attack, jobs
from app.runs.attack import AttackOutcome
from app.runs.queue import State
from app.session import state
from engine.papers import SCENARIOS, make_scenario, save_scenario, scenarios
from tests.app.attacking import FIRST, SECOND, bundle_of, forget_scenarios, fought, ledger_of
from tests.app.watching import ended, job_of, open_page, texts
from tests.material.tiny_scenarios import SHAPE


def page(**query: str) -> AppTest:
    return open_page("attack", **query)


def press_attack(test: AppTest) -> AttackOutcome:
    """What comes of the form as it stands, shown by the page."""
    (button,) = [button for button in test.button if button.label == "Attack"]
    button.click().run()
    assert not test.exception, test.exception
    job = job_of(test, "attack")
    assert ended(job).state is State.DONE, job.error
    test.run()
    assert not test.exception, test.exception
    assert isinstance(job.result, AttackOutcome)
    return job.result


def form_of(test: AppTest, scenario: engine.papers.Scenario) -> dict[str, object]:
    """What the fields of a scenario hold."""
    return {key: test.session_state[key] for key in values_of(scenario) if key in test.session_state}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of two small scenarios; not to be changed."""
    folder = tmp_path_factory.mktemp("bundle")
    for scenario in (FIRST, SECOND):
        save_scenario(make_scenario(scenario), folder / scenario.name)
    return folder


@pytest.fixture
def bundle(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A bundle of these two, which a test may spoil."""
    shutil.copytree(made, tmp_path / "bundle")
    bundle_of((FIRST, SECOND), tmp_path / "bundle", monkeypatch)
    yield tmp_path / "bundle"
    forget_scenarios()


@pytest.mark.parametrize("name", list(scenarios))
def test_every_bundled_scenario_is_shown_and_fills_the_form(name: str) -> None:
    """One without files is a sentence, and the form stands."""
    test, scenario = page(scenario=name), scenarios[name]
    assert not test.exception
    assert state._RUNS not in test.session_state or "attack" not in test.session_state[state._RUNS]
    assert form_of(test, scenario) == dict(values_of(scenario))
    assert any(button.label == "Attack" for button in test.button)
    if not (SCENARIOS / name).is_dir():
        assert any(f"the files of {name} cannot be used" in box.value for box in test.error)
        return
    assert scenario.told in texts(test)
    assert len(ledger_of(test).entries) == 2
    view = attack.staged(name).view
    if scenario.kind == "image":
        assert view is not None
        assert [pane.title for pane in view.panes] == ["Attacked image", "Ground truth", "Undefended", "Certified"]
        assert len(test.get("bidi_component")) == 1


@pytest.mark.usefixtures("bundle")
def test_the_first_is_shown_without_any_work_and_the_form_begins_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def worked(*_: object, **__: object) -> None:
        raise AssertionError("a job was begun, or a model was asked")

    monkeypatch.setattr(jobs, "submit", worked)
    monkeypatch.setattr(engine.models, "load_model", worked)
    test = page()
    assert not test.exception
    assert FIRST.told in texts(test)
    assert form_of(test, FIRST) | {"attack_on": "Images", "source": "Samples"} == dict(values_of(FIRST))
    assert dict(test.query_params) == {}
    assert len(ledger_of(test).entries) == 2


@pytest.mark.usefixtures("bundle")
def test_another_is_chosen_and_linked() -> None:
    test = page(steps="50", budget_share="0.5")
    assert test.slider(key="budget_share").value == 0.5  # a link's own
    (pills,) = [group for group in test.button_group if group.key == "scenario"]
    pills.set_value(SECOND.name).run()
    assert not test.exception
    assert SECOND.told in texts(test)
    assert FIRST.told not in texts(test)
    assert form_of(test, SECOND) == dict(values_of(SECOND))
    assert test.query_params["scenario"] == SECOND.name
    linked = page(scenario=SECOND.name)
    assert not linked.exception
    assert form_of(linked, SECOND) == dict(values_of(SECOND))
    assert SECOND.told in texts(linked)


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("hostile", ["", "nope", "<b>x</b>", "../../etc/passwd", "x" * 5000, "Second", "\x00"])
def test_an_address_that_names_none_shows_the_first(hostile: str) -> None:
    test = page(scenario=hostile)
    assert not test.exception
    assert FIRST.told in texts(test)
    assert "scenario" not in test.query_params
    assert form_of(test, FIRST) | {"attack_on": "Images", "source": "Samples"} == dict(values_of(FIRST))


@pytest.mark.parametrize("damage", ["missing", "cut", "answers"])
def test_damaged_files_are_a_sentence_and_the_form_works(damage: str, bundle: Path) -> None:
    files = bundle / FIRST.name
    if damage == "missing":
        shutil.rmtree(files)
    elif damage == "cut":
        (files / "attacked.png").write_bytes((files / "attacked.png").read_bytes()[:99])
    else:
        shutil.copy(bundle / SECOND.name / "record.json", files / "arrays.npz")
    test = page()
    assert not test.exception
    assert any("the files of figure-1 " in box.value for box in test.error)
    outcome = press_attack(test)
    assert outcome.request.clean is None  # there is nothing to go on from
    assert len(ledger_of(test).entries) == 2


@pytest.mark.usefixtures("bundle")
def test_an_attack_goes_on_from_the_certificate_that_is_shown() -> None:
    test, shown = page(), attack.staged(FIRST.name)
    first = press_attack(test)
    assert first.duel.clean is shown.duel.clean
    assert first.duel.clean.settings.seed == FIRST.settings.seed
    assert first.duel.attacked.settings.stream != shown.duel.attacked.settings.stream
    assert first.duel.attacked.settings.stream.startswith("attacked ")
    ledger = ledger_of(test)
    assert (len(ledger.entries), ledger.reused) == (3, 0)  # one clean, two attacked
    test.slider(key="budget_share").set_value(0.5).run()
    second = press_attack(test)
    assert second.duel.clean is shown.duel.clean
    assert len({one.duel.attacked.settings.stream for one in (shown, first, second)}) == 3
    test.number_input(key="attack_tau").set_value(0.65).run()
    other = press_attack(test)
    assert other.duel.clean is not shown.duel.clean
    assert other.duel.clean.settings.seed != FIRST.settings.seed
    ledger = ledger_of(test)
    assert (len(ledger.entries), ledger.reused) == (6, 0)
    assert ledger.alpha == pytest.approx(6 * 0.001)


def test_an_attack_on_a_shape_goes_on_too(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = replace(SHAPE, how=replace(SHAPE.how, steps=10))
    save_scenario(make_scenario(shape), bundle / shape.name)
    bundle_of((FIRST, shape), bundle, monkeypatch)
    test, shown = page(scenario=shape.name), attack.staged(shape.name)
    assert not test.exception
    assert shape.told in texts(test)
    assert form_of(test, shape) == dict(values_of(shape))
    made = press_attack(test)
    assert made.duel.clean is shown.duel.clean
    assert made.request.target == shape.target
    assert made.duel.attacked.settings.stream != shown.duel.attacked.settings.stream
    assert (len(ledger_of(test).entries), ledger_of(test).reused) == (3, 0)


@pytest.mark.usefixtures("bundle")
def test_only_the_same_certificate_is_gone_on_from() -> None:
    last = attack.staged(FIRST.name)
    fresh = replace(last.request.certify, fresh=True, settings=replace(FIRST.settings, seed=0))
    asked = replace(last.request, certify=fresh)
    on = attack.goes_on_from(asked, last)
    assert on.clean is last.duel.clean
    assert on.certify.settings == last.duel.clean.settings
    assert not on.certify.fresh
    assert attack.goes_on_from(asked, None) is asked
    others = [
        replace(asked, certify=replace(fresh, fresh=False)),  # a seed was asked for
        replace(asked, certify=replace(fresh, model="street-noise50")),
        replace(asked, certify=replace(fresh, subject=attack.staged(SECOND.name).request.certify.subject)),
        *(replace(asked, certify=replace(fresh, settings=replace(fresh.settings, **{name: value})))
          for name, value in (("tau", 0.7), ("sigma", 0.3), ("n", 61), ("n0", 11), ("alpha", 0.01), ("size", 128))),
    ]  # fmt: skip
    for other in others:
        assert attack.goes_on_from(other, last) is other


@pytest.mark.usefixtures("bundle")
def test_curves_on_one_certificate_share_no_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attack, "_CURVE_STEPS", 1)
    last = attack.staged(FIRST.name)
    asked = replace(last.request, clean=last.duel.clean)
    curves = [ended(attack.submit_curve(asked)).result for _ in range(2)]
    ledger = engine.certification.Ledger().with_certificate(last.duel.clean, "clean")
    for curve in curves:
        assert isinstance(curve, attack.Curve)
        assert curve.clean is last.duel.clean
        for point in curve.points:
            if point.attacked is not None:
                ledger = ledger.with_certificate(point.attacked, "attacked")
    assert (len(ledger.entries), ledger.reused) == (3, 0)


@pytest.mark.usefixtures("bundle")
def test_a_run_of_ones_own_is_shown_in_place_of_a_scenario_until_one_is_chosen() -> None:
    test = page()
    press_attack(test)
    assert FIRST.told not in texts(test)
    assert set(test.query_params) == {"run"}
    (pills,) = [group for group in test.button_group if group.key == "scenario"]
    pills.set_value(FIRST.name).run()
    assert FIRST.told in texts(test)
    assert "run" not in test.query_params


def test_the_same_request_twice_has_other_noise(bundle: Path) -> None:
    _ = bundle
    last = attack.staged(FIRST.name)
    asked = replace(last.request, clean=last.duel.clean)
    streams = {fought(asked).duel.attacked.settings.stream for _ in range(2)}
    assert len(streams) == 2


@pytest.mark.usefixtures("bundle")
def test_scenarios_are_read_ahead_once(read_ahead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one job that no page waits for, however many pages ask."""
    begun: list[Any] = []

    def submit(work: Any) -> None:
        begun.append(work)
        work(SimpleNamespace(cancel_requested=lambda: False))

    monkeypatch.setattr(jobs, "submit_aside", submit)
    read_ahead.cache_clear()
    read_ahead()
    read_ahead()
    assert len(begun) == 1
    assert attack.staged.cache_info().currsize == 2  # of the bundle
    read_ahead.cache_clear()
