"""No page runs what certifies nothing, and none is proud of a result that promises nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.runs import attack, certify, rotate
from app.runs.prepare import prepare, with_useful_n
from app.runs.queue import State
from app.runs.requests import Choice, Chosen, Look, Request
from app.views.report import picture_report
from app.words.draws import raised
from tests.app.balls import made, outcome_of
from tests.app.watching import ended, job_of, open_page, texts
from tests.material.pictures import coin_certificate
from tests.material.tiny_models import publish_part_model

GREEN, NEUTRAL = "guarantee", "guarantee empty"


def _button(test: AppTest, start: str) -> str:
    (label,) = [button.label for button in test.button if button.label.startswith(start)]
    return str(label)


@pytest.mark.parametrize("mode", ["fixed", "anytime", "explore", "free"])
@pytest.mark.parametrize("tau", [0.5, 0.75, 0.9, 0.99])
def test_n_is_raised_where_it_is_of_no_use_and_only_there(mode: str, tau: float) -> None:
    correction = "bonferroni" if mode in ("explore", "free") else "holm"
    asked = engine.Settings(mode=mode, correction=correction, tau=tau, n=100, seed=5, stream="example 1")
    least = asked.smallest_useful_n(76_800)
    useful = with_useful_n(asked, 76_800)
    assert useful == (asked if least <= 100 else replace(asked, n=asked.useful_n(76_800)))
    assert useful.n >= least
    for n in (least, least + 1):
        enough = replace(asked, n=n)
        assert with_useful_n(enough, 76_800) is enough


def test_whatever_a_page_prepares_can_certify(street_png: bytes) -> None:
    chosen = Chosen(kind="image", name="it.png", data=street_png)
    for n, told in ((5, 5), (300, 0)):
        choice = Choice(
            values=engine.Settings(tau=0.9, n=n, size=64), stop=engine.certification.StopRule(), fresh_seed=True
        )
        request = prepare(chosen, "street-noise25", choice)
        engine.certification.check_useful(request.settings, 64 * 48)
        assert (request.chosen_n, request.settings.n == n) == (told, not told)
    hopeless = replace(choice, values=replace(choice.values, tau=1 - 1e-9))
    with pytest.raises(engine.EngineError, match="choose a smaller tau"):
        prepare(chosen, "street-noise25", hopeless)


def test_certify_raises_n_says_so_and_runs_it() -> None:
    test = open_page("certify", mode="fixed", tau="0.9", n="100", n0="4", size="64")
    assert not test.exception
    (told,) = [box.value for box in test.info if "n raised" in box.value]
    # 64 x 48 pixels: ln(0.001 / 3072) / ln(0.9) = 141.8
    assert "n raised from 100 to 240: with fewer than 142 draws nothing can be certified at τ = 0.9" in told
    next(button for button in test.button if button.label == "Certify").click().run()
    job = ended(job_of(test, "certify"))
    assert job.state is State.DONE
    assert job.result.certificate.draws == 240
    test.run()
    assert not any("belongs to the settings" in box.value for box in test.warning)  # it is what the page asks for
    test.number_input(key="n").set_value(300).run()
    assert not any("n raised" in box.value for box in test.info)


def test_denoise_raises_n_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = engine.Settings
    monkeypatch.setattr(engine, "Settings", lambda **given: settings(**{"tau": 0.9, **given}))
    test = open_page("denoise")
    assert not test.exception
    assert any("n raised from 100 to 300" in box.value for box in test.info)
    assert _button(test, "Certify both") == "Certify both with n = 300"


@pytest.mark.parametrize(("tau", "most"), [(0.75, 100), (0.9, 230), (0.95, 470)])
def test_rotation_takes_draws_that_are_worth_it(tau: float, most: int, copied_assets: Path) -> None:
    publish_part_model(copied_assets)
    n = rotate.settings_for(0.25, tau).n
    assert n == pytest.approx(most, abs=10)
    test = open_page("rotation", rotation_shape="Cup", rotation_sigma="0.25", rotation_tau=str(tau))
    assert _button(test, "Certify this") == f"Certify this shape with n = {n}"


def test_rotation_certifies_no_angle_of_0(copied_assets: Path) -> None:
    publish_part_model(copied_assets)
    test = open_page("rotation", rotation_shape="Cup", rotation_sigma="0.25", rotation_tau="0.5")
    assert not test.exception
    assert not test.button
    assert "With τ = 0.5 no certificate could promise anything: choose a larger τ." in texts(test)


def test_attack_gets_an_n_that_certifies(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[attack.AttackRequest] = []

    def submit(request: attack.AttackRequest) -> None:
        asked.append(request)
        raise engine.core.InvalidSetting("enough seen")

    monkeypatch.setattr(attack, "submit", submit)
    test = open_page("attack")
    test.number_input(key="attack_n").set_value(10).run()
    next(button for button in test.button if button.label == "Attack").click().run()
    (request,) = asked
    assert request.certify.chosen_n == 10
    wanted = engine.papers.scenarios["figure-1"].settings
    assert request.certify.settings.tau == wanted.tau == 0.95
    assert request.certify.settings.n == wanted.useful_n(76_800)
    told = raised(request.certify.settings, request.certify.subject.components, 10)
    # 320 x 240 pixels: ln(0.001 / 76800) / ln(0.95) = 353.99, and a draw for what rounding may misplace
    assert told.startswith(f"n raised from 10 to {request.certify.settings.n}: with fewer than 355 draws nothing")


def _empty(certificate: engine.Certificate) -> engine.Certificate:
    return replace(certificate, labels=np.full_like(certificate.labels, engine.inputs.ABSTAIN))


@pytest.mark.parametrize("kind", ["image", "cloud"])
@pytest.mark.parametrize("whose", ["", "SegCertify"])
@pytest.mark.parametrize("empty", [True, False], ids=["nothing", "something"])
def test_a_verdict_is_green_only_if_something_is_promised(
    kind: str, whose: str, empty: bool, compute: engine.core.Compute
) -> None:
    certificate = coin_certificate(compute) if kind == "image" else made(compute, family="so3", sigma=0.05)
    box = AppTest.from_function(_verdict, args=(_empty(certificate) if empty else certificate, whose)).run()
    assert not box.exception
    shown, other = (box.info, box.success) if empty else (box.success, box.info)
    assert len(shown) == 1
    assert not other
    assert not box.warning
    assert ("Nothing is certified" in shown[0].value) == empty


def _verdict(certificate: object, whose: str) -> None:
    from app.views.verdict import show_guarantee

    show_guarantee(certificate, of=whose)  # type: ignore[arg-type]


def test_a_page_with_a_result_of_nothing_has_no_green_box(street_image: engine.inputs.Image) -> None:
    few = Request(
        name="it", model="street-noise25", subject=street_image, truth=None, settings=engine.Settings(n0=2, n=3),
        stop=engine.certification.StopRule(), fresh=True,
    )  # fmt: skip
    job = ended(certify.submit(few, page="certify"))
    test = open_page("certify", job=job.id)
    assert not test.exception
    assert not test.success
    assert any("Nothing is certified" in box.value for box in test.info)


@pytest.mark.parametrize("empty", [True, False], ids=["nothing", "something"])
def test_a_report_of_nothing_is_neutral_and_tells_of_no_budget(empty: bool, compute: engine.core.Compute) -> None:
    certificate = coin_certificate(compute)
    page = picture_report(outcome_of(certificate), _empty(certificate) if empty else certificate).decode()
    assert f'<p class="{NEUTRAL if empty else GREEN}">' in page
    assert ("A budget of" in page) != empty
    assert ("Nothing is certified" in page) == empty


def test_a_run_under_way_does_not_call_nothing_a_certificate(compute: engine.core.Compute) -> None:
    certificate = coin_certificate(compute, mode="anytime")
    outcome, none = outcome_of(certificate), np.zeros_like(certificate.hits)
    for hits, told in ((none, "nothing is certified yet"), (certificate.hits, "a certificate already")):
        view = engine.certification.LiveView(
            settings=certificate.settings, provenance=certificate.provenance, top=certificate.top, hits=hits, draws=60
        )
        look = Look(view=view, space=outcome.space, name="it", subject=outcome.request.subject)
        box = AppTest.from_function(_under_way, args=(look,)).run()
        assert not box.exception
        assert any(told in caption.value for caption in box.caption)


def _under_way(look: object) -> None:
    from app.views.running import _so_far

    _so_far(look, "job")  # type: ignore[arg-type]
