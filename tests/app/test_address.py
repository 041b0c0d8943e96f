"""Addresses: numbers that no field can take are left out with a remark; each page keeps its own parameters and run."""

from __future__ import annotations

import threading

import pytest
from streamlit.testing.v1 import AppTest

from app.runs.queue import Job
from app.session import address
from app.words.numbers import plain
from tests.app.watching import ended, open_page, texts, work_of
from tests.material.tiny_models import publish_part_model

BAD = ["inf", "-Infinity", "1e400", "nan", "NaN", "9007199254740992", "1e300", "twelve"]

# Every number field with a place in the URL, by page, with what else the address must say for it to be there.
WHOLE = [
    ("certify", "n", {}), ("certify", "n0", {}), ("certify", "size", {}), ("certify", "seed", {}),
    ("certify", "patience", {}), ("certify", "scene", {"source": "Render"}), ("patch", "patch_stride", {}),
]  # fmt: skip
BROKEN = [
    ("certify", "sigma", {}), ("certify", "tau", {}), ("certify", "alpha", {}), ("certify", "target", {}),
    ("certify", "budget", {"mode": "fixed", "correction": "k-step-down"}),
    ("attack", "budget_share", {}), ("denoise", "denoise_sigma", {}), ("patch", "patch_size", {}),
    ("rotation", "rotation_sigma", {}), ("rotation", "rotation_tau", {}),
]  # fmt: skip
OF_SHAPES = [
    ("cloud", "shape_n", {}), ("cloud", "shape_n0", {}), ("cloud", "shape_points", {}), ("cloud", "shape_seed", {}),
    ("cloud", "shape", {}), ("cloud", "shape_tau", {}), ("cloud", "shape_alpha", {}), ("cloud", "sigma_so3", {}),
    ("attack", "shape_budget_share", {"attack_on": "Shapes"}), ("attack", "shape_n", {"attack_on": "Shapes"}),
]  # fmt: skip


def left_out(test: AppTest, asked: str) -> bool:
    return any(f"asks for “{plain(asked)}” here" in text.value for text in test.caption)


@pytest.mark.parametrize(("screen", "key", "more"), [*WHOLE, *BROKEN], ids=lambda value: str(value))
@pytest.mark.parametrize("asked", ["inf", "1e400"])
def test_no_field_takes_what_is_no_number(screen: str, key: str, more: dict[str, str], asked: str) -> None:
    test = open_page(screen, **{key: asked}, **more)
    assert not test.exception
    assert left_out(test, asked)
    assert key not in test.query_params


@pytest.mark.usefixtures("copied_assets")
@pytest.mark.parametrize(("screen", "key", "more"), OF_SHAPES, ids=lambda value: str(value))
def test_no_field_of_shapes_takes_it(screen: str, key: str, more: dict[str, str], copied_assets) -> None:
    publish_part_model(copied_assets)
    test = open_page(screen, **{key: "inf"}, **more)
    assert not test.exception
    assert left_out(test, "inf")


@pytest.mark.parametrize("asked", [*BAD, "80.5"])
def test_what_a_whole_number_is_not(asked: str) -> None:
    test = open_page("certify", n=asked)
    assert not test.exception
    assert left_out(test, asked)
    assert test.number_input(key="n").value == 200  # the page's own
    test.number_input(key="n").set_value(90).run()
    assert not left_out(test, asked)  # a person has decided


def test_good_numbers_are_taken_without_a_word() -> None:
    test = open_page("certify", n="90", sigma="0.5", seed="")
    assert (test.number_input(key="n").value, test.number_input(key="sigma").value) == (90, 0.5)
    assert "asks for" not in texts(test)


def held_up() -> tuple[Job, threading.Event]:
    """A run of the Attack page that is under way until the event is set."""
    go = threading.Event()
    return work_of("attack", lambda _: go.wait(60)), go


def test_a_run_by_link_is_found_again_when_the_page_was_left() -> None:
    """Leaving a page empties the address; the session still knows the run, though another one began it."""
    job, go = held_up()
    try:
        test = open_page("attack", run=job.id)
        assert any(button.label == "Cancel" for button in test.button)
        test.query_params.clear()
        test.run()
        assert any(button.label == "Cancel" for button in test.button)
        assert job.id in test.query_params["run"]
    finally:
        go.set()
        ended(job)


def test_another_page_s_run_is_no_run_of_this_one() -> None:
    """Even under way, when nobody knows yet what it will result in."""
    job, go = held_up()
    try:
        test = open_page("denoise", run=job.id)
        assert not any(button.label == "Cancel" for button in test.button)
        assert "run" not in test.query_params
        assert "no longer on this server" not in texts(test)  # it is: on its own page
    finally:
        go.set()
        ended(job)


def test_a_page_drops_what_others_wrote_and_keeps_what_it_does_not_know() -> None:
    test = open_page("certify", run="of-the-attack", victim="smoothed", family="so3", lesson="plane", theirs="1")
    assert not test.exception
    assert not {"run", "victim", "family", "lesson"} & set(test.query_params)
    assert "theirs" in test.query_params


def test_parameters_are_listed_for_every_page_that_has_a_run() -> None:
    assert {page for page, names in address._OURS.items() if {"run", "job"} & names} == {
        "certify", "cloud", "attack", "denoise", "changes", "experiments", "rotation",
    }  # fmt: skip
