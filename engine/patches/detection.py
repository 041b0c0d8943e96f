"""Detection: certify a picture against patches, watch one that may hold a patch, and judge what came of it."""

import platform
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import torch

from engine.core.errors import InvalidInput, InvalidSetting
from engine.core.progress import Cancel, Progress, never, unheard
from engine.core.version import VERSION
from engine.inputs.subject import Image
from engine.models.base import BaseModel
from engine.patches.answers import Answers, answers_of
from engine.patches.certificates import PatchCertificate, PatchProvenance
from engine.patches.settings import PatchSettings
from engine.patches.windows import Window


def certify_patches(
    model: BaseModel,
    image: Image,
    settings: PatchSettings,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> PatchCertificate:
    """Certify every pixel of a working picture; what that promises is said at `PatchCertificate`.

    Raises InvalidSetting, NotCertifiable, Cancelled as `answers_of`.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> certificate = certify_patches(engine.load_model("street-clean"), image, PatchSettings(patch=8, stride=16))
    >>> certificate.passes, certificate.certified.shape
    (12, (48, 64))
    """
    began = time.perf_counter()
    found = answers_of(model, image, settings, progress=progress, cancelled=cancelled)
    for array in (found.plain, found.against):
        array.setflags(write=False)
    provenance = PatchProvenance(
        model=model.info.name,
        weights_sha256=model.info.weights_sha256,
        classes=model.info.labels.classes,
        input_sha256=image.sha256,
        source_sha256=image.source_sha256,
        source_size=image.source_size,
        device=model.compute.device.type,
        precision=model.compute.precision,
        threads=torch.get_num_threads(),
        versions={
            "certiscope": VERSION, "torch": torch.__version__, "numpy": np.__version__,
            "python": platform.python_version(),
        },
        seconds=time.perf_counter() - began,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )  # fmt: skip
    return PatchCertificate(settings=settings, provenance=provenance, answers=found.plain, against=found.against)


def respond(
    model: BaseModel,
    certificate: PatchCertificate,
    image: Image,
    *,
    progress: Progress = unheard,
    cancelled: Cancel = never,
) -> Answers:
    """What the certified model answers on a picture that may hold a patch, and where the alarm is raised.

    Raises InvalidSetting for another model than the certificate's, or where it is computed in another way, for then
    the promise is about something else; InvalidInput for a picture of another size.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model = engine.load_model("street-clean")
    >>> certificate = certify_patches(model, image, PatchSettings(patch=8, stride=16))
    >>> bool((respond(model, certificate, image).alarm == ~certificate.certified).all())  # on the clean picture
    True
    """
    recorded = certificate.provenance
    if (model.info.name, model.info.weights_sha256) != (recorded.model, recorded.weights_sha256):
        raise InvalidSetting(
            f"the certificate is about {recorded.model} with other weights than {model.info.name} here"
        )
    here = (model.compute.device.type, model.compute.precision, torch.get_num_threads(), torch.__version__)
    then = (recorded.device, recorded.precision, recorded.threads, recorded.versions.get("torch"))
    if here != then:
        told = "/".join(map(str, then)), "/".join(map(str, here))
        raise InvalidSetting(
            f"the certificate holds for {told[0]} (device, precision, threads, torch), not for {told[1]}"
        )
    if image.shape != certificate.answers.shape:
        raise InvalidInput("the picture must have the size of the one that was certified")
    return answers_of(model, image, certificate.settings, progress=progress, cancelled=cancelled)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchVerdict:
    """What a patch did. All counts are of pixels, those under the patch too.

    violations: certified, another answer, no alarm: never, or the promise is broken. certified: how many there are.
    alarms: with an alarm; new_alarms: those that had none before. changed: with another answer; unnoticed: those
    without an alarm, of which none is certified.
    """

    pixels: int
    certified: int
    violations: int
    alarms: int
    new_alarms: int
    changed: int
    unnoticed: int


def judge_patch(certificate: PatchCertificate, before: Image, after: Image, response: Answers) -> PatchVerdict:
    """Hold the answers on a picture with a patch against the certificate of the picture without.

    Raises InvalidInput unless `before` is what was certified and `after` differs only in a rectangle of the certified
    size.

    >>> import engine
    >>> image = engine.read_image(engine.core.assets.ASSETS / "samples" / "images" / "street-104.jpg", size=64)
    >>> model, pixels = engine.load_model("street-clean"), image.pixels.copy()
    >>> pixels[20:28, 30:38] = 1.0
    >>> certificate = certify_patches(model, image, PatchSettings(patch=8, stride=16))
    >>> after = engine.inputs.image_from_array(pixels)
    >>> judge_patch(certificate, image, after, respond(model, certificate, after)).violations
    0
    """
    if before.sha256 != certificate.provenance.input_sha256:
        raise InvalidInput("this is not the picture that was certified")
    if after.shape != before.shape:
        raise InvalidInput("a patch does not change the size of a picture")
    place = changed_rectangle(before, after)
    size = certificate.settings.patch
    if place is not None and max(place.bottom - place.top, place.right - place.left) > size:
        raise InvalidInput(f"more was changed than a patch of {size}x{size} pixels, so nothing was promised")
    certified, alarm = certificate.certified, response.alarm
    changed = response.plain != certificate.answers

    def count(where: np.ndarray) -> int:
        return int(np.count_nonzero(where))

    return PatchVerdict(
        pixels=certified.size,
        certified=count(certified),
        violations=count(certified & changed & ~alarm),
        alarms=count(alarm),
        new_alarms=count(alarm & certified),
        changed=count(changed),
        unnoticed=count(changed & ~alarm),
    )


def changed_rectangle(before: Image, after: Image) -> Window | None:
    """The smallest rectangle that holds all that differs between two pictures of one size; None where nothing does."""
    changed = (before.pixels != after.pixels).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not len(rows):
        return None
    return Window(top=int(rows[0]), left=int(columns[0]), bottom=int(rows[-1]) + 1, right=int(columns[-1]) + 1)
