"""The Denoise page as a script: three pictures of a draw, two certificates, hostile choices."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import engine
from app.runs import certify, compare
from app.runs.compare import Comparison
from app.runs.requests import Request
from tests.app.watching import ended, open_page, texts
from tests.material.pictures import plain_image


def page(**query: str) -> AppTest:
    return open_page("denoise", **query)


@pytest.fixture(scope="module")
def request_of(street_image: engine.inputs.Image) -> Request:
    return Request(
        name="tiny", model="street-clean", subject=street_image, truth=None,
        settings=engine.Settings(n0=3, n=20, seed=7), stop=engine.certification.StopRule(), fresh=False,
    )  # fmt: skip


def test_a_draw_before_and_after(street_image: engine.inputs.Image) -> None:
    test = page()
    assert not test.exception
    assert test.selectbox(key="segmenter").value == "street-clean"
    assert test.selectbox(key="denoiser").value == "single"
    assert "t\\* = 259" in texts(test)  # sigma 0.5: METHOD section 7's rule, checked in tests/unit/test_diffusion.py
    test.slider(key="denoise_sigma").set_value(0.25).run()
    assert "t\\* = 145" in texts(test)
    shown = compare.preview("street-clean+single", street_image, sigma=0.25, seed=0)
    assert shown.denoising.psnr_noisy == pytest.approx(12.04, abs=0.15)  # -20 log10(0.25), on 9,216 values
    assert shown.denoising.psnr_clean > shown.denoising.psnr_noisy + 5
    np.testing.assert_array_equal(
        shown.on_image, engine.certification.base_prediction(engine.load_model("street-clean"), street_image)
    )


def test_two_certificates_each_with_noise_of_its_own(request_of: Request) -> None:
    names = ("street-clean", "street-clean+single")
    job = compare.submit(request_of, names)
    ended(job)
    assert isinstance(job.result, Comparison)
    assert [outcome.request.model for outcome in job.result.outcomes] == list(names)
    assert [outcome.certificate.settings.stream for outcome in job.result.outcomes] == ["model 0", "model 1"]
    for name, outcome in zip(names, job.result.outcomes, strict=True):
        alone = engine.certify(engine.load_model(name), request_of.subject, outcome.certificate.settings)
        np.testing.assert_array_equal(outcome.certificate.hits, alone.hits)
        np.testing.assert_array_equal(outcome.certificate.labels, alone.labels)
    assert (job.done, job.total) == (46, 46)


def test_the_page_shows_both_and_enters_them_in_the_ledger(request_of: Request) -> None:
    job = compare.submit(request_of, ("street-clean", "street-clean+single"))
    ended(job)
    test = page(run=job.id)
    assert not test.exception
    assert not test.success  # twenty draws certify none of 3,072 pixels: no green box may say so
    assert ["SegCertify.**" in test.info[0].value, "DenoiseCertify.**" in test.info[1].value] == [True, True]
    assert all("Nothing is certified" in box.value for box in test.info)
    assert any("2 runs seen" in expander.label for expander in test.expander)


def test_another_pages_run_is_not_taken_for_a_comparison(request_of: Request) -> None:
    job = certify.submit(request_of, page="certify")
    ended(job)
    test = page(run=job.id)
    assert not test.exception
    assert not test.success


def test_too_much_work_is_refused() -> None:
    huge = Request(
        name="huge", model="street-clean", subject=plain_image(320, 320), truth=None,
        settings=engine.Settings(n=100_000), stop=engine.certification.StopRule(), fresh=True,
    )  # fmt: skip
    with pytest.raises(engine.core.InvalidSetting, match="more than one run here may take"):
        compare.submit(huge, ("street-clean", "street-clean+single"))


def test_unknown_names_in_the_url_do_not_crash() -> None:
    test = page(segmenter="no-such", denoiser="<script>", denoise_sigma="99", run="nothing")
    assert not test.exception
