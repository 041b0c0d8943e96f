"""Checks a certificate against patches by computing all of it again."""

import numpy as np
import torch

from engine.core.device import choose_compute
from engine.core.errors import EngineError, InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.verification import Check, Verification
from engine.inputs.subject import Image
from engine.models.catalogue import load_model, runs_code
from engine.models.recorded import weights_check
from engine.patches.answers import answers_of
from engine.patches.certificates import PatchCertificate

_TRUSTED = ("versions, times and date are only recorded",)


def verify_patches(
    certificate: PatchCertificate,
    *,
    image: Image | None,
    trust_models: bool = False,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Verification:
    """Check the weights and the picture, and compute every answer again, on the recorded device and precision.

    There is no chance in it: every answer and every count must agree. On other threads or with other libraries the last
    digits of a network may differ, and with them a few answers; the sentence says so. A configured model whose file
    runs code is not loaded, unless `trust_models`. Raises InvalidSetting without the picture.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> settings = engine.patches.PatchSettings(patch=8, stride=16)
    >>> certificate = engine.patches.certify_patches(engine.load_model("street-clean"), image, settings)
    >>> verify_patches(certificate, image=image).passed
    True
    """
    if image is None:
        raise InvalidSetting("a certificate against patches is checked by computing it again: give the picture as well")
    recorded = certificate.provenance
    checks = [weights_check(recorded.model, recorded.weights_sha256, recorded.classes)]
    if checks[0].passed and not trust_models and runs_code(recorded.model):
        raise InvalidSetting(
            f"computing again would run the code in the file of {recorded.model}; say that you trust it "
            "(--trust-models)"
        )
    checks.append(_input(certificate, image))
    if all(check.passed for check in checks):
        checks.append(_again(certificate, image, progress, cancelled))
    else:
        detail = "not computed again, since an earlier check failed"
        checks.append(Check(name="answers", passed=False, detail=detail))
    return Verification(checks=tuple(checks), on_trust=_TRUSTED, certificate=True)


def _input(certificate: PatchCertificate, image: Image) -> Check:
    recorded = certificate.provenance
    if image.sha256 != recorded.input_sha256 or image.shape != certificate.answers.shape:
        return Check(name="input", passed=False, detail="this is not the image that it was made of")
    same = image.source_sha256 == recorded.source_sha256 and image.source_size == recorded.source_size
    detail = "the image is the one it was made of" if same else "the working image is right, but the source is not"
    return Check(name="input", passed=same, detail=detail)


def _again(certificate: PatchCertificate, image: Image, progress: Progress, cancelled: Cancel) -> Check:
    recorded = certificate.provenance
    try:
        compute = choose_compute(recorded.device, recorded.precision)
    except EngineError as error:
        return Check(name="answers", passed=False, detail=f"it cannot be computed again here ({error})")
    model = load_model(recorded.model, compute)
    again = answers_of(model, image, certificate.settings, progress=progress, cancelled=cancelled)
    moved = (again.plain != certificate.answers) | (again.against != certificate.against)
    different = int(np.count_nonzero(moved))
    if not different:
        return Check(
            name="answers",
            passed=True,
            detail=f"the answers at all {moved.size:,} pixels agree, {certificate.passes} windows each",
        )
    threads = f"{recorded.threads} threads and torch {recorded.versions.get('torch', 'unknown')}"
    here = f"{torch.get_num_threads()} and {torch.__version__}"
    detail = f"answers at {different:,} of {moved.size:,} pixels differ; made with {threads}, checked with {here}"
    return Check(name="answers", passed=False, detail=detail)
